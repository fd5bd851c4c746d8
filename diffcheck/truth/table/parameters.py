"""Derivatives that SymPy leaves unevaluated, those in parameters: by Cauchy's integral.

The coefficients of the power series are sums over roots of unity on a small circle. Those of an
order N, 2N, … higher are mixed in, which Cauchy's estimate bounds on a circle 2^far times as large.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import sympy
from flint import acb, arb, ctx

from diffcheck import disc_bounds
from diffcheck.balls import Undecided
from diffcheck.truth.table.incomplete import gamma_lower, gamma_upper
from diffcheck.truth.table.special import hypergeometric

POINTS: Final = 16  # on the small circle at most, besides one an order
FAR: Final = 24  # binary orders of magnitude between the two circles at least
LEVELS: Final = (3, 8, 16, 32)  # the larger circle's radius is 2^-level, or |p| 2^-level


@dataclass(frozen=True, slots=True)
class Analytic:
    """A function of complex balls; `missing` are the arguments in which SymPy has no derivative.

    branches: of each argument, the points where the function is not even meromorphic;
    bound: a bound of |f| over boxes, where Arb's own is not finite;
    even: the arguments in which it is even.
    """

    function: Callable[..., acb]
    missing: tuple[int, ...]
    branches: tuple[tuple[int, ...], ...]
    bound: Callable[..., arb] = lambda *_boxes: disc_bounds.NONE
    even: tuple[int, ...] = ()


def _hypergeometric(p: int, q: int) -> Analytic:
    def function(*numbers: acb) -> acb:
        return numbers[-1].hypgeom([*numbers[:p]], [*numbers[p:-1]])

    branches = (1,) if p == q + 1 else ()
    return Analytic(function, tuple(range(p + q)), ((),) * (p + q) + (branches,))


def _between(regularized: int) -> Callable[..., acb]:
    def function(a: acb, b: acb, lower: acb, upper: acb) -> acb:
        high, low = (
            acb(0) if x.is_zero() else x.beta_lower(a, b, regularized=regularized)
            for x in (upper, lower)
        )
        return high - low

    return function


_FIRST: Final = (0,)
_AT_ZERO: Final = ((), (0,))
_BETA: Final = ((0,), (0,), (0, 1), (0, 1))
ANALYTIC: Final[Mapping[Any, Analytic]] = {
    sympy.besselj: Analytic(lambda v, x: x.bessel_j(v), _FIRST, _AT_ZERO, disc_bounds.bessel_j),
    sympy.bessely: Analytic(lambda v, x: x.bessel_y(v), _FIRST, _AT_ZERO, disc_bounds.bessel_y),
    sympy.besseli: Analytic(lambda v, x: x.bessel_i(v), _FIRST, _AT_ZERO, disc_bounds.bessel_i),
    sympy.besselk: Analytic(
        lambda v, x: x.bessel_k(v), _FIRST, _AT_ZERO, disc_bounds.bessel_k, (0,)
    ),
    sympy.lowergamma: Analytic(gamma_lower, _FIRST, _AT_ZERO, disc_bounds.lowergamma),
    sympy.uppergamma: Analytic(gamma_upper, _FIRST, _AT_ZERO, disc_bounds.uppergamma),
    sympy.expint: Analytic(lambda s, x: x.expint(s), _FIRST, _AT_ZERO, disc_bounds.expint),
    sympy.polylog: Analytic(lambda s, x: x.polylog(s), _FIRST, ((), (1,)), disc_bounds.polylog),
    sympy.zeta: Analytic(lambda s, q=1: acb(s).zeta(acb(q)), _FIRST, ((1,), (0,))),
    sympy.betainc: Analytic(_between(0), (0, 1), _BETA),
    sympy.betainc_regularized: Analytic(_between(1), (0, 1), _BETA),
    **{hypergeometric(p, q): _hypergeometric(p, q) for p, q in ((1, 1), (1, 2), (2, 1))},
}


@dataclass(frozen=True, slots=True)
class Partial:
    """The head of a node: a derivative of a class, of these orders; itself its ball function."""

    head: Any
    orders: tuple[int, ...]

    @property
    def __name__(self) -> str:
        return f"the derivative of {self.head.__name__} of orders {self.orders}"

    def raised(self, k: int) -> Partial:
        """Return the derivative of this one in argument k."""
        orders = self.orders
        return Partial(self.head, (*orders[:k], orders[k] + 1, *orders[k + 1 :]))

    def __call__(self, *args: arb) -> arb:
        analytic = ANALYTIC[self.head]
        if any(args[i].is_zero() and self.orders[i] % 2 for i in analytic.even):
            return arb(0)
        for level in LEVELS:
            found = _by_cauchy(analytic, args, self.orders, level)
            if found is not None:
                return found
        raise Undecided(f"{self.__name__}: no disc on which it is bounded")


def in_argument(head: Any, count: int, k: int) -> Partial | None:
    """Return the derivative of a class of so many arguments in one where SymPy has none."""
    if isinstance(head, Partial):
        return head.raised(k)
    if head not in ANALYTIC or k not in ANALYTIC[head].missing:
        return None
    return Partial(head, (0,) * count).raised(k)


def _by_cauchy(
    analytic: Analytic, args: Sequence[arb], orders: Sequence[int], level: int
) -> arb | None:
    """Return the derivative, None where no bound is found on the discs of this level."""
    varied = [i for i, k in enumerate(orders) if k]
    radii = [_radius(args[i], analytic.branches[i], level) for i in varied]
    if not all(r > 0 for r in radii):
        return None
    boxes = list(map(acb, args))
    for i, r in zip(varied, radii, strict=True):
        side = arb(0, r)
        boxes[i] = acb(args[i] + side, side)
    bound = disc_bounds.either(analytic.function, analytic.bound)(*boxes)
    if not bound.is_finite():
        return None
    far = max(FAR, ctx.prec // POINTS + 1)
    counts = [orders[i] + ctx.prec // far + 2 for i in varied]
    lost = sum(orders[i] * far for i in varied)
    with ctx.workprec(ctx.prec + lost + 20):
        small = [r * arb((1, -far)) for r in radii]
        total = _sum_over_roots(analytic.function, args, orders, varied, small, counts)
        rest = bound * _mixed_in(counts, far)
        for i, r in zip(varied, radii, strict=True):
            rest *= math.factorial(orders[i]) / r ** orders[i]
        return total + arb(0, rest.upper())


def _radius(p: arb, branches: Sequence[int], level: int) -> arb:
    r = arb((1, -level))
    for z in branches:
        r = arb.min(r, abs(p - z).lower() / 2)
    return r


def _sum_over_roots(
    function: Callable[..., acb],
    args: Sequence[arb],
    orders: Sequence[int],
    varied: Sequence[int],
    radii: Sequence[arb],
    counts: Sequence[int],
) -> arb:
    """Return ∏ k!/(N rᵏ) Σ f(p + r ω^j) ω^(-jk) over the N-th roots of unity of each argument."""
    total = acb(0)
    for places in product(*map(range, counts)):
        at = list(map(acb, args))
        turned = arb(0)
        for i, r, n, j in zip(varied, radii, counts, places, strict=True):
            at[i] = args[i] + r * acb(arb(2 * j) / n).exp_pi_i()
            turned += arb(2 * j * orders[i]) / n
        total += function(*at) * acb(-turned).exp_pi_i()
    for i, r, n in zip(varied, radii, counts, strict=True):
        total *= math.factorial(orders[i]) / (n * r ** orders[i])
    return total.real


def _mixed_in(counts: Sequence[int], far: int) -> arb:
    """Return ∏ 1/(1 - ρ^N) - 1, ρ = 2^-far: the share of the coefficients N, 2N, … too high."""
    every = arb(1)
    for n in counts:
        every /= 1 - arb((1, -far * n))
    return every - 1
