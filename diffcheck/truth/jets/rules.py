"""Which rule expands which SymPy class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any, Final

import sympy
from flint import arb

from diffcheck.balls import Undecided
from diffcheck.truth.failures import LeftDomain
from diffcheck.truth.jets import conditions, elementary, gammas, kinks, special
from diffcheck.truth.jets.arithmetic import add_all, multiply, multiply_all, power
from diffcheck.truth.jets.conditions import Value, as_jet
from diffcheck.truth.jets.constants import dyadic
from diffcheck.truth.jets.elementary import exponential, logarithm
from diffcheck.truth.jets.errors import LeavesDomain
from diffcheck.truth.jets.jet import Branch, Jet, constant
from diffcheck.truth.table import BALLS

RULES: Final[dict[Any, Callable[..., Jet]]] = {
    **elementary.RULES,
    **gammas.RULES,
    **special.RULES,
    sympy.atan2: elementary.arctangent2,
    sympy.Abs: kinks.absolute,
    sympy.sign: kinks.signum,
    sympy.Heaviside: kinks.heaviside,
    sympy.Max: lambda *args: reduce(kinks.maximum, args),
    sympy.Min: lambda *args: reduce(kinks.minimum, args),
    sympy.floor: kinks.floor,
    sympy.ceiling: kinks.ceiling,
    sympy.DiracDelta: kinks.dirac,
    sympy.re: lambda a: a,
    sympy.conjugate: lambda a: a,
}
LOGIC: Final[dict[Any, Callable[[Sequence[Value]], Value]]] = {
    sympy.And: conditions.conjunction,
    sympy.Or: conditions.disjunction,
    sympy.Not: lambda values: not conditions.known(values[0]),
    sympy.Piecewise: conditions.piecewise,
}


def apply(head: Any, branch: Branch, values: Sequence[Value], exponent: Fraction | None) -> Value:
    """Return the value of one operation; raises `Undecided` for a class without a rule."""
    if head in LOGIC:
        return LOGIC[head](values)
    args = [as_jet(value) for value in values]
    if head is sympy.Add:
        return add_all(branch, args)
    if head is sympy.Mul:
        return multiply_all(branch, args)
    if head is sympy.Pow:
        return _pow(args[0], args[1], exponent)
    if head in conditions.RELATIONS:
        return conditions.relation(head, args[0], args[1])
    numbers = [arg.constant for arg in args]
    if head in BALLS and None not in numbers:
        return constant(branch, _number(head, numbers))
    if head not in RULES:
        raise Undecided(f"no one-sided expansion of {getattr(head, '__name__', head)}")
    return RULES[head](*args)


def _number(head: Any, numbers: Sequence[arb | None]) -> arb:
    """Return the value of a function of constants, by the ball table."""
    try:
        value: arb = BALLS[head](*numbers)
    except LeftDomain as error:
        raise LeavesDomain(str(error)) from error
    if not value.is_finite():
        raise Undecided(f"{head.__name__} is not finite at this precision")
    return value


def _pow(base: Jet, exponent: Jet, rational: Fraction | None) -> Jet:
    """Return base^exponent: by the power rule if the exponent is constant, else exp(e·log b)."""
    value = exponent.constant
    if value is not None:
        number = dyadic(value) if rational is None else rational
        return power(base, value if number is None else number)
    if base.is_zero:
        return _zero_to(base, exponent)
    return exponential(multiply(exponent, logarithm(base)))


def _zero_to(base: Jet, exponent: Jet) -> Jet:
    limit: arb = exponent.value()
    if limit > 0:
        return base
    raise Undecided("0 to a power whose sign is open")
