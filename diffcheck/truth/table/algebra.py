"""Sums, products and powers of balls, and the constants."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any, Final

import sympy
from flint import arb, fmpq

from diffcheck.balls import Undecided
from diffcheck.truth.failures import LeftDomain, Unsupported, require


def add(*terms: arb) -> arb:
    """Return the sum."""
    return sum(terms[1:], terms[0])


def multiply(*factors: arb) -> arb:
    """Return the product."""
    return prod(factors[1:], start=factors[0])


def power(base: arb, exponent: arb) -> arb:
    """Return the real base**exponent.

    Arb's own convention 0**0 = 1 is not used: for a variable exponent it is no limit.
    """
    if base > 0:
        return base**exponent
    if exponent.is_integer():
        return _integer_power(base, exponent)
    if base.is_zero():
        require(exponent > 0, exponent <= 0, "0 to a power that is not positive")
        return arb(0)
    require(False, base < 0 and not exponent.contains_integer(), "a root of a negative number")
    raise Undecided(f"{base}**{exponent}")


def _integer_power(base: arb, exponent: arb) -> arb:
    if exponent <= 0:
        reason = "division by zero" if exponent < 0 else "0 to the power 0"
        require(base != 0, base.is_zero(), reason)
    if base.mid().is_zero() and not base.is_exact():  # Arb's own power is NaN for [0 ± r]
        bound = base.abs_upper() ** exponent
        return bound.union(-bound)
    return base**exponent


def constant(number: Any) -> arb:
    """Return the ball of a SymPy number at the precision at hand; a Float is exactly its dyadic."""
    if number.is_Float:
        number = sympy.Rational(number)
    if number.is_Rational and number.is_finite:
        return arb(fmpq(int(number.p), int(number.q)))
    if number in NUMBERS:
        return NUMBERS[number]()
    if number.is_real is False or not number.is_finite:
        raise LeftDomain(f"{number} is not a real number")
    raise Unsupported(f"no ball form of the number {number}")


NUMBERS: Final[dict[Any, Callable[[], arb]]] = {
    sympy.pi: arb.pi,
    sympy.E: lambda: arb(1).exp(),
    sympy.EulerGamma: arb.const_euler,
    sympy.Catalan: arb.const_catalan,
    sympy.GoldenRatio: lambda: (1 + arb(5).sqrt()) / 2,
}

ALGEBRA: Final[dict[Any, Callable[..., arb]]] = {
    sympy.Add: add,
    sympy.Mul: multiply,
    sympy.Pow: power,
}
