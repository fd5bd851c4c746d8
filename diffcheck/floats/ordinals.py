"""Floats counted in order: the n-th from zero, its neighbours, and uniform samples of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from diffcheck.floats.formats import Format

_BITS: dict[int, np.dtype[Any]] = {
    2: np.dtype(np.uint16),
    4: np.dtype(np.uint32),
    8: np.dtype(np.uint64),
}


def to_ordinal(value: Any, fmt: Format) -> int:
    """Return the position of a float among all floats of its format: 0 for ±0, negative below.

    Adjacent floats have adjacent ordinals, across binades and through the subnormals. The sign of
    zero is lost. Raises `ValueError` for NaN.

    >>> from diffcheck.floats import FORMATS
    >>> to_ordinal(2.0**-1074, FORMATS["float64"])
    1
    """
    x = np.asarray(value, dtype=fmt.dtype)
    if np.isnan(x):
        raise ValueError("NaN has no place in the order of floats")
    width = 8 * fmt.dtype.itemsize
    bits = int(x.view(_BITS[fmt.dtype.itemsize]))
    sign = bits >> (width - 1)
    magnitude = bits & ((1 << (width - 1)) - 1)
    return -magnitude if sign else magnitude


def from_ordinal(ordinal: int, fmt: Format) -> Any:
    """Return the float with this ordinal, as a scalar of the format's dtype.

    >>> from diffcheck.floats import FORMATS
    >>> float(from_ordinal(1, FORMATS["float32"])) == 2.0**-149
    True
    """
    width = 8 * fmt.dtype.itemsize
    bits = -ordinal | (1 << (width - 1)) if ordinal < 0 else ordinal
    return np.array(bits, dtype=_BITS[fmt.dtype.itemsize]).view(fmt.dtype)[()]


def next_up(value: Any, fmt: Format) -> Any:
    """Return the least float above `value` (which must be a float of the format below +inf)."""
    return from_ordinal(to_ordinal(value, fmt) + 1, fmt)


def next_down(value: Any, fmt: Format) -> Any:
    """Return the greatest float below `value` (which must be a float of the format above -inf)."""
    return from_ordinal(to_ordinal(value, fmt) - 1, fmt)


def sample(
    lower: Any, upper: Any, shape: tuple[int, ...], rng: np.random.Generator, fmt: Format
) -> NDArray[Any]:
    """Return floats of `[lower, upper]`, each float of the format being equally likely.

    `lower` and `upper` are finite floats of the format. The result has `shape` and the format's
    dtype. Uniform over ordinals: every binade, down to the subnormals, is visited alike.

    >>> from diffcheck.floats import FORMATS
    >>> x = sample(0.0, 1.0, (3,), np.random.default_rng(0), FORMATS["float32"])
    >>> x.dtype, bool((x <= 1).all())
    (dtype('float32'), True)
    """
    low, high = to_ordinal(lower, fmt), to_ordinal(upper, fmt)
    ordinals = rng.integers(low, high, size=shape, endpoint=True, dtype=np.int64)
    flat = [from_ordinal(int(n), fmt) for n in ordinals.reshape(-1)]
    return np.array(flat, dtype=fmt.dtype).reshape(shape)
