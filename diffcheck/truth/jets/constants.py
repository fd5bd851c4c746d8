"""SymPy's numbers as balls at the precision at hand."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final

import sympy
from flint import arb

from diffcheck.balls import Undecided

NAMED: Final[dict[Any, Callable[[], arb]]] = {
    sympy.pi: arb.pi,
    sympy.E: arb.const_e,
    sympy.EulerGamma: arb.const_euler,
    sympy.Catalan: arb.const_catalan,
    sympy.GoldenRatio: lambda: (1 + arb(5).sqrt()) / 2,
}


def as_fraction(number: Any) -> Fraction | None:
    """Return a SymPy rational or float as the fraction it is, None for other numbers."""
    if isinstance(number, sympy.Rational):
        return Fraction(int(number.p), int(number.q))
    if isinstance(number, sympy.Float):
        sign, mantissa, exponent, _ = number._mpf_  # noqa: SLF001 - the exact value of a Float
        return (-1) ** sign * Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    return None


def as_ball(number: Any) -> arb:
    """Return a SymPy number as a ball; raises `Undecided` for ±∞ and unknown constants."""
    if number in NAMED:
        return NAMED[number]()
    fraction = as_fraction(number)
    if fraction is None:
        raise Undecided(f"no ball for the constant {number}")
    return arb(fraction.numerator) / fraction.denominator


def dyadic(ball: arb) -> Fraction | None:
    """Return the number that an exact ball is."""
    if not (ball.is_exact() and ball.is_finite()):
        return None
    mantissa, exponent = ball.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
