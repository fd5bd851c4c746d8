"""The floats at which derivative code breaks: zeros, subnormals, eps, 1, huge, domain ends."""

from __future__ import annotations

from typing import Any

import numpy as np

from diffcheck.floats.formats import Format
from diffcheck.floats.ordinals import next_down, next_up


def special_values(lower: Any, upper: Any, fmt: Format) -> list[Any]:
    """Return the special floats of the format that lie within `[lower, upper]`, without repeats.

    Zeros of both signs, the least subnormal, the least normal number, eps, 1 and the greatest
    number, each with both signs, and the two ends with their inner neighbours. The ends are finite
    floats of the format.

    >>> from diffcheck.floats import FORMATS
    >>> [float(x) for x in special_values(0.5, 1.0, FORMATS["float32"])]
    [0.5, 0.5000000596046448, 0.9999999403953552, 1.0]
    """
    scale = fmt.dtype.type
    magnitudes = [
        scale(0.0),
        scale(float(fmt.smallest_subnormal)),
        scale(float(fmt.smallest_normal)),
        scale(2 * fmt.unit_roundoff),
        scale(1.0),
        scale(float(fmt.max)),
    ]
    ends = [scale(lower), scale(upper)]
    if ends[0] < ends[1]:
        ends[1:1] = [next_up(ends[0], fmt), next_down(ends[1], fmt)]
    candidates = [*ends, *magnitudes, *(-m for m in magnitudes)]
    found: dict[str, Any] = {}
    for x in candidates:
        if ends[0] <= x <= ends[-1]:
            found.setdefault(float(x).hex(), x)
    return sorted(found.values(), key=lambda x: (float(x), bool(np.signbit(x)) is False))
