"""Functions of scipy.special that are products and sums of ops: 1/Γ, Γ of several dimensions."""

from __future__ import annotations

from typing import Any

import scipy.special as sp

from diffcheck.engine.ops.choices import where
from diffcheck.engine.ops.comparison import less
from diffcheck.engine.ops.special import sinc
from diffcheck.engine.ops.special_gamma import gamma, gammaln
from diffcheck.engine.tensor import looked_into
from diffcheck.engine.values import constant


def rgamma(x: Any) -> Any:
    """Return 1/Γ(x), by reflection below 1/2, where it is smooth through the poles (DLMF 5.5.3)."""
    left = less(x, 0.5)
    reflected = where(left, x, 0.25)
    return where(
        left, reflected * sinc(reflected) * gamma(1 - reflected), 1 / gamma(where(left, 1, x))
    )


def gammasgn(x: Any) -> Any:
    """Return the sign of Γ(x), a constant between the poles."""
    return sp.gammasgn(looked_into(x))


def multigammaln(a: Any, d: int) -> Any:
    """Return the logarithm of the gamma function of d dimensions (Muirhead 1982, §2.1.2)."""
    total = gammaln(a) + d * (d - 1) * 0.25 * constant("log_pi", a)
    for k in range(1, d):
        total = total + gammaln(a - 0.5 * k)
    return total
