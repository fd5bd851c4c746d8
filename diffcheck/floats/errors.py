"""Errors of whole arrays in ulps."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from diffcheck.floats.formats import Format


def errors_in_ulps(computed: Any, exact: Any, fmt: Format) -> NDArray[np.float64]:
    """Return |computed - exact| in ulps of the exact numbers, in a format narrower than float64.

    `exact` stands for the truth as float64, and so its own error is part of the answer: 2^-29 ulp
    of float32 for each of its own. Where it is 0, the ulp is the format's smallest subnormal.

    >>> from diffcheck.floats import FORMATS
    >>> errors_in_ulps(np.float32([1, 2]), [1 + 2.0**-24, 2.0], FORMATS["float32"]).tolist()
    [0.5, 0.0]
    """
    truth = np.asarray(exact, dtype=np.float64)
    _, exponent = np.frexp(truth)
    exponent = np.where(truth == 0, fmt.emin, np.maximum(exponent - 1, fmt.emin))
    difference = np.abs(np.asarray(computed, dtype=np.float64) - truth)
    return np.asarray(np.ldexp(difference, fmt.precision - 1 - exponent))
