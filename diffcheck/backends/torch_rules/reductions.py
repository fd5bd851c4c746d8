"""Sums, means, variances, norms and softmaxes: what makes one number of many."""

from __future__ import annotations

from functools import reduce
from math import prod
from typing import Any, Final

import numpy as np
import sympy

from diffcheck.backends.torch_rules.reader import PLACES, Reader, Ref, Rule, reshaped, unreadable
from diffcheck.backends.torch_rules.selection import truths
from diffcheck.truth.arrays.expand import exact_number
from diffcheck.truth.arrays.form import X, Y

LONGEST: Final = 256  # elements that are multiplied one after another


def total(r: Reader, x: Any, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Ref:
    """Return sums along axes; of truth values, how many are true."""
    del dtype
    if r.arrays.is_condition(r.node(x)):
        x = r.elementwise(lambda c: sympy.Piecewise((1, c), (0, True)), x)
    node, groups, shape = r.grouped(x, dim, keepdim)
    return Ref(r.arrays.add_at(node, groups, shape))


def mean(r: Reader, x: Any, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Ref:
    """Return means along axes."""
    sums = total(r, x, dim, keepdim, dtype)
    count = r.arrays.nodes[r.node(x)].size // max(r.arrays.nodes[sums].size, 1)
    return Ref(r.arrays.map(X / count, sums))


def centred_variance(r: Reader, x: Any, dim: Any, less: Any) -> tuple[Ref, Ref]:
    """Return variances with the count less so many, and means, with their axes kept."""
    node = r.node(x)
    middle = mean(r, node, dim, True)
    squares = r.elementwise(lambda a, b: (a - b) ** 2, node, middle)
    sums = total(r, squares, dim, True)
    count = r.arrays.nodes[node].size // max(r.arrays.nodes[sums].size, 1)
    return Ref(r.arrays.map(X / exact_number(count - less), sums)), middle


def _variance(root: bool, with_mean: bool = False) -> Rule:
    def rule(
        r: Reader, x: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False,
        correction: Any = None,
    ) -> Any:  # fmt: skip
        if isinstance(dim, bool):  # var(x, unbiased)
            dim, unbiased = None, dim
        less = correction if correction is not None else 0 if unbiased is False else 1
        found, middle = centred_variance(r, r.node(x), dim, less)
        if root:
            found = r.elementwise(sympy.sqrt, found)
        shape = r.grouped(x, dim, keepdim)[2]
        results = [reshaped(r, y, shape) for y in (found, middle)]
        return tuple(results) if with_mean else results[0]

    return rule


def peak(r: Reader, x: Any, dim: Any = None, keepdim: bool = False, *, sign: int = 1) -> Ref:
    """Return the largest along axes, or the smallest."""
    node, groups, shape = r.grouped(x, dim, keepdim)
    if sign > 0:
        return Ref(r.arrays.peak(node, groups, shape))
    return Ref(r.arrays.map(-X, r.arrays.peak(r.arrays.map(-X, node), groups, shape)))


def _trough(r: Reader, x: Any, dim: Any = None, keepdim: bool = False) -> Ref:
    return peak(r, x, dim, keepdim, sign=-1)


def _max(sign: int) -> Rule:
    """Return `max` and `min`: of all elements, along an axis with their places, or of two."""

    def rule(r: Reader, x: Any, other: Any = None, keepdim: bool = False) -> Any:
        if (other is not None and not isinstance(other, int)) or isinstance(other, Ref):
            return r.elementwise(sympy.Max if sign > 0 else sympy.Min, x, other)
        found = peak(r, x, other, keepdim, sign=sign)
        return found if other is None else (found, PLACES)

    return rule


def softmax(r: Reader, x: Any, dim: Any, *_more: Any) -> Ref:
    """Return exponentials over their sum."""
    exp = r.elementwise(sympy.exp, r.node(x))
    return r.elementwise(lambda a, b: a / b, exp, total(r, exp, dim, True))


def _logsumexp(r: Reader, x: Any, dim: Any = None, keepdim: bool = False) -> Ref:
    sums = total(r, r.elementwise(sympy.exp, r.node(x)), dim, keepdim)
    return Ref(r.arrays.map(sympy.log(X), sums))


def _log_softmax(r: Reader, x: Any, dim: Any, *_more: Any) -> Ref:
    return r.elementwise(lambda a, b: a - b, x, _logsumexp(r, x, dim, True))


def _softmax_backward(r: Reader, g: Any, y: Any, dim: Any, *_more: Any) -> Ref:
    sums = total(r, r.elementwise(lambda a, b: a * b, g, y), dim, True)
    return r.elementwise(lambda a, b, c: b * (a - c), g, y, sums)


def _log_softmax_backward(r: Reader, g: Any, y: Any, dim: Any, *_more: Any) -> Ref:
    return r.elementwise(lambda a, b, c: a - sympy.exp(b) * c, g, y, total(r, g, dim, True))


def _norm(r: Reader, x: Any, order: Any = 2, dim: Any = None, keepdim: bool = False) -> Ref:
    if order in (float("inf"), -float("inf")):
        sizes = r.elementwise(sympy.Abs, x)
        return peak(r, sizes, dim, keepdim, sign=1 if order > 0 else -1)
    if order == 0:
        return total(r, truths(r, x), dim, keepdim)
    p = exact_number(2 if order is None else order)
    powers = r.elementwise(lambda a: a**2 if p == 2 else sympy.Abs(a) ** p, x)
    return r.elementwise(lambda a: a ** (1 / p), total(r, powers, dim, keepdim))


def _product(r: Reader, x: Any, dim: Any = None, keepdim: bool = False) -> Ref:
    node, groups, shape = r.grouped(x, dim, keepdim)
    order = np.argsort(groups.reshape(-1), kind="stable").reshape(prod(shape), -1)
    if order.shape[1] > LONGEST:
        raise unreadable("prod", f"of more than {LONGEST} numbers")
    factors = [r.arrays.take(column.reshape(shape), node) for column in order.T]
    return Ref(reduce(lambda a, b: r.arrays.map(X * Y, a, b), factors))


def _any(r: Reader, x: Any, dim: Any = None, keepdim: bool = False) -> Ref:
    return r.elementwise(lambda n: sympy.Gt(n, 0), total(r, truths(r, x), dim, keepdim))


def _all(r: Reader, x: Any, dim: Any = None, keepdim: bool = False) -> Ref:
    false = r.elementwise(sympy.Not, truths(r, x))
    return r.elementwise(lambda n: sympy.Le(n, 0), total(r, false, dim, keepdim))


REDUCTIONS: Final[dict[str, Rule]] = {
    "_log_softmax": _log_softmax,
    "_log_softmax_backward_data": _log_softmax_backward,
    "_safe_softmax": softmax,
    "_softmax": softmax,
    "_softmax_backward_data": _softmax_backward,
    "all": _all,
    "amax": peak,
    "amin": _trough,
    "any": _any,
    "linalg_vector_norm": _norm,
    "logsumexp": _logsumexp,
    "max": _max(1),
    "mean": mean,
    "min": _max(-1),
    "prod": _product,
    "std": _variance(root=True),
    "sum": total,
    "var": _variance(root=False),
    "var_mean": _variance(root=False, with_mean=True),
}
