"""Elementary functions of jets, with their domains, poles and branch points."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final

import sympy
from flint import acb, acb_series, arb, arb_series

from diffcheck.balls import Undecided
from diffcheck.truth.jets.arithmetic import add, divide, power, scale, subtract
from diffcheck.truth.jets.compose import analytic, from_slope, is_infinite
from diffcheck.truth.jets.errors import Infinite, LeavesDomain
from diffcheck.truth.jets.jet import (
    Jet,
    Singular,
    constant,
    jet,
    leading_term,
    sign,
    with_singular,
)

Rule = Callable[[Jet], Jet]
HALF: Final = Fraction(1, 2)


def square_root(a: Jet) -> Jet:
    """Return √a; raises `LeavesDomain` where a < 0 on this side."""
    return power(a, HALF)


def reciprocal(a: Jet) -> Jet:
    """Return 1/a."""
    return power(a, Fraction(-1))


def logarithm(a: Jet) -> Jet:
    """Return log a; at 0 it leads with v·log u, v the order of a's zero or pole."""
    if a.is_zero:
        raise Infinite("log of a function that is identically 0")
    if sign(a) < 0:
        raise LeavesDomain("log of a negative number")
    term = leading_term(a)
    if term.logs:
        raise Undecided("the logarithm of a logarithm")
    if a.start == 0 and a.coefficients:
        return analytic(a, arb_series.log)
    lead = Singular(arb(0), 1, term.exponent)
    return with_singular(constant(a.branch, arb(0)), [lead])


def exponential(a: Jet) -> Jet:
    """Return exp a; towards -∞ it is flat: 0 with all its derivatives."""
    if not is_infinite(a):
        return analytic(a, arb_series.exp)
    if leading_term(a).exponent < 0 and sign(a) < 0:
        return jet(a.branch, a.branch.terms, ())
    raise Undecided("exp at infinity")


def _saturating(function: Callable[[arb_series], arb_series], low: int, high: int) -> Rule:
    """Return the rule of a function that tends to its limits faster than every power."""

    def rule(a: Jet) -> Jet:
        if not is_infinite(a):
            return analytic(a, function)
        if leading_term(a).exponent < 0:
            limit = high if sign(a) > 0 else low
            return add(constant(a.branch, arb(limit)), jet(a.branch, a.branch.terms, ()))
        raise Undecided("a function at infinity")

    return rule


def _times_i(a: arb_series) -> acb_series:
    return acb_series([acb(0, a[i]) for i in range(a.prec)], a.prec)


def _part(a: acb_series, part: str) -> arb_series:
    return arb_series([getattr(a[i], part) for i in range(a.prec)], a.prec)


def _sinh(a: arb_series) -> arb_series:
    return _part(_times_i(a).sin(), "imag")  # keeps the exact zeros that (e^a - e^-a)/2 loses


def _cosh(a: arb_series) -> arb_series:
    return _part(_times_i(a).cos(), "real")


_tanh = from_slope(arb.tanh, lambda a: 1 / _cosh(a) ** 2)
_asinh = from_slope(arb.asinh, lambda a: (a * a + 1).rsqrt())


def arcsine(a: Jet) -> Jet:
    """Return asin a; at ±1 a branch point, asin(1 - δ) = π/2 - 2 asin √(δ/2)."""
    for end in (1, -1):
        if _at(a, end):
            rest = scale(_gap(a, end), arb(-2 * end))
            return add(constant(a.branch, end * arb.pi() / 2), rest)
    return analytic(a, arb_series.asin)


def _gap(a: Jet, end: int) -> Jet:
    """Return asin √(δ/2) for δ = 1 - |a| next to ±1."""
    delta = subtract(constant(a.branch, arb(1)), scale(a, arb(end)))
    return analytic(square_root(scale(delta, arb(0.5))), arb_series.asin)


def _at(a: Jet, value: int) -> bool:
    """Whether a tends to `value`; raises `LeavesDomain` if it lies beyond ±1."""
    if is_infinite(a):
        raise LeavesDomain("asin of an unbounded argument")
    limit = a.value()
    if limit * value > 1:
        raise LeavesDomain("asin of a number beyond 1")
    return bool(limit == value)


def arccosine(a: Jet) -> Jet:
    """Return acos a = 2 asin √((1 - a)/2) at 1, and π/2 - asin a elsewhere."""
    if _at(a, 1):
        return scale(_gap(a, 1), arb(2))
    if _at(a, -1):
        return subtract(constant(a.branch, arb.pi() / 2), arcsine(a))
    return analytic(a, arb_series.acos)


def arccosh(a: Jet) -> Jet:
    """Return acosh a = 2 asinh √((a - 1)/2), analytic in the root at the branch point 1."""
    delta = scale(subtract(a, constant(a.branch, arb(1))), arb(0.5))
    return scale(analytic(square_root(delta), _asinh), arb(2))


def arctanh(a: Jet) -> Jet:
    """Return atanh a = (log(1 + a) - log(1 - a))/2."""
    if a.is_zero or (a.start >= 0 and not is_infinite(a) and abs(a.value()) < 1):
        return analytic(a, from_slope(arb.atanh, lambda x: 1 / (1 - x * x)))
    one = constant(a.branch, arb(1))
    return scale(subtract(logarithm(add(one, a)), logarithm(subtract(one, a))), arb(0.5))


def arctangent(a: Jet) -> Jet:
    """Return atan a; at a pole ±π/2 - atan(1/a)."""
    if a.start >= 0 or not a.coefficients:
        return analytic(a, arb_series.atan)
    limit = constant(a.branch, sign(a) * arb.pi() / 2)
    return subtract(limit, analytic(reciprocal(a), arb_series.atan))


def arctangent2(y: Jet, x: Jet) -> Jet:
    """Return the angle of (x, y) in (-π, π]; raises `Undecided` at the origin held fixed."""
    half_pi = constant(y.branch, arb.pi() / 2)
    if x.is_zero:
        if y.is_zero:
            raise Undecided("atan2(0, 0) is a convention")
        return scale(half_pi, arb(sign(y)))
    if sign(x) > 0:
        return arctangent(divide(y, x))
    turn = scale(half_pi, arb(-2 if sign(y) < 0 else 2))
    return add(arctangent(divide(y, x)), turn)


def sinc(a: Jet) -> Jet:
    """Return sin(a)/a, and 1 where a is identically 0."""
    if a.is_zero:
        return constant(a.branch, arb(1))
    return divide(analytic(a, arb_series.sin), a)


def _of(function: Callable[[arb_series], arb_series]) -> Rule:
    return lambda a: analytic(a, function)


def _inverse(rule: Rule) -> Rule:
    return lambda a: reciprocal(rule(a))


def _at_inverse(rule: Rule) -> Rule:
    return lambda a: rule(reciprocal(a))


RULES: Final[dict[Any, Rule]] = {
    sympy.exp: exponential,
    sympy.log: logarithm,
    sympy.sin: _of(arb_series.sin),
    sympy.cos: _of(arb_series.cos),
    sympy.tan: _of(arb_series.tan),
    sympy.sec: _inverse(_of(arb_series.cos)),
    sympy.csc: _inverse(_of(arb_series.sin)),
    sympy.cot: _inverse(_of(arb_series.tan)),
    sympy.sinh: _of(_sinh),
    sympy.cosh: _of(_cosh),
    sympy.tanh: _saturating(_tanh, -1, 1),
    sympy.sech: _inverse(_of(_cosh)),
    sympy.csch: _inverse(_of(_sinh)),
    sympy.coth: _inverse(_saturating(_tanh, -1, 1)),
    sympy.asin: arcsine,
    sympy.acos: arccosine,
    sympy.atan: arctangent,
    sympy.asec: _at_inverse(arccosine),
    sympy.acsc: _at_inverse(arcsine),
    sympy.acot: _at_inverse(arctangent),
    sympy.asinh: _of(_asinh),
    sympy.acosh: arccosh,
    sympy.atanh: arctanh,
    sympy.asech: _at_inverse(arccosh),
    sympy.acsch: _at_inverse(_of(_asinh)),
    sympy.acoth: _at_inverse(arctanh),
    sympy.sinc: sinc,
    sympy.erf: _saturating(arb_series.erf, -1, 1),
    sympy.erfc: _saturating(arb_series.erfc, 2, 0),
    sympy.erfi: _of(arb_series.erfi),
}
