"""The floating-point formats under test and the ulp of an exact number in them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, Final

import ml_dtypes
import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A binary floating-point format: `precision` p in bits, exponents of its normal numbers.

    A normal number is m·2^e with 1 ≤ m < 2 and `emin` ≤ e ≤ `emax` (IEEE 754-2019, §3.3).

    >>> FORMATS["float64"].unit_roundoff == 2.0**-53
    True
    """

    name: str
    precision: int
    emin: int
    emax: int
    dtype: np.dtype[Any]

    @property
    def unit_roundoff(self) -> float:
        """The unit roundoff u = 2^-p: the largest relative error of one rounding to nearest."""
        return 2.0**-self.precision

    @property
    def max(self) -> Fraction:
        """The largest finite number, exactly."""
        return _largest(self.precision, self.emax)

    @property
    def smallest_normal(self) -> Fraction:
        return Fraction(2) ** self.emin

    @property
    def smallest_subnormal(self) -> Fraction:
        return Fraction(2) ** self.ulp_exponent(None)

    def ulp_exponent(self, exponent: int | None) -> int:
        """Return k such that ulp(y) = 2^k for every real y with 2^exponent ≤ |y| < 2^(exponent+1).

        `None` stands for y = 0. Source: Muller et al., Handbook of Floating-Point Arithmetic, §2.3;
        below `emin` the ulp is that of the subnormals.
        """
        e = self.emin if exponent is None else max(exponent, self.emin)
        return e - self.precision + 1


@cache
def _largest(precision: int, emax: int) -> Fraction:
    return (2 - Fraction(2) ** (1 - precision)) * Fraction(2) ** emax


FORMATS: Final[dict[str, Format]] = {
    "float16": Format(name="float16", precision=11, emin=-14, emax=15, dtype=np.dtype(np.float16)),
    "bfloat16": Format(
        name="bfloat16", precision=8, emin=-126, emax=127, dtype=np.dtype(ml_dtypes.bfloat16)
    ),
    "float32": Format(
        name="float32", precision=24, emin=-126, emax=127, dtype=np.dtype(np.float32)
    ),
    "float64": Format(
        name="float64", precision=53, emin=-1022, emax=1023, dtype=np.dtype(np.float64)
    ),
}


def format_of(dtype: Any) -> Format:
    """Return the format of a dtype (name, type or `numpy.dtype`).

    Raises `KeyError` with the known names if the dtype is none of them.

    >>> format_of("float32").precision
    24
    """
    name = str(np.dtype(dtype))
    if name not in FORMATS:
        raise KeyError(f"{name} is not one of {', '.join(FORMATS)}")
    return FORMATS[name]
