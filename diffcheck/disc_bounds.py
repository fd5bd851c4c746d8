"""Upper bounds of special functions over boxes of complex numbers, where Arb's own are not finite.

From integrals and series: what is complex in them is replaced by its absolute value, and what
remains is the same function of real numbers. ξ is the least real part of the variable.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import acb, arb

NONE = arb("inf")


def either(*bounds: Callable[..., Any]) -> Callable[..., arb]:
    """Return the first bound over boxes that is finite; Arb's functions are bounds too."""

    def first(*boxes: acb) -> arb:
        found = NONE
        for bound in bounds:
            found = abs(bound(*boxes)).upper()
            if found.is_finite():
                break
        return found

    return first


def bessel_k(v: acb, x: acb) -> arb:
    """Bound |K_v(x)| by K of the real parts (DLMF 10.32.9)."""
    least = x.real.lower()
    return least.bessel_k(abs(v.real).upper()).upper() if least > 0 else NONE


def bessel_y(v: acb, x: acb) -> arb:
    """Bound |Y_v(x)| by Schläfli's integrals (DLMF 10.9.7).

    The second is at most (1 + cosh(π Im v))/π ∫ exp(|Re v| t - ξ sinh t) dt, and sinh t is at
    least cosh t - 1.
    """
    turn = arb.pi() * abs(v.imag)
    first = (abs(x.imag) + turn).exp()
    second = 2 * (1 + turn.cosh()) / arb.pi() * x.real.exp() * bessel_k(v, x)
    return first.upper() + second.upper()


def bessel_j(v: acb, x: acb) -> arb:
    """Bound |J_v(x)| as |Y_v(x)|, of whose integrals it has the same or less (DLMF 10.9.6)."""
    return bessel_y(v, x)


def bessel_i(v: acb, x: acb) -> arb:
    """Bound |I_v(x)| by its integrals (DLMF 10.32.4), of which K bounds the second."""
    turn = arb.pi() * abs(v.imag)
    first = (abs(x.real) + turn).exp()
    second = 2 * turn.cosh() / arb.pi() * bessel_k(v, x)
    return first.upper() + second.upper()


def gamma_upper(a: acb, x: acb) -> arb:
    """Bound |Γ(a, x)/Γ(a)|."""
    return (uppergamma(a, x) * abs(a.rgamma())).upper()


def uppergamma(a: acb, x: acb) -> arb:
    """Bound |Γ(a, x)|, integrating along a horizontal ray, where arg and |t|/Re t decrease."""
    least, low, high = x.real.lower(), a.real.lower(), a.real.upper()
    if not (least > 0 and low > 0):
        return NONE
    tails = sum((least.gamma_upper(s, regularized=1) * s.gamma() for s in (low, high)), arb(0))
    slant = abs(x).upper() / least
    turn = (abs(a.imag) * (abs(x.imag) / least).atan()).exp()
    return (tails * slant ** arb.max(high - 1, arb(0)) * turn).upper()


def gamma_lower(a: acb, x: acb) -> arb:
    """Bound |γ(a, x)/Γ(a)|."""
    return (lowergamma(a, x) * abs(a.rgamma())).upper()


def lowergamma(a: acb, x: acb) -> arb:
    """Bound |γ(a, x)|, integrating along the ray from 0 to x."""
    least, low, high = x.real.lower(), a.real.lower(), a.real.upper()
    if not (least > 0 and low > 0):
        return NONE
    most = x.real.upper()
    heads = sum((most.gamma_lower(s, regularized=1) * s.gamma() for s in (low, high)), arb(0))
    slant = abs(x).upper() / least
    turn = (abs(a.imag) * (abs(x.imag) / least).atan()).exp()
    return (heads * slant**high * turn).upper()


def beta_lower(a: acb, b: acb, x: acb) -> arb:
    """Bound |I_x(a, b)|, integrating along the ray from 0 to x."""
    least, most = x.real.lower(), x.real.upper()
    low, other = a.real.lower(), b.real.lower()
    if not (least > 0 and most < 1 and low > 0 and other > 0):
        return NONE
    head = most.beta_lower(low, other)
    slant = (abs(x).upper() / least) ** a.real.upper()
    slant *= (abs(1 - x).upper() / (1 - most)) ** arb.max(b.real.upper() - 1, arb(0))
    turn = (abs(a.imag) * (abs(x.imag) / least).atan()).exp()
    turn *= (abs(b.imag) * (abs(x.imag) / (1 - most)).atan()).exp()
    factor = abs((a + b).gamma() * a.rgamma() * b.rgamma())
    return (head * slant * turn * factor).upper()


def polylog(s: acb, x: acb) -> arb:
    """Bound |Li_s(x)| by its series."""
    size = abs(x).upper()
    return size.polylog(s.real.lower()).upper() if size < 1 else NONE


def expint(s: acb, x: acb) -> arb:
    """Bound |E_s(x)| by its integral (DLMF 8.19.3)."""
    least = x.real.lower()
    return least.expint(s.real.lower()).upper() if least > 0 else NONE


def hypgeom_1f1(a: acb, b: acb, x: acb) -> arb:
    """Bound |₁F₁(a; b; x)| by its series: |(b)ₙ| is at least (Re b)ₙ."""
    low = b.real.lower()
    return abs(x).upper().hypgeom_1f1(abs(a).upper(), low).upper() if low > 0 else NONE


def hypgeom_2f1(a: acb, b: acb, c: acb, x: acb) -> arb:
    """Bound |₂F₁(a, b; c; x)| by its series; left of 0 by Pfaff's transformation (DLMF 15.8.1)."""
    low = c.real.lower()
    if not low > 0:
        return NONE
    if x.real < 0:
        rest = hypgeom_2f1(a, c - b, c, 1 - 1 / (1 - x))
        return (rest * abs((-a * (1 - x).log()).exp())).upper()
    size = abs(x).upper()
    return size.hypgeom_2f1(abs(a).upper(), abs(b).upper(), low).upper() if size < 1 else NONE
