# ruff: noqa: ARG005 - rules share one signature
"""Bessel functions of integer order, Airy functions; derivatives by DLMF 10.6, 10.29 and 9.2.

Next to a root, and where scaled functions cancel, SciPy's values have no digits left: there the
derivative of any order is evaluated by Arb.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import scipy.special as sp
from flint import arb

from diffcheck.balls import is_less
from diffcheck.engine.ops.arb_forward import by_arb, finite_by_arb, where_by_arb
from diffcheck.engine.ops.special_forward import in_precision, small_order_first
from diffcheck.engine.ops.stable import in_double
from diffcheck.engine.table import Entry, op

# Of each kind: the ball function, SciPy's, and the sign that alternates in the derivative's sum.
KINDS: Final[dict[str, tuple[Callable[[arb, arb | int], arb], Any, int, int]]] = {
    "j": (lambda x, v: x.bessel_j(v), small_order_first(sp.jv), -1, 1),
    "y": (lambda x, v: x.bessel_y(v), in_precision(sp.yn), -1, 1),
    "i": (lambda x, v: x.bessel_i(v), small_order_first(sp.iv), 1, 1),
    "k": (lambda x, v: x.bessel_k(v), in_precision(sp.kv), 1, -1),
}


def cylinder_ball(x: arb, *, kind: str, v: int, order: int) -> arb:
    """Return the n-th derivative: 2⁻ⁿ Σ (±1)ᵏ (n over k) C_{v-n+2k} (DLMF 10.6.7, 10.29.5)."""
    function, _, alternates, sign = KINDS[kind]
    if x.is_zero() and kind in "ji":
        return _at_zero(kind, v, order)
    terms = (
        arb(alternates**k * math.comb(order, k)) * function(x, v - order + 2 * k)
        for k in range(order + 1)
    )
    return sum(terms, start=arb(0)) * arb(sign**order) / arb(2**order)


def _at_zero(kind: str, v: int, order: int) -> arb:
    """Return the Taylor coefficient of J or I at 0, times n! (DLMF 10.2.2)."""
    k, odd = divmod(order - v, 2)
    if odd or k < 0:
        return arb(0)
    sign = (-1) ** k if kind == "j" else 1
    below = math.factorial(k) * math.factorial(k + v) * 2**order
    return arb(sign * math.factorial(order)) / arb(below)


def _cylinder(x: Any, *, kind: str, v: int, order: int) -> Any:
    _, library, alternates, sign = KINDS[kind]
    total = 0
    for k in range(order + 1):
        m = v - order + 2 * k
        reflect = -1 if m < 0 and m % 2 and kind in "jy" else 1
        direct = BEST.get((kind, abs(m)))
        term = direct(x) if direct else library(abs(m), x)
        total = total + alternates**k * math.comb(order, k) * reflect * term
    return sign**order * total / 2**order


def doubtful(y: Any, x: Any) -> Any:
    """Whether SciPy's digits are in doubt: next to a root, far out, or out of range on the way.

    Next to a root: small beside the amplitude sqrt(2/πx). Far out the phase is rounded.
    """
    size = np.abs(x)
    far = (size > FAR) if y.dtype == np.float64 else False
    return (np.abs(y) * np.sqrt(size + 1) < NEAR) | far | ~np.isfinite(y)


def _out_of_range(y: Any, x: Any) -> Any:
    """Whether SciPy gave 0 or infinity, or may have for a neighbouring order."""
    return ~np.isfinite(y) | (y == 0) | ((y.dtype == np.float64) & (np.abs(x) > 600))


def _i2(x: Any) -> Any:
    """Return I₂; beyond 4 by the recurrence, where SciPy's iv loses several ulps."""
    far = np.where(np.abs(x) > 4, x, 4)
    near = small_order_first(sp.iv)(2, x)
    return np.where(np.abs(x) > 4, sp.i0(far) - 2 * sp.i1(far) / far, near)


FAR: Final = 25.0
NEAR: Final = 0.45
BEST: Final = {
    ("j", 0): in_precision(sp.j0), ("j", 1): in_precision(sp.j1), ("y", 0): in_precision(sp.y0),
    ("y", 1): in_precision(sp.y1), ("i", 0): in_precision(sp.i0), ("i", 1): in_precision(sp.i1),
    ("k", 0): in_precision(sp.k0), ("k", 1): in_precision(sp.k1), ("i", 2): in_precision(_i2),
}  # fmt: skip


def doubtful_as_single(y: Any, x: Any) -> Any:
    """Whether digits of float32 are in doubt in a result in float64."""
    size = np.abs(x)
    return (np.abs(y) * np.sqrt(size + 1) < 1e-3) | (size > 1e4) | ~np.isfinite(y)


def _forward(x: Any, *, kind: str, v: int, order: int) -> Any:
    """Return a derivative: by Arb in float64, where sums of SciPy's values lose several ulps."""
    if x.dtype.itemsize < np.dtype(np.float64).itemsize:
        return _as_single(x, kind=kind, v=v, order=order)
    if order:
        return _by_arb(x, kind=kind, v=v, order=order)
    direct = BEST.get((kind, v))
    compute = (lambda t, **_: direct(t)) if direct else _cylinder
    doubt = doubtful if kind in "jy" else _out_of_range
    return where_by_arb(doubt, compute, cylinder_ball)(x, kind=kind, v=v, order=order)


@in_double
def _as_single(x: Any, *, kind: str, v: int, order: int) -> Any:
    doubt = doubtful_as_single if kind in "jy" else _out_of_range
    return where_by_arb(doubt, _cylinder, cylinder_ball)(x, kind=kind, v=v, order=order)


_by_arb = by_arb(cylinder_ball)
cylinder: Entry = op(
    "cylinder",
    _forward,
    vjp=lambda g, y, x, kind, v, order: g * cylinder(x, kind=kind, v=v, order=order + 1),
    ball=cylinder_ball,
    rounding=8,
    slope="j0",
    sympy="{'j': besselj, 'y': bessely, 'i': besseli, 'k': besselk}[kind](v, x).diff(x, order)",
)


def _row(name: str, kind: str, v: int, *, sympy: str, jax: str | None = None) -> Entry:
    """Register a Bessel function of integer order whose derivatives are those of `cylinder`."""
    return op(
        name,
        lambda x: _forward(x, kind=kind, v=v, order=0),
        vjp=lambda g, y, x: g * cylinder(x, kind=kind, v=v, order=1),
        ball=lambda x: cylinder_ball(x, kind=kind, v=v, order=0),
        rounding=10.5,
        sympy=sympy,
        jax=jax,
        domain="(0, inf)" if kind in "yk" else "(-inf, inf)",
    )


j0 = _row("j0", "j", 0, sympy="besselj(0, x)", jax="bessel_jn")
j1 = _row("j1", "j", 1, sympy="besselj(1, x)", jax="bessel_jn")
y0 = _row("y0", "y", 0, sympy="bessely(0, x)")
y1 = _row("y1", "y", 1, sympy="bessely(1, x)")
i0 = _row("i0", "i", 0, sympy="besseli(0, x)", jax="i0")
i1 = _row("i1", "i", 1, sympy="besseli(1, x)", jax="i1")
k0 = _row("k0", "k", 0, sympy="besselk(0, x)")
k1 = _row("k1", "k", 1, sympy="besselk(1, x)")


def jn(n: int, x: Any) -> Any:
    """Return the Bessel function J of an integer order."""
    return cylinder(x, kind="j", v=int(n), order=0)


def yn(n: int, x: Any) -> Any:
    """Return the Bessel function Y of an integer order, x > 0."""
    return cylinder(x, kind="y", v=int(n), order=0)


def kn(n: int, x: Any) -> Any:
    """Return the modified Bessel function K of an integer order, x > 0."""
    return cylinder(x, kind="k", v=int(n), order=0)


def _scaled_ball(x: arb, *, kind: str, v: int, order: int) -> arb:
    """Return the n-th derivative of exp(-|x|) I_v(x), or of exp(x) K_v(x), by Leibniz' rule.

    At 0, where exp(-|x|) has a kink, the sign of x is taken as 0: the mean of both sides.
    """
    sign = 1 if kind == "k" else 0 if x.is_zero() else 1 if is_less(x, arb(0)) else -1
    terms = (
        math.comb(order, k) * sign ** (order - k) * cylinder_ball(x, kind=kind, v=v, order=k)
        for k in range(order + 1)
    )
    return (sign * x).exp() * sum(terms, start=arb(0))


FAR_OUT: Final = 1e17  # where the first term of the asymptotic series is the function (DLMF 10.40)


def _scaled_forward(x: Any, *, kind: str, v: int, order: int) -> Any:
    y = _scaled_by_arb(np.clip(x, -FAR_OUT, FAR_OUT), kind=kind, v=v, order=order)
    if not np.any(np.abs(x) > FAR_OUT):
        return y
    size = np.maximum(np.abs(x), 1).astype(np.float64)
    factor = math.sqrt(math.pi / 2) if kind == "k" else 1 / math.sqrt(2 * math.pi)
    for n in range(order):
        factor *= -(n + 0.5)
    sign = np.sign(x) ** (order + v)
    far = (factor * size**-0.5 / size**order * sign).astype(y.dtype)
    return np.where(np.abs(x) > FAR_OUT, far, y)[()]


_scaled_by_arb = by_arb(_scaled_ball)
scaled_cylinder: Entry = op(
    "scaled_cylinder",
    _scaled_forward,
    vjp=lambda g, y, x, kind, v, order: g * scaled_cylinder(x, kind=kind, v=v, order=order + 1),
    ball=_scaled_ball,
    rounding=0.5,
    slope="i0e",
    sympy="(exp(x)*besselk(v, x) if kind == 'k' else exp(-Abs(x))*besseli(v, x)).diff(x, order)",
)


def _scaled_row(
    name: str, library: Any, kind: str, v: int, *, sympy: str, jax: str | None = None
) -> Entry:
    """Register an exponentially scaled Bessel function: its slope, a difference, is by Arb."""

    def ball(x: arb) -> arb:
        return _scaled_ball(x, kind=kind, v=v, order=0)

    return op(
        name,
        finite_by_arb(in_precision(library), ball),
        vjp=lambda g, y, x: g * scaled_cylinder(x, kind=kind, v=v, order=1),
        ball=ball,
        rounding=6.5,
        sympy=sympy,
        jax=jax,
        domain="(0, inf)" if kind == "k" else "(-inf, inf)",
        kinks="" if kind == "k" else "x = 0",
    )


i0e = _scaled_row("i0e", sp.i0e, "i", 0, sympy="exp(-Abs(x))*besseli(0, x)", jax="i0e")
i1e = _scaled_row("i1e", sp.i1e, "i", 1, sympy="exp(-Abs(x))*besseli(1, x)", jax="i1e")
k0e = _scaled_row("k0e", sp.k0e, "k", 0, sympy="exp(x)*besselk(0, x)")
k1e = _scaled_row("k1e", sp.k1e, "k", 1, sympy="exp(x)*besselk(1, x)")


def _airy(which: int) -> Callable[..., Any]:
    """Return one of the four; SciPy's lose (2/3)|x|^(3/2) ulps and more, and all next to a root."""
    library = in_precision(lambda x: sp.airy(x)[which])
    return where_by_arb(
        lambda y, x: (np.abs(x) > 2) & (x < 0) | (np.abs(x) > 0.5) & (y.dtype == np.float64),
        library,
        lambda x: x.airy()[which],
    )


def _airy_ball(x: arb, *, which: int, order: int) -> arb:
    """Return the n-th derivative of Ai (0) or Bi (2): y'' = x y, differentiated n - 2 times."""
    y = x.airy()
    found = [y[which], y[which + 1]]
    for n in range(order - 1):
        found.append(x * found[n] + (n * found[n - 1] if n else 0))
    return found[order]


airy_derivative: Entry = op(
    "airy_derivative",
    by_arb(_airy_ball),
    vjp=lambda g, y, x, which, order: g * airy_derivative(x, which=which, order=order + 1),
    ball=_airy_ball,
    domain="(-100, 100)",
    slope="airy_ai",
    sympy="(airybi if which else airyai)(x).diff(x, order)",
)


def _airy_row(name: str, position: int, *, sympy: str) -> Entry:
    """Register Ai, Ai', Bi or Bi'; its slope, by Arb, is a derivative of Ai or Bi."""
    which, order = 2 * (position // 2), position % 2
    return op(
        name,
        _airy(position),
        vjp=lambda g, y, x: g * airy_derivative(x, which=which, order=order + 1),
        ball=lambda x: x.airy()[position],
        rounding=5,
        sympy=sympy,
        domain="(-100, 100)",
    )


ai = _airy_row("airy_ai", 0, sympy="airyai(x)")
aip = _airy_row("airy_aip", 1, sympy="airyaiprime(x)")
bi = _airy_row("airy_bi", 2, sympy="airybi(x)")
bip = _airy_row("airy_bip", 3, sympy="airybiprime(x)")


def airy(x: Any) -> tuple[Any, Any, Any, Any]:
    """Return the Airy functions Ai, Ai', Bi, Bi' (DLMF 9.2)."""
    return ai(x), aip(x), bi(x), bip(x)
