"""Numbers of the store as a reader sees them: exact decimals, compact ulps."""

from __future__ import annotations

import math
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from fractions import Fraction
from typing import Final

from diffcheck.floats import FORMATS

_SPECIAL: Final = {"nan": "NaN", "inf": "inf", "-inf": "-inf"}
_HEX_DIGIT_BITS: Final = 4
_MOST_BITS: Final = 1 << 16  # an exponent beyond is told as a power of two: exp(-1e300) has one


def exact(text: str) -> Fraction | None:
    """Return the rational that a hexadecimal float of any length denotes; None of NaN and inf.

    >>> exact("-0x1.8p-1")
    Fraction(-3, 4)
    """
    if text in _SPECIAL:
        return None
    sign = -1 if text.startswith("-") else 1
    mantissa, _, power = text.lstrip("-").removeprefix("0x").partition("p")
    whole, _, fraction = mantissa.partition(".")
    exponent = int(power) - _HEX_DIGIT_BITS * len(fraction)
    return sign * int(whole + fraction, 16) * Fraction(2) ** exponent


def decimal(text: str | None, digits: int = 20) -> str:
    """Return a hexadecimal float in decimal, correctly rounded to `digits` significant digits.

    >>> decimal("0x1.999999999999ap-4"), decimal("nan"), decimal("-0x0p+0"), decimal("0x1p-1")
    ('0.10000000000000000555', 'NaN', '-0', '0.5')
    """
    if text is None:
        return "none"
    if abs(_exponent(text)) > _MOST_BITS:
        sign = "-" if text.startswith("-") else ""
        return f"{sign}2^({Decimal(_exponent(text)):+.3g})"
    value = exact(text)
    if value is None:
        return _SPECIAL[text]
    if value == 0:
        return "-0" if text.startswith("-") else "0"
    context = Context(prec=digits, Emax=MAX_EMAX, Emin=MIN_EMIN)
    rounded = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    return _plain_or_scientific(rounded)


def _exponent(text: str) -> int:
    return int(text.partition("p")[2] or 0)


def _plain_or_scientific(value: Decimal) -> str:
    exponent = value.adjusted()
    digits = "".join(map(str, value.as_tuple().digits)).rstrip("0")
    sign = "-" if value.is_signed() else ""
    if -5 <= exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    if 0 <= exponent < 20:
        digits = digits.ljust(exponent + 1, "0")
        whole, fraction = digits[: exponent + 1], digits[exponent + 1 :]
        return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"
    return f"{sign}{digits[0]}{'.' if digits[1:] else ''}{digits[1:]}e{exponent:+d}"


def shortest(text: str, dtype: str) -> str:
    """Return the shortest decimal that reads back as this float of the format.

    >>> shortest("0x1.19999ap+1", "float32"), shortest("0x1p+3", "float64")
    ('2.2', '8')
    """
    if text in _SPECIAL:
        return _SPECIAL[text]
    return str(FORMATS[dtype].dtype.type(float.fromhex(text))).removesuffix(".0")


def ulps(value: float | None) -> str:
    """Return an error in ulps in few characters; two significant digits from 1000 on.

    >>> ulps(0.0), ulps(1e-9), ulps(0.5), ulps(83.31), ulps(1.234e7), ulps(math.inf), ulps(None)
    ('0', '<0.01', '0.50', '83.3', '1.2e7', 'inf', '–')
    """
    if value is None:
        return "–"
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "inf"
    if value == 0:
        return "0"
    if value < 0.01:
        return "<0.01"
    if value < 1000:
        return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    return f"{mantissa}e{int(exponent)}"


def from_hex(text: str | None) -> float | None:
    """Return the float64 nearest to a hexadecimal float, ±inf beyond its range; None stays None.

    >>> from_hex("0x1.8p+1"), from_hex("-0x1p+2000"), from_hex(None)
    (3.0, -inf, None)
    """
    if text is None:
        return None
    try:
        return float.fromhex(text)
    except OverflowError:
        return -math.inf if text.startswith("-") else math.inf
