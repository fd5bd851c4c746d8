"""Partial derivatives of analytic functions in balls, where no closed form is known.

A central difference quotient of a step so small that Cauchy's estimate makes the rest negligible:
with |f| ≤ M on the polydisc of radii Rᵢ around p, |aₙ| ≤ M / ∏ Rᵢ^nᵢ for the coefficients of the
power series, and δₕᵏ zⁿ = c hⁿ with c = k! for n = k, 0 for n < k and for n - k odd, else
|c| ≤ 2ᵏ (k/2)ⁿ. The step costs digits, and digits are cheap: about half as many again an order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from flint import acb, arb, ctx

GUARD_BITS: Final = 20
# Radii to try, the first of which the function is bounded on: 2⁻ᵃ, and |p| 2⁻ᵇ if that is less.
LEVELS: Final = ((3, None), (3, 2), (10, 5), (30, 10), (100, 40))


@dataclass(frozen=True, slots=True, kw_only=True)
class Analytic:
    """A function of real or complex balls that is meromorphic in each argument.

    branches: of each argument, the points where it is not even meromorphic, real numbers;
    bound: an upper bound of |f| over boxes, by default the function's of boxes.
    """

    function: Callable[..., Any]
    branches: tuple[tuple[float, ...], ...]
    bound: Callable[..., arb] | None = None


def derivative(f: Analytic, at: Sequence[arb], orders: Sequence[int]) -> arb:
    """Return the partial derivative of these orders in each argument; of no use at a singularity.

    The arguments may have a radius: the derivative is taken at the midpoints, and what the radii
    may change is bounded by Cauchy's estimate of the next derivatives.
    """
    if not any(orders):
        value: arb = f.function(*at)
        return value
    varied = [i for i, (x, k) in enumerate(zip(at, orders, strict=True)) if k or not x.is_exact()]
    centre = [x.mid() for x in at]
    found = _bounded(f, at, centre, varied)
    if found is None:
        return arb("nan")
    bound, radii = found
    excess = _power_of_two(bound) - _power_of_two(abs(f.function(*centre)))
    bits = ctx.prec + GUARD_BITS + min(max(excess, 0), ctx.prec)
    steps = [_power_of_two(r) - bits // 2 - GUARD_BITS // 2 for r in radii]
    needed = sum(orders[i] * -step for i, step in zip(varied, steps, strict=True))
    with ctx.workprec(max(bits, bits + needed)):
        quotient = _quotient(f, centre, orders, dict(zip(varied, steps, strict=True)))
        rest = _rest(bound, radii, [orders[i] for i in varied], steps)
        away = _away(bound, radii, [orders[i] for i in varied], [at[i].rad() for i in varied])
        wide = quotient + arb(0, (rest + away).upper())
    return wide + 0  # rounded to the precision asked for


def _power_of_two(x: arb) -> int:
    """Return the exponent of a power of two that is at most x, far below all if that may be 0."""
    if not x > 0 or not x.is_finite():
        return -(2**60)
    mantissa, exponent = x.lower().man_exp()
    return int(mantissa).bit_length() - 1 + int(exponent)


def _bounded(
    f: Analytic, at: Sequence[arb], centre: Sequence[arb], varied: Sequence[int]
) -> tuple[arb, list[arb]] | None:
    """Return a bound on |f| over a polydisc, and its radii in the arguments that are varied."""
    for level in LEVELS:
        radii = [_radius(centre[i], f.branches[i], *level) for i in varied]
        if any(not at[i].rad() * 4 < r for i, r in zip(varied, radii, strict=True)):
            continue
        bound = _largest(f, centre, dict(zip(varied, radii, strict=True)))
        if bound.is_finite():
            return bound, radii
    return None


def _radius(p: arb, branches: Sequence[float], absolute: int, relative: int | None) -> arb:
    r = arb((1, -absolute))
    if relative is not None and not p.is_zero():
        r = arb.min(r, abs(p) * arb((1, -relative)))
    for z in branches:
        r = arb.min(r, abs(p - z) / 4)
    return arb((1, _power_of_two(r))) if r > 0 else arb(0)


def _largest(f: Analytic, centre: Sequence[arb], radii: dict[int, arb]) -> arb:
    """Return an upper bound of |f| over boxes around the discs."""
    args = list(map(acb, centre))
    for i, r in radii.items():
        side = arb(0, r)
        args[i] = acb(centre[i] + side, side)
    return f.bound(*args) if f.bound else abs(f.function(*args)).upper()


def _quotient(
    f: Analytic, centre: Sequence[arb], orders: Sequence[int], steps: dict[int, int]
) -> arb:
    """Return δₕᵏ f / hᵏ, k the orders and h = 2^steps."""
    total = arb(0)
    for places in product(*(range(k + 1) for k in orders)):
        args, weight = [], 1
        for i, (j, k) in enumerate(zip(places, orders, strict=True)):
            shift = arb((k - 2 * j, steps[i] - 1)) if k else arb(0)
            args.append(centre[i] + shift)
            weight *= (-1) ** j * math.comb(k, j)
        total += weight * f.function(*args)
    return total * arb((1, -sum(k * steps[i] for i, k in enumerate(orders) if k)))


def _rest(bound: arb, radii: Sequence[arb], orders: Sequence[int], steps: Sequence[int]) -> arb:
    """Return a bound on all terms of the power series but the one that is wanted."""
    wanted = every = bound
    for r, k, step in zip(radii, orders, steps, strict=True):
        if k:
            own = arb(k) / 2 * 2 / r  # 2ᵏ (k/2)ᵏ / Rᵏ is at least k! / Rᵏ
            ratio = arb((k, step - 1)) / r
            wanted *= own**k
            every *= own**k * (1 + ratio**2 / (1 - ratio**2))
    return every - wanted


def _away(bound: arb, radii: Sequence[arb], orders: Sequence[int], widths: Sequence[arb]) -> arb:
    """Return a bound on what the radii of the arguments change: Σ widthᵢ |∂ᵢ ∂ᵏ f|."""
    derivative = bound
    for r, k, width in zip(radii, orders, widths, strict=True):
        derivative *= math.factorial(k) / (r - width) ** k
    return sum(
        (
            width * derivative * (k + 1) / (r - width)
            for r, k, width in zip(radii, orders, widths, strict=True)
        ),
        start=arb(0),
    )
