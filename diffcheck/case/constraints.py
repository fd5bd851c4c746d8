"""Relations between inputs: checked exactly, and repaired so that samples satisfy them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diffcheck.case.records import Constraint
from diffcheck.floats import format_of

Values = Mapping[str, NDArray[Any]]


def less(a: str, b: str) -> Constraint:
    """State that input `a` is less than input `b`, component by component.

    >>> less("x", "y").holds({"x": np.array(1.0), "y": np.array(2.0)})
    True
    """

    def repair(values: Values, _dtype: np.dtype[Any]) -> Values:
        x, y = values[a], values[b]
        if x.shape != y.shape:
            return {}
        return {a: np.asarray(np.minimum(x, y)), b: np.asarray(np.maximum(x, y))}

    return Constraint(
        description=f"{a} < {b}",
        holds=lambda values: bool(np.all(values[a] < values[b])),
        repair=repair,
        inputs=(a, b),
    )


def no_smaller_than(least: float, *, or_zero: bool = False) -> Constraint:
    """State that no component of any input is smaller in size than `least`, a power of two.

    For deep programs, in which products of samples that are uniform over floats would underflow.
    The repair gives what is smaller 8 to 16 times that size. With `or_zero` zeros are allowed.

    >>> relation = no_smaller_than(2.0**-6)
    >>> relation.repair({"x": np.array([1.0, 2.0**-80])}, np.dtype(np.float32))["x"].tolist()
    [1.0, 0.125]
    """

    def holds(values: Values) -> bool:
        return all(np.all((abs(x) >= least) | (or_zero & (x == 0))) for x in values.values())

    def repair(values: Values, _dtype: np.dtype[Any]) -> Values:
        return {
            name: np.where(abs(x) < least, 16 * least * np.where(x == 0, 1, np.frexp(x)[0]), x)
            for name, x in values.items()
        }

    return Constraint(
        description=f"no number is smaller than {Fraction(least)}" + (", but 0" if or_zero else ""),
        holds=holds,
        repair=repair,
    )


def symmetric(name: str) -> Constraint:
    """State that a matrix, or each of a stack of them, is symmetric."""
    return Constraint(
        description=f"{name} is symmetric",
        holds=lambda values: _is_symmetric(values[name]),
        repair=lambda values, _dtype: {name: _mirror(values[name])},
        inputs=(name,),
    )


def positive_definite(name: str) -> Constraint:
    """State that a matrix, or each of a stack of them, is symmetric positive definite.

    Decided exactly, by the pivots of L D Lᵀ in rational arithmetic. The repair mirrors the lower
    triangle and shrinks what is off the diagonal by a power of two until the diagonal dominates.

    >>> positive_definite("A").holds({"A": np.array([[1.0, 1.0], [1.0, 1.0]])})
    False
    """
    return Constraint(
        description=f"{name} is symmetric positive definite",
        holds=lambda values: _is_positive_definite(values[name]),
        repair=lambda values, dtype: {name: _dominant(values[name], dtype)},
        inputs=(name,),
    )


def sums_to_one(name: str, axis: int = -1) -> Constraint:
    """State that the components of an array sum to exactly 1 along an axis.

    The repair rounds the proportions to multiples of one power of two, so that the sum of the
    floats is 1 in exact arithmetic.

    >>> relation = sums_to_one("p")
    >>> repaired = relation.repair({"p": np.array([0.1, 0.2, 0.3])}, np.dtype(np.float32))
    >>> relation.holds(repaired)
    True
    """
    return Constraint(
        description=f"{name} sums to 1 along axis {axis}",
        holds=lambda values: _sums_to_one(values[name], axis),
        repair=lambda values, dtype: {name: _quantised(values[name], axis, dtype)},
        inputs=(name,),
    )


def _matrices(x: NDArray[Any]) -> NDArray[Any]:
    return x.reshape(-1, *x.shape[-2:])


def _is_symmetric(x: NDArray[Any]) -> bool:
    return bool(np.array_equal(x, np.swapaxes(x, -1, -2)))


def _mirror(x: NDArray[Any]) -> NDArray[Any]:
    lower = np.tril(x, -1)
    return np.asarray(np.tril(x) + np.swapaxes(lower, -1, -2))


def _is_positive_definite(x: NDArray[Any]) -> bool:
    return _is_symmetric(x) and all(_has_positive_pivots(a) for a in _matrices(x))


def _has_positive_pivots(a: NDArray[Any]) -> bool:
    rows = [[Fraction(float(entry)) for entry in row] for row in a]
    while rows:
        (pivot, *head), *rest = rows
        if pivot <= 0:
            return False
        rows = [
            [entry - first * above / pivot for entry, above in zip(row, head, strict=True)]
            for first, *row in rest
        ]
    return True


def _dominant(x: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    mirrored = _mirror(x)
    result = np.array([_dominant_matrix(a) for a in _matrices(mirrored)]).reshape(x.shape)
    return result.astype(dtype).astype(np.float64)  # what the scaling made subnormal is rounded


def _dominant_matrix(a: NDArray[Any]) -> NDArray[Any]:
    diagonal = np.abs(np.diag(a))
    off = a - np.diag(np.diag(a))
    largest = float(np.abs(off).max()) * len(a)
    least = float(diagonal.min())
    if largest >= least > 0:
        off = off * 2.0 ** -(np.ceil(np.log2(largest) - np.log2(least)) + 1)
    return np.asarray(off + np.diag(diagonal))


def _sums_to_one(x: NDArray[Any], axis: int) -> bool:
    rows = np.moveaxis(x, axis, -1).reshape(-1, x.shape[axis])
    return all(sum(Fraction(float(entry)) for entry in row) == 1 for row in rows)


def _quantised(x: NDArray[Any], axis: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    units = 2 ** (format_of(dtype).precision - 1)  # every share k/units is a float of the dtype
    moved = np.moveaxis(np.abs(x), axis, -1)
    rows = [_shares(row, units) for row in moved.reshape(-1, x.shape[axis])]
    return np.moveaxis(np.array(rows).reshape(moved.shape) / units, -1, axis)


def _shares(row: NDArray[Any], units: int) -> NDArray[np.float64]:
    """Return integers of at least 1, as floats, in proportion to the row, that sum to `units`."""
    scaled = row / row.max() if row.max() > 0 else np.ones_like(row)
    shares = 1 + np.floor((units - len(row)) * (scaled / scaled.sum()))
    shares[np.argmax(shares)] += units - shares.sum()
    return np.asarray(shares, dtype=np.float64)
