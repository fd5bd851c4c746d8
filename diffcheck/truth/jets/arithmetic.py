"""Sums, products and powers of jets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Final

from flint import arb

from diffcheck.balls import ZERO, Undecided
from diffcheck.truth.jets.compose import series
from diffcheck.truth.jets.errors import Infinite, LeavesDomain, MoreTerms, Ramify
from diffcheck.truth.jets.jet import (
    Branch,
    Jet,
    Singular,
    constant,
    jet,
    leading_term,
    with_singular,
)

LARGEST_RAMIFICATION: Final = 12


def add(a: Jet, b: Jet) -> Jet:
    """Return a + b."""
    if a.is_zero or b.is_zero:
        return b if a.is_zero else a
    ends = [x.end for x in (a, b) if not x.exact]
    start, end = min(a.start, b.start), min(ends, default=max(a.end, b.end))
    kept = min(end, start + 2 * a.branch.terms)  # of t^(10^24) + 1 the far term is not
    terms = [a.coefficient(i) + b.coefficient(i) for i in range(start, kept)]
    smooth = jet(a.branch, min(start, kept), terms, exact=not ends and kept == end)
    return with_singular(smooth, (x.singular for x in (a, b) if x.singular is not None))


def negative(a: Jet) -> Jet:
    """Return -a."""
    return scale(a, arb(-1))


def subtract(a: Jet, b: Jet) -> Jet:
    """Return a - b."""
    return add(a, negative(b))


def scale(a: Jet, factor: arb) -> Jet:
    """Return factor·a."""
    if a.is_zero or factor.is_zero():
        return constant(a.branch, ZERO)
    singular = a.singular and Singular(
        a.singular.exponent, a.singular.logs, factor * a.singular.coefficient
    )
    return Jet(a.branch, a.start, tuple([factor * c for c in a.coefficients]), a.exact, singular)


def multiply(a: Jet, b: Jet) -> Jet:
    """Return a·b."""
    if (factor := a.constant) is not None:
        return scale(b, factor)
    if (factor := b.constant) is not None:
        return scale(a, factor)
    known = [len(x.coefficients) for x in (a, b) if not x.exact]
    length = min(known, default=len(a.coefficients) + len(b.coefficients) - 1)
    terms = _product(a.coefficients, b.coefficients, length)
    smooth = jet(a.branch, a.start + b.start, terms, exact=not known)
    return with_singular(smooth, _singular_products(a, b))


def _product(a: Sequence[arb], b: Sequence[arb], length: int) -> list[arb]:
    """Return the first `length` coefficients of the product of two polynomials."""
    if length == 0:
        return []
    if len(a) == 1 or len(b) == 1:
        (factor,), other = (a, b) if len(a) == 1 else (b, a)
        return [factor * c for c in other[:length]] + [ZERO] * (length - len(other))
    product = series(a[:length], length) * series(b[:length], length)
    return [product[i] for i in range(length)]


def _singular_products(a: Jet, b: Jet) -> Iterable[Singular]:
    if a.singular is not None:
        yield a.singular.times(leading_term(b))
        if not a.coefficients and not b.coefficients:
            return  # the product of the two singular terms is there already
    if b.singular is not None:
        yield b.singular.times(leading_term(a))


def add_all(branch: Branch, terms: Iterable[Jet]) -> Jet:
    """Return the sum; constants are collected first, without any series."""
    total, rest = ZERO, constant(branch, ZERO)
    for term in terms:
        value = term.constant
        if value is None:
            rest = add(rest, term)
        else:
            total = total + value
    return add(rest, constant(branch, total))


def multiply_all(branch: Branch, factors: Iterable[Jet]) -> Jet:
    """Return the product; constants are collected first, without any series."""
    total, rest = arb(1), None
    for factor in factors:
        value = factor.constant
        if value is None:
            rest = factor if rest is None else multiply(rest, factor)
        else:
            total = total * value
    return constant(branch, total) if rest is None else scale(rest, total)


def divide(a: Jet, b: Jet) -> Jet:
    """Return a/b; raises `Infinite` if b is identically 0."""
    return multiply(a, power(b, Fraction(-1)))


def integer_power(base: Jet, n: int) -> Jet:
    """Return base^n for n ≥ 0 by repeated squaring: exact polynomials stay exact."""
    result = constant(base.branch, arb(1))
    while n:
        if n & 1:
            result = multiply(result, base)
        n >>= 1
        if n:
            base = multiply(base, base)
    return result


def power(base: Jet, exponent: Fraction | arb) -> Jet:
    """Return base^exponent for an exponent that is constant: a fraction, or a ball otherwise.

    Raises `LeavesDomain` for a negative base under a fractional exponent, `Infinite` for a
    negative power of 0, `Ramify` where the result is a series in a root of u.
    """
    integral = isinstance(exponent, Fraction) and exponent.denominator == 1
    if isinstance(exponent, Fraction) and integral and exponent >= 0:
        return integer_power(base, int(exponent))
    if base.is_zero:
        return _power_of_zero(base, exponent)
    if not base.coefficients and base.singular is None:
        raise MoreTerms(f"a power of a function that is O(u^{base.start})")
    term = leading_term(base)
    _require_power_of_lead(term, integral=integral)
    if not base.coefficients:
        return _power_of_singular(base, term, exponent)
    return _power_of_series(base, term, exponent)


def _power_of_zero(base: Jet, exponent: Fraction | arb) -> Jet:
    if exponent > 0:
        return base
    if exponent < 0:
        raise Infinite("a negative power of a function that is identically 0")
    raise Undecided("0 to a power whose sign is open")


def _require_power_of_lead(term: Singular, *, integral: bool) -> None:
    if not (term.coefficient > 0 or term.coefficient < 0):
        raise Undecided(f"a power of a leading coefficient {term.coefficient.str(5)}")
    if not integral and (term.coefficient < 0) != (term.logs % 2 == 1):
        raise LeavesDomain("a fractional power of a negative number")


def _power_of_singular(base: Jet, term: Singular, exponent: Fraction | arb) -> Jet:
    if not isinstance(exponent, Fraction) or exponent.denominator != 1:
        if term.logs:
            raise Undecided("a fractional power of a logarithm")
        ball = as_ball(exponent)
        powered = Singular(term.exponent * ball, 0, term.coefficient**ball)
    else:
        n = int(exponent)
        powered = Singular(term.exponent * n, term.logs * n, term.coefficient**n)
    return with_singular(constant(base.branch, ZERO), [powered])


def _power_of_series(base: Jet, term: Singular, exponent: Fraction | arb) -> Jet:
    lead, ball = raised(term.coefficient, exponent), as_ball(exponent)
    start = base.start * exponent if base.start else Fraction(0)
    if not isinstance(start, Fraction) or start.denominator != 1:
        _ramify(base.branch, start)
        first = Singular(base.start * ball, 0, lead)
        return with_singular(constant(base.branch, ZERO), [first])
    exact = base.exact and len(base.coefficients) == 1
    length = base.branch.terms if base.exact and not exact else len(base.coefficients)
    smooth = jet(
        base.branch, int(start), _miller(base.coefficients, ball, lead, length), exact=exact
    )
    if base.singular is None:
        return smooth
    slope = Singular(base.start * (ball - 1), 0, ball * lead / term.coefficient)
    return with_singular(smooth, [base.singular.times(slope)])


def _ramify(branch: Branch, start: Fraction | arb) -> None:
    """Ask for a finer variable in which u^start is a power, unless that is out of proportion."""
    factor = start.denominator if isinstance(start, Fraction) else LARGEST_RAMIFICATION + 1
    if branch.ramification * factor <= LARGEST_RAMIFICATION:
        raise Ramify(factor)


def _miller(c: Sequence[arb], exponent: arb, lead: arb, length: int) -> list[arb]:
    """Return the series of (c0 + c1 u + …)^exponent (J.C.P. Miller; Knuth, TAOCP 2, §4.7)."""
    result = [lead]
    for k in range(1, length):
        terms = (
            (exponent * i - (k - i)) * c[i] * result[k - i]
            for i in range(1, min(k, len(c) - 1) + 1)
            if not c[i].is_zero()
        )
        result.append(sum(terms, ZERO) / (c[0] * k))
    return result


def raised(base: arb, exponent: Fraction | arb) -> arb:
    """Return base^exponent of numbers, exactly where the square root is."""
    if isinstance(exponent, Fraction) and exponent.denominator == 2:
        return base.sqrt() ** exponent.numerator
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        return base ** int(exponent)
    return base ** as_ball(exponent)


def as_ball(number: Fraction | arb) -> arb:
    """Return the number as a ball at the precision at hand."""
    if isinstance(number, Fraction):
        return arb(number.numerator) / number.denominator
    return number
