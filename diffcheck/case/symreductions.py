"""Sums, products and extremes along axes of arrays of SymPy expressions, and what they make up."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from diffcheck.case import symspecial as special
from diffcheck.case.symarrays import Axis, array, elementwise, reduce_with
from diffcheck.case.symlet import let
from diffcheck.case.symshapes import stack, take

exp, log = elementwise(sympy.exp), elementwise(sympy.log)


def sum(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:  # noqa: A001 (array API)
    """Return the sum along the axes, built in one step."""
    return reduce_with(sympy.Add, x, axis, keepdims)


def prod(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the product along the axes."""
    return reduce_with(sympy.Mul, x, axis, keepdims)


def mean(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the mean along the axes."""
    return reduce_with(lambda *terms: sympy.Add(*terms) / len(terms), x, axis, keepdims)


def var(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the variance along the axes, divided by the count (not by one less)."""
    return mean((array(x) - mean(x, axis, keepdims=True)) ** 2, axis, keepdims=keepdims)


def max(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:  # noqa: A001 (array API)
    """Return the largest element along the axes."""
    return reduce_with(special.maximum, x, axis, keepdims)


def min(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:  # noqa: A001 (array API)
    """Return the smallest element along the axes."""
    return reduce_with(special.minimum, x, axis, keepdims)


def logsumexp(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return log Σ exp(x): the mathematics, so no maximum is taken out."""
    return log(sum(exp(x), axis, keepdims=keepdims))


def softmax(x: Any, axis: int = -1) -> Any:
    """Return exp(x) / Σ exp(x) along an axis; the sums are named inside a definition."""
    powers = let(exp(array(x)))
    return powers / let(sum(powers, axis, keepdims=True))


def log_softmax(x: Any, axis: int = -1) -> Any:
    """Return x - log Σ exp(x) along an axis; the sums are named inside a definition."""
    return array(x) - let(logsumexp(x, axis, keepdims=True))


def vecdot(a: Any, b: Any) -> Any:
    """Return Σ a·b along the last axis."""
    return sum(array(a) * array(b), axis=-1)


def cumulative_sum(x: Any, axis: int = 0) -> Any:
    """Return the partial sums along an axis."""
    x = array(x)
    partial = [sum(take(x, range(k + 1), axis=axis), axis) for k in range(x.shape[axis])]
    return stack(partial, axis=axis)


def einsum(subscripts: str, *operands: Any) -> Any:
    """Return the Einstein summation, as `numpy.einsum` with an explicit `->`."""
    terms, _, output = subscripts.replace(" ", "").partition("->")
    letters = sorted(set(terms) - {","} - set(output))
    order = [*output, *letters]
    aligned = [
        _align(array(x), names, order) for x, names in zip(operands, terms.split(","), strict=True)
    ]
    product = elementwise(sympy.Mul)(*aligned)
    return sum(product, tuple(range(len(output), len(order)))) if letters else product


def _align(x: Any, names: str, order: list[str]) -> Any:
    """Give each letter of `order` its own axis, of length 1 where the operand lacks it."""
    present = [name for name in order if name in names]
    moved = np.asarray(x).transpose([names.index(name) for name in present])
    index = tuple(slice(None) if name in names else None for name in order)
    return moved[index]
