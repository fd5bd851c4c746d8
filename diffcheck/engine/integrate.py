"""Ordinary differential equations, integrated by ops: differentiable in every mode and order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from diffcheck.engine.errors import OperationError, user_line
from diffcheck.engine.ops.joining import asarray, stack
from diffcheck.engine.tensor import looked_into, shape_of

# Dormand and Prince 1980: the weights of the stages, and of the estimated error.
STAGES: Final = (
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
NODES: Final = (1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0)
ERROR: Final = (71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)
ORDER: Final = 5
LEAST_STEP: Final = 2.0**-44  # of the way between two times


def odeint(
    func: Callable[..., Any],
    y0: Any,
    t: Any,
    args: Sequence[Any] = (),
    rtol: float = 1.49012e-8,
    atol: float = 1.49012e-8,
) -> Any:
    """Return the solution of y' = func(y, t, *args) from y0 at the times t, one row for each.

    By Dormand and Prince's method of order 5 with steps chosen for the tolerances, the defaults of
    scipy.integrate.odeint. The steps are constants to the derivatives, which are those of the
    method: exact for the numbers computed, and as near to the equation's as the tolerances ask.
    Raises `OperationError` where the steps become too small to lead from one time to the next.

    >>> import numpy as np
    >>> y = odeint(lambda y, t: -y, np.array([1.0]), np.array([0.0, 1.0]))
    >>> round(float(y[1, 0]), 7)
    0.3678794
    """
    y = asarray(y0)
    rows = [y]
    h = None
    for k in range(shape_of(t)[0] - 1):
        y, h = _advance(lambda y, s: asarray(func(y, s, *args)), y, t[k], t[k + 1], h, rtol, atol)
        rows.append(y)
    return stack(rows)


def _advance(
    f: Callable[..., Any], y: Any, start: Any, end: Any, h: float | None, rtol: float, atol: float
) -> tuple[Any, float]:
    """Return the solution at the next time, and the last step that was chosen freely."""
    length = end - start
    whole = float(looked_into(length))
    slope = f(y, start)
    share = min(1.0, abs(h / whole)) if h and whole else _first_share(y, slope, whole, rtol, atol)
    done = 0.0
    while done < 1 and whole:
        if share < LEAST_STEP:
            raise OperationError(
                f"odeint at {user_line()}: expected steps that lead from t = {looked_into(start)} "
                f"to {looked_into(end)}, got one of {share * whole}. Likely cause: the solution "
                "blows up, or the equation is stiff. Next: ask for a greater rtol and atol."
            )
        taken = min(share, 1 - done)
        after, new_slope, error = _step(f, y, slope, start + done * length, taken * length)
        size = _size(error, y, after, rtol, atol)
        if size <= 1:
            done = 1.0 if taken == 1 - done else done + taken
            y, slope = after, new_slope
        growth = 0.9 * size ** (-1 / ORDER) if size > 0 else 5.0 if size == 0 else 0.0
        free = taken == share or growth < 1
        share = taken * min(5.0, max(0.2, growth)) if free else share
    return y, share * whole


def _step(f: Callable[..., Any], y: Any, slope: Any, t: Any, h: Any) -> tuple[Any, Any, Any]:
    """Return y after a step, its slope there, and the estimated error."""
    slopes = [slope]
    after = y
    for weights, node in zip(STAGES, NODES, strict=True):
        after = y + h * _weighted(weights, slopes)
        slopes.append(f(after, t + node * h))
    return after, slopes[-1], h * _weighted(ERROR, slopes)


def _weighted(weights: tuple[float, ...], slopes: list[Any]) -> Any:
    terms = [w * k for w, k in zip(weights, slopes, strict=True) if w]
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _size(error: Any, y: Any, after: Any, rtol: float, atol: float) -> float:
    """Return the error against the tolerances, as a root of a mean of squares."""
    error, y, after = (np.asarray(looked_into(x), dtype=np.float64) for x in (error, y, after))
    scale = atol + rtol * np.maximum(np.abs(y), np.abs(after))
    return float(np.sqrt(np.mean((error / scale) ** 2)))


def _first_share(y: Any, slope: Any, whole: float, rtol: float, atol: float) -> float:
    """Return a first step for which an explicit Euler step is small, as a share of the whole."""
    y, slope = (np.asarray(looked_into(x), dtype=np.float64) for x in (y, slope))
    scale = atol + rtol * np.abs(y)
    steepness = float(np.sqrt(np.mean((slope / scale) ** 2)))
    size = float(np.sqrt(np.mean((y / scale) ** 2)))
    if not whole or not steepness:
        return 1.0
    return float(min(1.0, abs(0.01 * max(size, 1.0) / steepness / whole)))
