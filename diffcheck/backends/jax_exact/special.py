"""Special functions, and JAX's own functions that stand for one mathematical function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from flint import arb

from diffcheck.backends.jax_exact.values import is_float, mapped, whole, xp
from diffcheck.balls import ZERO
from diffcheck.engine import TABLE
from diffcheck.engine.ball_trace import BALLS, as_objects
from diffcheck.engine.ops.comparison import ball_less
from diffcheck.engine.tensor import tensor_of


def _polygamma(order: Any, x: Any) -> Any:
    orders = set(whole(order).reshape(-1).tolist())
    if len(orders) > 1:
        raise NotImplementedError("no exact form of polygamma of several orders at once")
    return xp.polygamma(orders.pop(), x)


def _igamma_grad_a(a: Any, x: Any) -> Any:
    return TABLE["gammainc_derivative"].entry(a, x, orders=(1, 0))


def _gammaln(x: Any) -> Any:
    """Return log|Γ(x)|, for negative x by reflection: Γ(x) Γ(1-x) = π/sin(πx)."""
    negative = mapped(lambda a: ball_less(a, ZERO), x, bool)
    if not negative.any():
        return xp.gammaln(x)
    pi = tensor_of(as_objects(arb.pi()), BALLS, None)
    below = xp.where(negative, x, xp.ones_like(x) * arb(-1.5))
    above = xp.where(negative, xp.ones_like(x), x)
    reflected = xp.log(pi / xp.abs(xp.sin(pi * below))) - xp.gammaln(1 - below)
    return xp.where(negative, reflected, xp.gammaln(above))


def _signbit(x: Any) -> Any:
    if not is_float(x):
        return np.signbit(x)
    return mapped(lambda a: ball_less(a, ZERO), x, bool)


def _platform_index(*, platforms: Any) -> Any:
    # All bodies mean the same; the last one is the default.
    return np.int32(next((i for i, names in enumerate(platforms) if names is None), 0))


SPECIAL: Final[dict[str, Callable[..., Any]]] = {
    "bessel_i0e": xp.i0e,
    "bessel_i1e": xp.i1e,
    "digamma": xp.digamma,
    "igamma": xp.gammainc,
    "igamma_grad_a": _igamma_grad_a,
    "igammac": xp.gammaincc,
    "lgamma": _gammaln,
    "platform_index": _platform_index,
    "polygamma": _polygamma,
    "regularized_incomplete_beta": xp.betainc,
    "zeta": xp.zeta,
}

# Functions of JAX that are approximations written out in floats, where one call is one function.
COMPOSITES: Final[dict[str, Callable[..., Any]]] = {
    "_erfcx": xp.erfcx,
    "expi": xp.expi,
    "log_ndtr": xp.log_ndtr,
    "signbit": _signbit,
}
