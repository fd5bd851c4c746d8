"""Backward kernels: the adjoints of operations with a rule, by the chain rule over that rule.

A kernel is held to be the adjoint that its name says, as `gelu_backward` is to be gelu's slope:
what is proved is the program that calls it, and what the kernel itself gets wrong is an error of
its numbers.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from diffcheck.backends.torch_rules.normalization import batch_norm
from diffcheck.backends.torch_rules.placing import avg_pool, max_pool
from diffcheck.backends.torch_rules.products import convolution
from diffcheck.backends.torch_rules.reader import Reader, Ref, Rule
from diffcheck.truth.arrays.form import X
from diffcheck.truth.arrays.sweeps import reverse


def pulled(r: Reader, rule: Rule, g: Any, *inputs: Any) -> list[Any]:
    """Return the cotangents of a rule's inputs, None of those that are None, from its result's."""
    own = [None if x is None else Ref(r.arrays.map(X, r.node(x))) for x in inputs]
    y = rule(*own)
    nodes = [x for x in own if x is not None]
    found = iter(reverse(r.arrays, {y: r.node(g, r.shape(y))}, nodes))
    return [None if x is None else _or_zero(r, next(found), x) for x in own]


def _or_zero(r: Reader, cotangent: int | None, like: Ref) -> Ref:
    return r.elementwise(lambda a: 0 * a, like) if cotangent is None else Ref(cotangent)


def _convolution(
    r: Reader, g: Any, x: Any, weight: Any, bias_sizes: Any, stride: Any, padding: Any,
    dilation: Any, transposed: bool, output_padding: Any, groups: int, mask: Any,
) -> list[Any]:  # fmt: skip
    del bias_sizes
    shape = stride, padding, dilation, transposed, output_padding, groups
    found = pulled(r, lambda a, w: convolution(r, a, w, None, *shape), g, x, weight)
    dims = [k for k in range(len(r.shape(g))) if k != 1]
    node, places, sizes = r.grouped(g, dims, False)
    bias = Ref(r.arrays.add_at(node, places, sizes)) if mask[2] else None
    return [*found, bias]


def _batch_norm(
    r: Reader, g: Any, x: Any, weight: Any, mean: Any, variance: Any, _saved_mean: Any,
    _saved_scale: Any, training: bool, eps: float, mask: Any,
) -> list[Any]:  # fmt: skip
    del mask
    bias = r.node(np.zeros(r.shape(x)[1]))

    def rule(a: Any, w: Any, b: Any) -> Any:
        return batch_norm(r, a, w, b, mean, variance, training, 0.0, eps)[0]

    return pulled(r, rule, g, x, weight, bias)


def _max_pool(r: Reader, g: Any, x: Any, *rest: Any) -> Ref:
    *how, _places = rest
    (found,) = pulled(r, lambda a: max_pool(r, a, *how)[0], g, x)
    return Ref(found)


def _avg_pool(r: Reader, g: Any, x: Any, *how: Any) -> Ref:
    (found,) = pulled(r, lambda a: avg_pool(r, a, *how), g, x)
    return Ref(found)


ADJOINTS: Final[dict[str, Rule]] = {
    "avg_pool2d_backward": _avg_pool,
    "avg_pool3d_backward": _avg_pool,
    "convolution_backward": _convolution,
    "max_pool2d_with_indices_backward": _max_pool,
    "max_pool3d_with_indices_backward": _max_pool,
    "native_batch_norm_backward": _batch_norm,
}
