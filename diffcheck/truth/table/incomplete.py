"""The incomplete gamma functions of real and complex balls, also where x is near a large s."""

from __future__ import annotations

from typing import TypeVar

from flint import acb, arb, ctx

Ball = TypeVar("Ball", arb, acb)


def gamma_lower(s: Ball, x: Ball) -> Ball:
    """Return γ(s, x); for x near a large s by its series, of which Arb makes nothing there.

    >>> from diffcheck.balls import precision
    >>> with precision(64):
    ...     round(float(gamma_lower(arb(860), arb(860)) / arb(860).gamma()), 4)
    0.5045
    """
    return _series(s, x) if _is_near(s, x) else x.gamma_lower(s)


def gamma_upper(s: Ball, x: Ball) -> Ball:
    """Return Γ(s, x), where x is near a large s as Γ(s) - γ(s, x)."""
    return s.gamma() - _series(s, x) if _is_near(s, x) else x.gamma_upper(s)


def _is_near(s: arb | acb, x: arb | acb) -> bool:
    return bool(64 < abs(x) < 4096 and abs(x - s) < abs(s) / 2)


def _series(s: Ball, x: Ball) -> Ball:
    """Return γ(s, x) = xˢ exp(-x) Σ xⁿ/(s)ₙ₊₁ (DLMF 8.7.1) for Re s > 0.

    From the term on where |x/(s + n)| is below 1/2, what is left is below the last term.
    """
    power = x**s * (-x).exp()
    term = total = 1 / s
    for _ in range(2 * int(float(abs(x))) + ctx.prec):
        s += 1
        term *= x / s
        total += term
    if not abs(x / s) < 0.5:
        return x * arb("nan")
    rest = arb(0, abs(term).upper())
    if isinstance(total, acb):
        return power * (total + acb(rest, rest))
    return power * (total + rest)
