# ruff: noqa: ARG005 - rules share one signature
"""Special functions, by scipy.special's names (DLMF for the derivatives)."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp
from flint import arb

from diffcheck.engine.ops import special_forward as fw
from diffcheck.engine.ops import stable
from diffcheck.engine.ops.arb_forward import where_by_arb
from diffcheck.engine.ops.choices import where
from diffcheck.engine.ops.comparison import equal, logical_and
from diffcheck.engine.ops.exponential import log, log1p
from diffcheck.engine.ops.special_forward import in_precision
from diffcheck.engine.ops.trigonometric import sech2
from diffcheck.engine.table import Entry, op
from diffcheck.engine.values import constant

# The logistic family. All of it leads to sech², which neither overflows nor cancels.
expit = op(
    "expit",
    fw.expit,
    vjp=lambda g, y, x: g * (0.25 * sech2(0.5 * x)),  # not y(1 - y): 0 beyond x = 37
    ball=stable.expit_ball,
    rounding=2.5,
    jax="expit",
    sympy="1/(1 + exp(-x))",
    complex=True,
)
log_expit = op(
    "log_expit",
    lambda x: -fw.softplus(-x),
    vjp=lambda g, y, x: g * expit(-x),
    ball=lambda x: -((-x).exp().log1p()),
    rounding=2,
    jax="log_sigmoid",
    sympy="-log(1 + exp(-x))",
)
softplus = op(
    "softplus",
    fw.softplus,
    vjp=lambda g, y, x: g * expit(x),
    ball=lambda x: x.exp().log1p(),
    rounding=2,
    jax="softplus",
    sympy="log(1 + exp(x))",
)
expit_difference: Entry = op(
    "expit_difference",
    fw.expit_difference,
    vjp=(
        lambda g, y, a, b: g * (y * expit_difference(b, a)),  # sech² of a rounded a - b is off
        lambda g, y, a, b: -g * (y * expit_difference(b, a)),
    ),
    ball=lambda a, b: 1 / (1 + (b - a).exp()),
    rounding=3,
    domain="(-inf, inf)",
    slope="logaddexp",
    sympy="1/(1 + exp(y - x))",
)
logaddexp = op(
    "logaddexp",
    fw.logaddexp,
    vjp=(
        lambda g, y, a, b: g * expit_difference(a, b),
        lambda g, y, a, b: g * expit_difference(b, a),
    ),
    ball=lambda a, b: a + (b - a).exp().log1p(),
    rounding=2,
    jax="logaddexp",
    sympy="log(exp(x) + exp(y))",
)
times_complement = op(
    "times_complement",
    lambda x: x * (1 - x),
    vjp=lambda g, y, x: g * (1 - 2 * x),  # by the product rule it would cancel near 1/2
    ball=lambda x: x * (1 - x),
    rounding=1,
    slope="logit",
    sympy="x*(1 - x)",
    complex=True,
)
logit = op(
    "logit",
    in_precision(sp.logit),
    vjp=lambda g, y, x: g / times_complement(x),
    ball=lambda x: (x / (1 - x)).log(),
    rounding=4,
    jax="logit",
    domain="(0, 1)",
    sympy="log(x/(1 - x))",
)


# x log y and its kin. A factor of 0 wins over an infinite logarithm.
def _zero_over_zero(x: Any, y: Any) -> Any:
    return logical_and(equal(x, 0), equal(y, 0))


xlogy = op(
    "xlogy",
    in_precision(sp.xlogy),
    vjp=(
        lambda g, z, x, y: g * log(y),
        lambda g, z, x, y: g * (x / where(_zero_over_zero(x, y), 1, y)),
    ),
    ball=lambda x, y: arb(0) if x.is_zero() else x * y.log(),
    rounding=2,
    jax="xlogy",
    domain=("(-inf, inf)", "[0, inf)"),
    complex=True,
    sympy="Piecewise((0, Eq(x, 0)), (x*log(y), True))",
    kinks="x = 0, y = 0",
)
xlog1py = op(
    "xlog1py",
    in_precision(sp.xlog1py),
    vjp=(
        lambda g, z, x, y: g * log1p(y),
        lambda g, z, x, y: g * (x / where(_zero_over_zero(x, 1 + y), 1, 1 + y)),
    ),
    ball=lambda x, y: arb(0) if x.is_zero() else x * y.log1p(),
    rounding=2.5,
    jax="xlog1py",
    domain=("(-inf, inf)", "[-1, inf)"),
    complex=True,
    sympy="Piecewise((0, Eq(x, 0)), (x*log(1 + y), True))",
    kinks="x = 0, y = -1",
)
entr_slope = op(
    "entr_slope",
    stable.entr_slope,
    vjp=lambda g, y, x: -g / x,
    ball=lambda x: -(1 + x.log()),
    rounding=2,
    slope="entr",
    sympy="-1 - log(x)",
    domain="(0, inf)",
)
entr = op(
    "entr",
    in_precision(sp.entr),
    vjp=lambda g, y, x: g * entr_slope(x),
    ball=lambda x: arb(0) if x.is_zero() else -x * x.log(),
    rounding=2,
    jax="entr",
    domain="[0, inf)",
    sympy="Piecewise((0, Eq(x, 0)), (-x*log(x), True))",
    kinks="x = 0",
)

# The error function and the normal distribution
_gauss: Entry = op(
    "gauss",
    fw.gauss,
    vjp=lambda g, y, x, half, order: g * _gauss(x, half=half, order=order + 1),
    ball=fw.gauss_ball,
    rounding=3,
    domain="(-inf, inf)",
    slope="erf",
    sympy="exp(-x**2/(2 if half else 1)).diff(x, order)",
    complex=True,
)


def gauss(x: Any, *, half: bool) -> Any:
    """Return exp(-x²), or exp(-x²/2), with the rounding of x² made good."""
    return _gauss(x, half=half, order=0)


erf = op(
    "erf",
    in_precision(sp.erf),
    vjp=lambda g, y, x: g * (constant("two_over_sqrt_pi", x) * gauss(x, half=False)),
    ball="erf",
    rounding=2.5,
    sympy="erf(x)",
    jax="erf",
    complex=True,
)
erfc = op(
    "erfc",
    fw.erfc,
    vjp=lambda g, y, x: -g * (constant("two_over_sqrt_pi", x) * gauss(x, half=False)),
    ball="erfc",
    rounding=3,
    sympy="erfc(x)",
    jax="erfc",
    complex=True,
)
ndtr = op(
    "ndtr",
    fw.ndtr,
    vjp=lambda g, y, x: g * (constant("one_over_sqrt_two_pi", x) * gauss(x, half=True)),
    ball=lambda x: (-x / arb(2).sqrt()).erfc() / 2,
    rounding=4,
    jax="ndtr",
    sympy="erfc(-x/sqrt(2))/2",
    complex=True,
)


def _sinc_forward(x: Any, *, order: int) -> Any:
    """Return a derivative: in float64 next to its roots by Arb."""
    if order == 0 or x.dtype != np.float64:
        return fw.sinc(x, order=order)
    cancels = lambda y, x: fw.sinc_cancels(y, x, order)  # noqa: E731 - it knows the order
    return where_by_arb(cancels, fw.sinc, fw.sinc_ball)(x, order=order)


_sinc: Entry = op(
    "sinc",
    _sinc_forward,
    vjp=lambda g, y, x, order: g * _sinc(x, order=order + 1),
    ball=fw.sinc_ball,
    rounding=4,
    sympy="Piecewise((sin(pi*x)/(pi*x), Ne(x, 0)), (1, True)).diff(x, order)",
    jax="sinc",
    domain="(-inf, inf)",
)


def sinc(x: Any) -> Any:
    """Return sin(πx)/(πx), 1 at 0; every derivative is stable near 0 and exact at 0."""
    return _sinc(x, order=0)
