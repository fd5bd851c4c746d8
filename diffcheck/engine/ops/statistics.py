"""Moments along axes."""

from __future__ import annotations

from typing import Any

from diffcheck.engine.ball_trace import is_complex
from diffcheck.engine.ops.comparison import equal
from diffcheck.engine.ops.complex import imag, real
from diffcheck.engine.ops.elementwise import sqrt, where
from diffcheck.engine.ops.precision import through_single
from diffcheck.engine.ops.reduction import Axis, count_of, mean
from diffcheck.engine.ops.reduction import sum as sum_


def _deviation(x: Any, axis: Axis) -> Any:
    return x - mean(x, axis, keepdims=True)


@through_single
def var(
    x: Any,
    axis: Axis = None,
    *,
    correction: float = 0,
    keepdims: bool = False,
    ddof: float | None = None,
) -> Any:
    """Return the variance along axes, divided by the count less `correction` (NumPy's `ddof`)."""
    d = _deviation(x, axis)
    squares = real(d) ** 2 + imag(d) ** 2 if is_complex(d) else d * d
    return sum_(squares, axis, keepdims=keepdims) / _freedom(x, axis, correction, ddof)


@through_single
def std(
    x: Any,
    axis: Axis = None,
    *,
    correction: float = 0,
    keepdims: bool = False,
    ddof: float | None = None,
) -> Any:
    """Return the standard deviation along axes.

    Where all are equal it has a kink, and its gradient is 0, the subgradient of least norm.
    """
    variance = var(x, axis, correction=correction, keepdims=keepdims, ddof=ddof)
    flat = equal(variance, 0)
    return where(flat, 0, sqrt(where(flat, 1, variance)))


def _freedom(x: Any, axis: Axis, correction: float, ddof: float | None) -> float:
    """Return the degrees of freedom, the count less a correction."""
    return count_of(x, axis) - (correction if ddof is None else ddof)
