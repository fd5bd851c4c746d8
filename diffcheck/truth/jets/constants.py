"""Numbers as fractions, where they are: powers and roots need the exponent exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy
from flint import arb


def as_fraction(number: Any) -> Fraction | None:
    """Return a SymPy rational or float as the fraction it is, None for other numbers."""
    if isinstance(number, sympy.Float):
        number = sympy.Rational(number)
    if isinstance(number, sympy.Rational):
        return Fraction(int(number.p), int(number.q))
    return None


def dyadic(ball: arb) -> Fraction | None:
    """Return the number that an exact ball is."""
    if not (ball.is_exact() and ball.is_finite()):
        return None
    mantissa, exponent = ball.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
