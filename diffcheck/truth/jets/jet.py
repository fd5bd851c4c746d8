"""One-sided expansions: Laurent and Puiseux series in Arb balls, with one singular term at the end.

Along x(t) = x0 + t·d on one side of t = 0 put s = |t| > 0 and u = s^(1/q), where q is the
ramification. A jet is

    c_v u^v + c_(v+1) u^(v+1) + … + c_(end-1) u^(end-1) + remainder,

and the remainder is one of three: nothing (`exact`), O(u^end), or a singular term
c·u^ρ·(log u)^j·(1 + o(1)) with end - 1 < ρ ≤ end, which no power series has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import factorial
from typing import Final

from flint import arb

from diffcheck.balls import ZERO, Undecided, precision
from diffcheck.truth.jets.errors import Infinite, MoreTerms

UNKNOWN: Final = arb.nan()  # the coefficient that may be anything, 0 included


@dataclass(frozen=True, slots=True)
class Branch:
    """The half-line that the jets of one expansion share, and how far they are carried."""

    side: int = 1
    terms: int = 4
    ramification: int = 1
    bits: int = 128


@dataclass(frozen=True, slots=True)
class Singular:
    """The term c·u^ρ·(log u)^j, as a pure power only where ρ is not an integer."""

    exponent: arb
    logs: int
    coefficient: arb

    def times(self, other: Singular) -> Singular:
        return Singular(
            self.exponent + other.exponent,
            self.logs + other.logs,
            self.coefficient * other.coefficient,
        )

    @property
    def ceiling(self) -> int:
        """The least integer ≥ ρ: power-series terms from there on are hidden by this one."""
        whole = self.exponent.ceil().unique_fmpz()
        if whole is None or (self.logs <= 0 and self.exponent.contains_integer()):
            raise Undecided(f"which terms outweigh u^{self.exponent.str(5)} (log u)^{self.logs}?")
        return int(whole)


@dataclass(frozen=True, slots=True)
class Jet:
    """A one-sided expansion; `coefficients[0]` belongs to u^start and is not the exact 0.

    `exact` without coefficients is the function that is identically 0. Not exact without
    coefficients is O(u^start): nothing is known of its sign.
    """

    branch: Branch
    start: int
    coefficients: tuple[arb, ...]
    exact: bool
    singular: Singular | None = None

    @property
    def end(self) -> int:
        """The exponent after the last coefficient held."""
        return self.start + len(self.coefficients)

    @property
    def is_zero(self) -> bool:
        """Whether the function is identically 0, by construction."""
        return self.exact and not self.coefficients

    @property
    def constant(self) -> arb | None:
        """The value, if the function is constant by construction."""
        if not self.exact or self.start != 0 or len(self.coefficients) > 1:
            return ZERO if self.is_zero else None
        return self.coefficients[0] if self.coefficients else ZERO

    def coefficient(self, exponent: int) -> arb:
        """Return the coefficient of u^exponent; raises `MoreTerms` beyond the known ones."""
        if self.start <= exponent < self.end:
            return self.coefficients[exponent - self.start]
        if exponent < self.start or self.exact:
            return ZERO
        raise MoreTerms(f"the coefficient of u^{exponent} is not among the known terms")

    def value(self) -> arb:
        """Return the one-sided limit; raises `Infinite` or `Undecided`."""
        return self.derivative(0)

    def derivative(self, k: int) -> arb:
        """Return the one-sided k-th derivative in t at 0: k! times the coefficient of t^k.

        Raises `Infinite` where a pole, a logarithm or a fractional power below t^k is proved, and
        `Undecided` where its coefficient may be 0.
        """
        power = k * self.branch.ramification
        for exponent in range(self.start, min(power, self.end)):
            self._require_regular(exponent)
        if self.singular is not None and power >= self.singular.ceiling:
            raise _unbounded(self.singular.coefficient, f"u^{self.singular.exponent.str(5)}")
        with precision(self.branch.bits):
            return self.coefficient(power) * arb(factorial(k) * self.branch.side**k)

    def _require_regular(self, exponent: int) -> None:
        c = self.coefficient(exponent)
        if (exponent < 0 or exponent % self.branch.ramification) and not c.is_zero():
            raise _unbounded(c, f"s^({exponent}/{self.branch.ramification})")


def _unbounded(coefficient: arb, term: str) -> ArithmeticError:
    """Return the error for a term that makes the derivative infinite, if it is there."""
    if coefficient != 0:
        return Infinite(f"a term {coefficient.str(5)}·{term} in s = |t| → 0")
    return Undecided(f"cannot tell whether the term in {term} vanishes")


def jet(
    branch: Branch,
    start: int,
    coefficients: Sequence[arb],
    *,
    exact: bool = False,
    singular: Singular | None = None,
) -> Jet:
    """Return the jet in normal form: no leading exact zeros, not more terms than are kept."""
    first, last = 0, len(coefficients)
    while first < last and coefficients[first].is_zero():
        first += 1
    while exact and last > first and coefficients[last - 1].is_zero():
        last -= 1
    if last - first > branch.terms:
        last, exact, singular = first + branch.terms, False, None
    if first == last and exact:
        return Jet(branch, 0, (), exact=True)
    return Jet(branch, start + first, tuple(coefficients[first:last]), exact, singular)


def constant(branch: Branch, value: arb) -> Jet:
    """Return the function that is constant."""
    return jet(branch, 0, (value,), exact=True)


def with_singular(smooth: Jet, candidates: Iterable[Singular]) -> Jet:
    """Return the jet cut where the dominant one of the singular terms hides what follows."""
    terms = list(candidates)
    if not terms:
        return smooth
    term = dominant(terms)
    cut = term.ceiling
    if cut > smooth.end and not smooth.exact:
        return smooth
    kept = [smooth.coefficient(i) for i in range(smooth.start, cut)] if smooth.coefficients else []
    return jet(smooth.branch, cut - len(kept), kept, singular=term)


def dominant(terms: Sequence[Singular]) -> Singular:
    """Return the term that outweighs the others as u → 0; equal ones are added."""
    best = terms[0]
    for term in terms[1:]:
        best = _larger(best, term)
    return best


def _larger(a: Singular, b: Singular) -> Singular:
    if a.exponent < b.exponent:
        return a
    if b.exponent < a.exponent:
        return b
    if not a.exponent == b.exponent:  # noqa: SIM201 - `!=` means certainly different
        return Singular(a.exponent.min(b.exponent), max(a.logs, b.logs), UNKNOWN)
    if a.logs != b.logs:
        return a if a.logs > b.logs else b
    return Singular(a.exponent, a.logs, a.coefficient + b.coefficient)


def leading_term(a: Jet) -> Singular:
    """Return the first term of a jet that is not identically 0, certain or not."""
    if a.coefficients:
        return Singular(arb(a.start), 0, a.coefficients[0])
    return a.singular or Singular(arb(a.start), 0, UNKNOWN)


def sign(a: Jet) -> int:
    """Return the sign of the function near t = 0 on this side; raises `Undecided`."""
    if a.is_zero:
        return 0
    term = leading_term(a)
    if not a.coefficients and a.singular is None:
        raise MoreTerms(f"the sign of a function that is O(u^{a.start})")
    flip = -1 if term.logs % 2 else 1  # log u → -∞
    if term.coefficient > 0:
        return flip
    if term.coefficient < 0:
        return -flip
    raise Undecided(f"the sign of a leading coefficient {term.coefficient.str(5)}")
