# ruff: noqa: A001 - NumPy's names shadow builtins
"""Functions without derivative that `compile` can record: predicates, counts and places.

Of tensors whose values may be looked at they are NumPy's. A program that is recorded gets them from
ops, so that masks may be combined and counted in it; what has a shape that depends on values, such
as `nonzero`, has no such form.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from diffcheck.engine.conformance import on_values
from diffcheck.engine.ops.choices import abs as abs_
from diffcheck.engine.ops.comparison import (
    equal,
    isfinite,
    isnan,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    not_equal,
)
from diffcheck.engine.ops.complex import imag
from diffcheck.engine.ops.indexing import take
from diffcheck.engine.ops.manipulation import astype, reshape
from diffcheck.engine.ops.reduction import Axis, count_of
from diffcheck.engine.ops.reduction import sum as sum_
from diffcheck.engine.tensor import Tensor, base, is_recorded, looked_into, shape_of
from diffcheck.engine.trees import leaves

Function = Callable[..., Any]


def recordable(theirs: Function) -> Callable[[Function], Function]:
    """Give a function of NumPy's a form for tensors that `compile` records."""
    plain = on_values(theirs)

    def decorate(ours: Function) -> Function:
        @wraps(ours)
        def call(*args: Any, **kwargs: Any) -> Any:
            given = leaves([list(args), list(kwargs.values())])
            function = ours if [x for x in given if is_recorded(x)] else plain
            return function(*args, **kwargs)

        return call

    return decorate


@recordable(np.count_nonzero)
def count_nonzero(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return how many elements along axes are not 0."""
    return sum_(astype(not_equal(x, 0), np.int64), axis, keepdims=keepdims)


@recordable(np.any)
def any(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Whether any element along axes is true."""
    return not_equal(count_nonzero(x, axis, keepdims=keepdims), 0)


@recordable(np.all)
def all(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Whether all elements along axes are true."""
    return equal(count_nonzero(x, axis, keepdims=keepdims), count_of(x, axis))


@recordable(np.logical_xor)
def logical_xor(x: Any, y: Any) -> Any:
    """Whether one of two is true, and not the other."""
    return not_equal(not_equal(x, 0), not_equal(y, 0))


def _on_masks(theirs: Function, of_masks: Function) -> Function:
    """Return a bitwise function: of recorded truth values it is a logical one, others refuse."""
    plain = on_values(theirs)

    @wraps(theirs)
    def ours(*args: Any) -> Any:
        kinds = {base(x).dtype.kind if hasattr(base(x), "dtype") else type(x) for x in args}
        return of_masks(*args) if kinds <= {"b", bool} else plain(*args)

    return recordable(theirs)(ours)


bitwise_and = _on_masks(np.bitwise_and, logical_and)
bitwise_or = _on_masks(np.bitwise_or, logical_or)
bitwise_xor = _on_masks(np.bitwise_xor, logical_xor)
bitwise_invert = _on_masks(np.bitwise_invert, logical_not)


@recordable(np.isclose)
def isclose(
    a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-8, *, equal_nan: bool = False
) -> Any:
    """Whether |a - b| is at most `atol` + `rtol` |b|."""
    near = logical_and(isfinite(b), less_equal(abs_(a - b), atol + rtol * abs_(b)))
    near = logical_or(equal(a, b), near)
    return logical_or(near, logical_and(isnan(a), isnan(b))) if equal_nan else near


@recordable(np.allclose)
def allclose(
    a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-8, *, equal_nan: bool = False
) -> Any:
    """Whether all elements are close."""
    return all(isclose(a, b, rtol, atol, equal_nan=equal_nan))


@recordable(np.isin)
def isin(x: Any, members: Any, *, assume_unique: bool = False, invert: bool = False) -> Any:
    """Whether the elements of x are among the members."""
    del assume_unique
    found = any(equal(reshape(x, (*shape_of(x), 1)), reshape(members, -1)), axis=-1)
    return logical_not(found) if invert else found


@recordable(np.searchsorted)
def searchsorted(x1: Any, x2: Any, side: str = "left", sorter: Any = None) -> Any:
    """Return the places where x2 would stand among the sorted x1, by counting what is less."""
    nodes = x1 if sorter is None else take(x1, sorter)
    x = reshape(x2, (*shape_of(x2), 1))
    before = less(nodes, x) if side == "left" else less_equal(nodes, x)
    beyond = logical_not(isnan(nodes)) if side == "left" else True  # nans are sorted last
    return sum_(astype(logical_or(before, logical_and(isnan(x), beyond)), np.int64), -1)


@recordable(np.digitize)
def digitize(x: Any, bins: Any, right: bool = False) -> Any:
    """Return the number of the bin of each element; the edges ascend or descend, and are known."""
    edges, side = np.asarray(looked_into(bins)), "left" if right else "right"
    if edges.size > 1 and edges[0] > edges[-1]:
        return len(edges) - searchsorted(edges[::-1], x, side)
    return searchsorted(edges, x, side)


@recordable(np.array_equal)
def array_equal(a: Any, b: Any, equal_nan: bool = False) -> Any:
    """Whether two arrays have one shape and the same elements."""
    if shape_of(a) != shape_of(b):
        return False
    same = equal(a, b)
    return all(logical_or(same, logical_and(isnan(a), isnan(b))) if equal_nan else same)


@recordable(np.isreal)
def isreal(x: Any) -> Any:
    """Whether the elements have no imaginary part."""
    return equal(imag(x), 0)


@recordable(np.iscomplex)
def iscomplex(x: Any) -> Any:
    """Whether the elements have an imaginary part."""
    return not_equal(imag(x), 0)


for _method, _function in {
    "__and__": bitwise_and,
    "__or__": bitwise_or,
    "__xor__": bitwise_xor,
    "__rand__": bitwise_and,
    "__ror__": bitwise_or,
    "__rxor__": bitwise_xor,
}.items():
    setattr(Tensor, _method, lambda self, other, of=_function: of(self, other))
Tensor.__invert__ = bitwise_invert  # type: ignore[operator]  # a method made after the class
