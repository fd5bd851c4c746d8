"""Coordinates as a case file may write them, and the floats of a format that they stand for."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from diffcheck.balls import exact, round_to_format
from diffcheck.case.inputs import Input
from diffcheck.floats import Format, next_down, next_up


def coordinates(value: Any) -> NDArray[np.float64]:
    """Return numbers, nested lists of them, or hexadecimal floats as a float64 array.

    >>> coordinates("0x1p-3")
    array(0.125)
    """
    if isinstance(value, str):
        return np.asarray(float.fromhex(value))
    array = np.asarray(value)
    if array.dtype.kind == "U":
        return np.array([float.fromhex(t) for t in array.flat]).reshape(array.shape)
    return array.astype(np.float64)


def in_format(x: NDArray[np.float64], fmt: Format) -> NDArray[np.float64]:
    """Round every component to nearest in the format; beyond its range the answer is infinite."""
    if isinstance(fmt.dtype.type(0), np.floating):  # NumPy rounds these once, to nearest even
        with np.errstate(over="ignore", under="ignore"):
            return np.asarray(x, dtype=np.float64).astype(fmt.dtype).astype(np.float64)
    # A zero is passed as it is: Arb has one zero, and the sign may be the point's very reason.
    flat = [float(round_to_format(exact(t), fmt)) if t else t for t in x.flat]
    return np.array(flat, dtype=np.float64).reshape(x.shape)


def ends(entry: Input, fmt: Format) -> tuple[Any, Any] | None:
    """Return the least and the greatest finite float of the format in the domain, None if none is.

    >>> from diffcheck.case import real
    >>> from diffcheck.floats import FORMATS
    >>> [float(end) for end in ends(real(0, 0.1), FORMATS["bfloat16"])]
    [0.0, 0.0996...]
    """
    greatest = float(fmt.max)
    low = _one(max(entry.lower, -greatest), fmt)
    high = _one(min(entry.upper, greatest), fmt)
    if float(low) < entry.lower:
        low = next_up(low, fmt)
    if float(high) > entry.upper:
        high = next_down(high, fmt)
    return (low, high) if low <= high and np.isfinite(low) and np.isfinite(high) else None


def _one(value: float, fmt: Format) -> Any:
    return round_to_format(exact(value), fmt)
