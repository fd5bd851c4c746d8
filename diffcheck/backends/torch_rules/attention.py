"""Scaled dot-product attention, which torch's kernels fuse."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import sympy

from diffcheck.backends.torch_rules.adjoints import pulled
from diffcheck.backends.torch_rules.products import matmul
from diffcheck.backends.torch_rules.reader import Reader, Ref, Rule, reshaped, unreadable
from diffcheck.backends.torch_rules.reductions import total


def attention(
    r: Reader, query: Any, key: Any, value: Any, dropout: float = 0.0, causal: bool = False, *,
    attn_mask: Any = None, scale: float | None = None,
) -> Ref:  # fmt: skip
    """Return softmax(Q Kᵀ·scale + mask) V; by default the scale is 1/√d, as torch rounds it."""
    return _with_sums(r, query, key, value, dropout, causal, attn_mask=attn_mask, scale=scale)[0]


def _with_sums(
    r: Reader, query: Any, key: Any, value: Any, dropout: float = 0.0, causal: bool = False, *,
    attn_mask: Any = None, scale: float | None = None,
) -> tuple[Ref, Ref]:  # fmt: skip
    """Return attention, and the logarithm of each row's sum, which torch's kernel keeps."""
    if dropout:
        raise unreadable("attention", "with dropout draws random numbers")
    factor = 1 / math.sqrt(r.shape(query)[-1]) if scale is None else scale
    turned = Ref(r.arrays.transposed(r.node(key)))
    logits = r.elementwise(lambda a, c: a * c, matmul(r, query, turned), factor)
    if attn_mask is not None:
        logits = r.elementwise(lambda a, m: a + m, logits, attn_mask)
    weights = r.elementwise(sympy.exp, logits)
    if causal:
        seen = np.tril(np.ones(r.shape(weights)[-2:]))
        weights = r.elementwise(lambda a, s: a * s, weights, r.node(seen))
    sums = total(r, weights, -1, True)
    found = matmul(r, r.elementwise(lambda a, b: a / b, weights, sums), value)
    return found, reshaped(r, r.elementwise(sympy.log, sums), r.shape(sums)[:-1])


def _backward(
    r: Reader, g: Any, query: Any, key: Any, value: Any, _out: Any, _sums: Any, dropout: float,
    causal: bool, **how: Any,
) -> list[Any]:  # fmt: skip
    def rule(q: Any, k: Any, v: Any) -> Ref:
        return attention(r, q, k, v, dropout, causal, **how)

    return pulled(r, rule, g, query, key, value)


ATTENTION: Final[dict[str, Rule]] = {
    "_scaled_dot_product_flash_attention_for_cpu": _with_sums,
    "_scaled_dot_product_flash_attention_for_cpu_backward": _backward,
}
