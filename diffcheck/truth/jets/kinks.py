"""Functions with breakpoints, decided by the sign of a leading coefficient on one side."""

from __future__ import annotations

from flint import arb

from diffcheck.balls import Undecided
from diffcheck.truth.jets.arithmetic import add, negative, subtract
from diffcheck.truth.jets.compose import is_infinite
from diffcheck.truth.jets.errors import LeavesDomain, MoreTerms
from diffcheck.truth.jets.jet import Jet, constant, jet, sign


def absolute(a: Jet) -> Jet:
    """Return |a|; where a is O(u^end) and no more is known, so is |a|."""
    try:
        return negative(a) if sign(a) < 0 else a
    except MoreTerms:
        return a


def signum(a: Jet) -> Jet:
    """Return the sign of a as a jet."""
    return constant(a.branch, arb(sign(a)))


def heaviside(a: Jet, at_zero: Jet | None = None) -> Jet:
    """Return 1 where a > 0, 0 where a < 0, and `at_zero` (1/2) where a is identically 0."""
    side = sign(a)
    if side == 0:
        return at_zero or constant(a.branch, arb(0.5))
    return constant(a.branch, arb(int(side > 0)))


def dirac(a: Jet, *_order: Jet) -> Jet:
    """Return 0: off its support every derivative of the delta distribution vanishes."""
    if sign(a) == 0:
        raise LeavesDomain("the delta distribution at 0")
    return constant(a.branch, arb(0))


def maximum(a: Jet, b: Jet) -> Jet:
    """Return the larger of a and b; as far as they agree in all known terms, either is right."""
    difference = subtract(a, b)
    try:
        return a if sign(difference) >= 0 else b
    except MoreTerms:
        return add(a, jet(a.branch, difference.end, ()))


def minimum(a: Jet, b: Jet) -> Jet:
    """Return the smaller of a and b."""
    return negative(maximum(negative(a), negative(b)))


def floor(a: Jet) -> Jet:
    """Return the largest integer ≤ a on this side: at an integer, the sign of a - a0 decides."""
    if is_infinite(a):
        raise Undecided("floor at infinity")
    value = a.value()
    if not value.contains_integer():
        return constant(a.branch, value.floor())
    whole = value.unique_fmpz()
    if whole is None:
        raise Undecided(f"floor of a ball {value.str(5)} that holds several integers")
    if not value.is_exact():
        raise Undecided(f"floor of a ball {value.str(5)} around an integer")
    step = sign(subtract(a, constant(a.branch, value)))
    return constant(a.branch, value - 1 if step < 0 else value)


def ceiling(a: Jet) -> Jet:
    """Return the smallest integer ≥ a on this side."""
    return negative(floor(negative(a)))
