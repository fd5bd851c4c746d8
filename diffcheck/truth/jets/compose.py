"""Analytic functions of jets: the Taylor series at the value, composed with the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flint import arb, arb_series, ctx

from diffcheck.balls import Undecided
from diffcheck.truth.jets.errors import MoreTerms
from diffcheck.truth.jets.jet import Jet, Singular, constant, jet, with_singular

Series = Callable[[arb_series], arb_series]


def series(coefficients: Sequence[arb], length: int) -> arb_series:
    """Return c0 + c1 u + … + O(u^length); the context's cap would cut longer ones silently."""
    assert length <= ctx.cap
    return arb_series(list(coefficients), length)


def is_infinite(a: Jet) -> bool:
    """Whether a term that may be unbounded leads: a pole or a logarithm.

    Raises `MoreTerms` if not even the term that leads is known.
    """
    if not (a.exact or a.coefficients or a.singular or a.start > 0):
        raise MoreTerms(f"the value of a function that is O(u^{a.start})")
    return a.start < 0 or (a.singular is not None and a.singular.ceiling <= 0)


def analytic(a: Jet, function: Series) -> Jet:
    """Return f(a) for f analytic at the value of a, given on power series.

    Raises `Undecided` where a is unbounded, or where the ball of its value meets a singularity.
    """
    if (value := a.constant) is not None:
        return constant(a.branch, _image(function, [value])[0])
    if is_infinite(a):
        raise Undecided("a function at infinity")
    length = a.start + a.branch.terms if a.exact else min(a.end, a.start + a.branch.terms)
    smooth = jet(a.branch, 0, _image(function, [a.coefficient(i) for i in range(length)]))
    if a.singular is None:
        return smooth
    slope = _image(function, [a.coefficient(0), arb(1)])[1]
    factor = Singular(arb(0), 0, slope if slope != 0 else arb.nan())
    return with_singular(smooth, [a.singular.times(factor)])


def _image(function: Series, argument: Sequence[arb]) -> list[arb]:
    length = len(argument)
    try:
        image = function(series(argument, length))
    except ValueError as error:  # what python-flint raises for a series it cannot expand
        raise Undecided(str(error)) from error
    coefficients = [image[i] for i in range(length)]
    if all(c.is_finite() for c in coefficients):
        return coefficients
    raise Undecided("the ball of the argument meets a singularity, or the edge of the domain")


def without_constant(a: arb_series) -> arb_series:
    """Return a - a(0) with a constant term that is exactly 0, as composition demands."""
    return series([arb(0), *(a[i] for i in range(1, a.prec))], a.prec)


def from_slope(value: Callable[[arb], arb], slope: Series) -> Series:
    """Return f on series from its value and its derivative: f(a) = f(a0) + ∫ f'(a)·a' du."""

    def function(a: arb_series) -> arb_series:
        return (slope(a) * a.derivative()).integral() + value(a[0])

    return function


def from_taylor(taylor: Callable[[arb, int], arb_series]) -> Series:
    """Return f on series from its Taylor coefficients at a number."""

    def function(a: arb_series) -> arb_series:
        length = a.prec
        nilpotent = without_constant(a)
        if nilpotent.length() == 0:
            return series([taylor(a[0], 1)[0]], length)
        return taylor(a[0], length)(nilpotent)

    return function
