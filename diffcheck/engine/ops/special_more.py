# ruff: noqa: ARG005 - rules share one signature
"""Zeta, Lambert W, elliptic functions, relative entropies."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import ml_dtypes
import numpy as np
import scipy.special as sp
from flint import acb, arb, arb_series

from diffcheck.engine.ops.arb_forward import by_arb, finite_by_arb, series_terms, where_by_arb
from diffcheck.engine.ops.differences import Analytic
from diffcheck.engine.ops.parameter_slopes import derivatives_of, slopes
from diffcheck.engine.ops.special_forward import expit_difference, in_precision
from diffcheck.engine.ops.special_forward import logaddexp2 as logaddexp2_forward
from diffcheck.engine.ops.stable import in_double
from diffcheck.engine.table import Entry, op
from diffcheck.engine.values import constant


def _zeta(n: int, *_args: arb) -> Analytic:
    """Return the n-th derivative in q, (-1)ⁿ s … (s + n - 1) ζ(s + n, q) (DLMF 25.11.17)."""

    def function(s: Any, q: Any) -> Any:
        return math.prod((-(s + j) for j in range(n)), start=(s + n).zeta(q))

    return Analytic(function=function, branches=((1.0,), (0.0,)))


zeta = op(
    "zeta",
    in_precision(sp.zeta),
    vjp=slopes(
        derivatives_of(
            "zeta", _zeta, sympy="zeta(x, y)", domain=("(1, 50]", "(0, inf)")
        ),  # s + 1 would be rounded, which costs u log q
        2,
    ),
    ball=lambda s, q: s.zeta(q),
    rounding=8,
    sympy="zeta(x, y)",
    jax="zeta",
    domain=("(1, 50]", "(0, inf)"),
)


def _lambert_ball(x: arb, *, branch: int) -> arb:
    return x.lambertw(branch)


def _lambert(x: Any, *, branch: int) -> Any:
    return in_precision(lambda t: sp.lambertw(t, branch).real)(x)


_lambert_forward = where_by_arb(lambda y, x: np.abs(x) < 0.5, _lambert, _lambert_ball)
_lambertw: Entry = op(
    "lambertw",
    _lambert_forward,
    vjp=lambda g, y, x, branch: g * lambert_slope(x, branch=branch, order=1),
    ball=_lambert_ball,
    rounding=2,
    sympy="LambertW(x, branch)",
    domain="(-0.36787944117144233, inf)",
)


def _lambert_slope_ball(x: arb, *, branch: int, order: int) -> arb:
    """Return the n-th derivative of W from its power series."""
    with series_terms(order + 1):
        return arb_series([x, 1]).lambertw(branch)[order] * math.factorial(order)


def _lambert_slope(x: Any, *, branch: int, order: int) -> Any:
    assert order == 1
    w = _lambert_forward(x, branch=branch)
    return np.where(x > 1, w / (1 + w) / x, 1 / (x + np.exp(np.minimum(w, 1))))[()]


_lambert_first = where_by_arb(
    lambda y, x: x < 0,  # 1 + w cancels next to the branch point -1/e
    _lambert_slope,
    _lambert_slope_ball,
)
_lambert_higher = by_arb(_lambert_slope_ball)
lambert_slope: Entry = op(
    "lambert_slope",
    lambda x, *, branch, order: (_lambert_first if order == 1 else _lambert_higher)(
        x, branch=branch, order=order
    ),
    vjp=lambda g, y, x, branch, order: g * lambert_slope(x, branch=branch, order=order + 1),
    ball=_lambert_slope_ball,
    rounding=4,
    domain="(-0.36787944117144233, inf)",
    slope="lambertw",
    sympy="LambertW(x, branch).diff(x, order)",
)


def lambertw(x: Any, k: int = 0) -> Any:
    """Return Lambert's W on a real branch, 0 or -1 (DLMF 4.13)."""
    return _lambertw(x, branch=int(k))


# Complete elliptic integrals in the parameter m (DLMF 19.4, 19.25.1; Carlson's forms do not cancel)
def _elliptic_ball(m: arb, *, kind: str, order: int) -> arb:
    """Return the n-th derivative of K or E: a ₂F₁ with its parameters raised (DLMF 15.5.2)."""
    half = arb(1) / 2
    a = half if kind == "k" else -half
    factor = arb.pi() / 2
    for n in range(order):
        factor *= (a + n) * (half + n) / (1 + n)
    return factor * acb(m).hypgeom_2f1(a + order, half + order, arb(1 + order)).real


def _carlson(y: Any, z: Any) -> Any:
    """Return R_D(0, y, z), which goes as z^(-3/2) and vanishes where SciPy's is nan."""
    return np.where(z > 1e250, 0 * y, sp.elliprd(0 * y, y, z))


def _near_zero(y: Any, m: Any) -> Any:
    """Whether Carlson's integral, which underflows early, left the normal numbers."""
    return (np.abs(y) < 2 * ml_dtypes.finfo(y.dtype).tiny) & np.isfinite(m)  # type: ignore[no-untyped-call]  # ml_dtypes has no types


def _by_carlson(m: Any) -> Any:
    return in_precision(lambda t: _carlson(1 + 0 * t, 1 - t) / 6)(m)


def _elliptic(m: Any, *, kind: str, order: int) -> Any:
    if order == 0:
        return in_precision(sp.ellipk if kind == "k" else sp.ellipe)(m)
    if order == 1 and kind == "k":
        ball = partial(_elliptic_ball, kind="k", order=1)
        return where_by_arb(_near_zero, _by_carlson, ball)(m)
    if order == 1:
        return in_precision(lambda t: -_carlson(1 - t, 1 + 0 * t) / 6)(m)
    return by_arb(_elliptic_ball)(m, kind=kind, order=order)


elliptic: Entry = op(
    "elliptic",
    _elliptic,
    vjp=lambda g, y, m, kind, order: g * elliptic(m, kind=kind, order=order + 1),
    ball=_elliptic_ball,
    rounding=4,
    domain="(-inf, 1)",
    slope="ellipk",
    sympy="{'k': elliptic_k, 'e': elliptic_e}[kind](x).diff(x, order)",
)
ellipk = op(
    "ellipk",
    in_precision(sp.ellipk),
    vjp=lambda g, y, m: g * elliptic(m, kind="k", order=1),
    ball=lambda m: _elliptic_ball(m, kind="k", order=0),
    rounding=4,
    sympy="elliptic_k(x)",
    domain="(-inf, 1)",
)
ellipe = op(
    "ellipe",
    in_precision(sp.ellipe),
    vjp=lambda g, y, m: g * elliptic(m, kind="e", order=1),
    ball=lambda m: _elliptic_ball(m, kind="e", order=0),
    rounding=4,
    sympy="elliptic_e(x)",
    domain="(-inf, 1)",
)
complement: Entry = op(
    "elliptic_complement",
    lambda p, *, order: (
        where_by_arb(_near_zero, _complement, partial(_complement_ball, order=1))(p)
        if order == 1
        else by_arb(_complement_ball)(p, order=order)
    ),
    vjp=lambda g, y, p, order: g * complement(p, order=order + 1),
    ball=lambda p, *, order: _complement_ball(p, order=order),
    rounding=4,
    domain="(0, inf)",
    slope="ellipkm1",
    sympy="elliptic_k(1 - x).diff(x, order)",
)


@in_double
def _complement(p: Any) -> Any:
    return in_precision(lambda t: -_carlson(1 + 0 * t, t) / 6)(p)


def _complement_ball(p: arb, *, order: int) -> arb:
    return arb((-1) ** order) * _elliptic_ball(1 - p, kind="k", order=order)


ellipkm1 = op(
    "ellipkm1",
    in_precision(sp.ellipkm1),
    vjp=lambda g, y, p: g * complement(p, order=1),  # 1 - p would round a small p away
    ball=lambda p: _elliptic_ball(1 - p, kind="k", order=0),
    rounding=4,
    sympy="elliptic_k(1 - x)",
    domain="(0, inf)",
)


# Relative entropies. log(x/y) would overflow, and cancel next to x = y as log x - log y.
def _log_ratio(x: Any, y: Any) -> Any:
    """Return log(x/y): through log1p next to 1, where x - y is exact."""
    with np.errstate(all="ignore"):
        ratio = x / y
        near = np.log1p((x - y) / y)
        far = np.log(x) - np.log(y)
    close = (ratio > 0.5) & (ratio < 2)
    tiny = ml_dtypes.finfo(np.result_type(ratio)).tiny  # type: ignore[no-untyped-call]  # bfloat16 too
    usable = np.isfinite(ratio) & (ratio > tiny)
    return np.where(close, near, np.where(usable, np.log(ratio), far))[()]


log_ratio = op(
    "log_ratio",
    _log_ratio,
    vjp=(lambda g, r, x, y: g / x, lambda g, r, x, y: -g / y),
    ball=lambda x, y: x.log() - y.log(),
    rounding=2,
    sympy="log(x/y)",
    domain="(0, inf)",
    slope="kl_div",
)
rel_entr_slope = op(
    "rel_entr_slope",
    where_by_arb(
        lambda r, x, y: np.abs(r) < 0.5,  # next to its root x = y/e
        lambda x, y: _log_ratio(x, y) + 1,
        lambda x, y: (x / y).log() + 1,
    ),
    vjp=(lambda g, r, x, y: g / x, lambda g, r, x, y: -g / y),
    ball=lambda x, y: x.log() - y.log() + 1,
    rounding=2,
    sympy="log(x/y) + 1",
    domain="(0, inf)",
    slope="rel_entr",
)
rel_entr = op(
    "rel_entr",
    lambda x, y: np.where(x == 0, 0, x * _log_ratio(np.where(x == 0, y, x), y)).astype(
        np.result_type(x, y)
    )[()],
    vjp=(
        lambda g, r, x, y: g * rel_entr_slope(x, y),
        lambda g, r, x, y: -g * (x / y),
    ),
    ball=lambda x, y: arb(0) if x.is_zero() else x * (x.log() - y.log()),
    rounding=3,
    sympy="x*log(x/y)",
    jax="rel_entr",
    domain="(0, inf)",
)
shortfall = op(  # by the quotient rule x/y² would be a difference
    "shortfall",
    lambda x, y: (y - x) / y,
    vjp=(lambda g, r, x, y: -g / y, lambda g, r, x, y: g * (x / y / y)),
    ball=lambda x, y: (y - x) / y,
    rounding=1,
    sympy="1 - x/y",
    domain="(0, inf)",
    slope="kl_div",
)


def _kl_div_ball(x: arb, y: arb) -> arb:
    return y if x.is_zero() else x * (x.log() - y.log()) - x + y


kl_div = op(
    "kl_div",
    finite_by_arb(in_precision(sp.kl_div), _kl_div_ball),  # SciPy's x/y leaves the range
    vjp=(
        lambda g, r, x, y: g * log_ratio(x, y),
        lambda g, r, x, y: g * shortfall(x, y),
    ),
    ball=_kl_div_ball,
    rounding=64,
    sympy="x*log(x/y) - x + y",
    jax="kl_div",
    domain="(0, inf)",
)
logaddexp2 = op(
    "logaddexp2",
    logaddexp2_forward,
    vjp=(
        lambda g, y, a, b: g * _share_of_two(a, b),
        lambda g, y, a, b: g * _share_of_two(b, a),
    ),
    ball=lambda a, b: a + ((b - a) * arb(2).log()).exp().log1p() / arb(2).log(),
    rounding=2,
    sympy="log(2**x + 2**y)/log(2)",
    jax="logaddexp2",
)


_share_of_two: Entry = op(
    "share_of_two",
    partial(expit_difference, base=2),
    vjp=(
        lambda g, y, a, b: g * (constant("log_2", a) * (y * _share_of_two(b, a))),
        lambda g, y, a, b: -g * (constant("log_2", a) * (y * _share_of_two(b, a))),
    ),
    ball=lambda a, b: 1 / (1 + ((b - a) * arb(2).log()).exp()),
    rounding=3,
    slope="logaddexp2",
    sympy="1/(1 + 2**(y - x))",
)
