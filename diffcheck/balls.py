"""Arb balls, as everything above uses them: exact input, three-valued comparison, ulps.

A ball [m ± r] contains the exact number. `flint.arb` compares overlapping balls as False and cannot
be pickled; the helpers here say "undecided" instead, and turn balls into exact text.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, Final

import numpy as np
from flint import arb, ctx, fmpz

from diffcheck.floats import Format

ZERO: Final = arb(0)
GUARD_BITS: Final = 64


class Undecided(ArithmeticError):  # noqa: N818 (an answer to a question, not a fault)
    """A comparison of balls that overlap: the precision at hand cannot tell which is larger."""


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Work at `bits` bits inside the block; the precision is global to the process."""
    with ctx.workprec(bits):
        yield


def exact(value: Any) -> arb:
    """Return the ball of radius 0 at a float, an integer or a dyadic fraction.

    Raises `ValueError` for a fraction that is not dyadic, NaN becomes the ball of everything.
    """
    if isinstance(value, arb):
        return value
    if isinstance(value, (int, np.integer)):
        return arb(int(value))
    if isinstance(value, Fraction):
        exponent = value.denominator.bit_length() - 1
        if value.denominator != 1 << exponent:
            raise ValueError(f"{value} is not a dyadic number")
        return arb((value.numerator, -exponent))
    return arb(float(value))


def is_less(a: arb, b: arb) -> bool:
    """Whether a < b; raises `Undecided` if the balls leave both answers open."""
    if a < b:
        return True
    if a >= b:
        return False
    raise Undecided(f"{a} < {b}")


def is_equal(a: arb, b: arb) -> bool:
    """Whether a = b; raises `Undecided` if the balls leave both answers open."""
    if a == b:
        return True
    if a != b:
        return False
    raise Undecided(f"{a} == {b}")


def is_exact_zero(a: arb) -> bool:
    """Whether a is 0 beyond doubt (`bool(arb(0))` is True, so never ask that way)."""
    return bool(a.is_zero())


def binary_exponent(a: arb) -> int | None:
    """Return e with 2^e ≤ |mid(a)| < 2^(e+1), or None for a midpoint of 0."""
    mantissa, exponent = a.mid().man_exp()
    bits = int(abs(mantissa)).bit_length()
    return None if bits == 0 else bits - 1 + int(exponent)


def ulp(a: arb, fmt: Format) -> arb:
    """Return the ulp of the midpoint in the format, as an exact ball."""
    return arb((1, fmt.ulp_exponent(binary_exponent(a))))


def error_in_ulps(computed: Any, truth: arb, fmt: Format) -> float:
    """Return |computed - truth| / ulp(truth): a real number, +inf if `computed` is not finite.

    The ulp is that of the exact value (Muller et al., §2.3): with the ulp of the computed value,
    "below 1/2 means correctly rounded" is false.

    >>> from diffcheck.floats import FORMATS
    >>> error_in_ulps(np.float32(1.0), exact(1), FORMATS["float32"])
    0.0
    """
    value = float(computed)
    if not np.isfinite(value):
        return float("inf")
    with precision(max(128, ctx.prec)):
        return float((abs(arb(value) - truth.mid()) / ulp(truth, fmt)).mid())


def round_to_format(a: arb, fmt: Format) -> Any:
    """Round the midpoint of a ball to nearest, ties to even, as a scalar of the format's dtype.

    Subnormals round on their own grid; beyond the largest number the answer is ±inf, and a negative
    midpoint that rounds to zero gives -0. Raises `ValueError` if the midpoint is not finite.

    >>> from diffcheck.floats import FORMATS
    >>> float(round_to_format(exact(0.1), FORMATS["float16"]))
    0.0999755859375
    """
    mantissa, exponent = (int(part) for part in a.mid().man_exp())
    if mantissa == 0:
        return fmt.dtype.type(0.0)
    sign = 1 if mantissa > 0 else -1  # a mantissa of 1,100 bits is itself no float
    leading = abs(mantissa).bit_length() - 1 + exponent
    # Decided by the exponent alone: exp(-1e9) has an exponent that no shift should be asked for.
    if leading > fmt.emax:
        return fmt.dtype.type(math.copysign(math.inf, sign))
    if leading < fmt.ulp_exponent(None) - 1:
        return fmt.dtype.type(math.copysign(0.0, sign))
    grid = fmt.ulp_exponent(leading)
    shift = grid - exponent
    scaled = Fraction(mantissa, 1 << shift) if shift >= 0 else Fraction(mantissa << -shift)
    rounded = round(scaled) * Fraction(2) ** grid
    if abs(rounded) > fmt.max:
        return fmt.dtype.type(math.copysign(math.inf, sign))
    return fmt.dtype.type(math.copysign(float(rounded), sign))


def to_text(a: arb, bits: int = 96) -> str:
    """Return the midpoint as a C99 hexadecimal float of up to `bits` bits.

    `float.fromhex` reads it back, rounded to float64.

    >>> to_text(exact(0.5))
    '0x1p-1'
    """
    mantissa, exponent = (int(part) for part in a.mid().man_exp())
    if mantissa == 0:
        return "0x0p+0"
    sign, mantissa = ("-", -mantissa) if mantissa < 0 else ("", mantissa)
    excess = mantissa.bit_length() - bits
    if excess > 0:
        mantissa = (mantissa + (1 << (excess - 1))) >> excess
        exponent += excess
    point = mantissa.bit_length() - 1
    fraction = (mantissa - (1 << point)) << (-point % 4)
    digits = f"{fraction:0{(point + 3) // 4}x}".rstrip("0") if point else ""
    return f"{sign}0x1{'.' if digits else ''}{digits}p{point + exponent:+d}"


def from_text(text: str) -> arb:
    """Invert `to_text`: return the exact ball of a hexadecimal float of any length."""
    sign = -1 if text.startswith("-") else 1
    mantissa, _, power = text.lstrip("-").removeprefix("0x").partition("p")
    whole, _, fraction = mantissa.partition(".")
    return arb((sign * fmpz(int(whole + fraction, 16)), int(power) - 4 * len(fraction)))
