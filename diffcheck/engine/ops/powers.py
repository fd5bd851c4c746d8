# ruff: noqa: A001, ARG005 - NumPy's names shadow builtins; rules share one signature
"""Powers, and their derivatives of any order in base and exponent."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from diffcheck.engine.ball_trace import BALLS, is_complex
from diffcheck.engine.ops import stable
from diffcheck.engine.ops.arb_forward import by_arb
from diffcheck.engine.ops.exponential import log
from diffcheck.engine.table import Entry, op
from diffcheck.engine.tensor import Tensor, base


def _power_forward(x: Any, n: Any, *, k: int, m: int) -> Any:
    """Return ∂ᵏ/∂xᵏ ∂ᵐ/∂nᵐ x^n: in float64, and by Arb where that lost digits."""
    if np.result_type(x, n).itemsize < np.dtype(np.float64).itemsize:
        wide = stable.in_double(lambda x, n: stable.power_derivative(x, n, k=k, m=m)[0])
        return wide(x, n)
    y, lost = stable.power_derivative(x, n, k=k, m=m)
    if not np.any(lost):
        return y
    y = np.array(y)
    some = (np.broadcast_to(t, y.shape)[lost] for t in (x, n))
    y[lost] = _power_by_arb(*some, k=k, m=m)
    return y[()]


_power_by_arb = by_arb(stable.power_derivative_ball)
power_derivative: Entry = op(
    "power_derivative",  # of any order in either argument: factors by the product rule would
    _power_forward,  # vanish or overflow one by one, and their sums cancel
    vjp=(
        lambda g, y, x, n, k, m: g * power_derivative(x, n, k=k + 1, m=m),
        lambda g, y, x, n, k, m: g * power_derivative(x, n, k=k, m=m + 1),
    ),
    ball=stable.power_derivative_ball,
    rounding=3,
    domain=("[0, inf)", "(-inf, inf)"),
    slope="pow",
    sympy="(x**y).diff(x, k).diff(y, m)",
    kinks="x = 0",
)


def _is_number(n: Any) -> bool:
    """Whether an exponent is a number in the program, also where the program is run in balls."""
    return isinstance(n, (int, float)) or (
        type(n) is Tensor and n.trace is BALLS and n.value.ndim == 0
    )


def _descend(g: Any, x: Any, n: Any, down: int) -> Any:
    """Return g (n - down) x^(n - down - 1) for a number n, which needs no logarithm."""
    if (n.value[()] if type(n) is Tensor else n) == down:
        return 0 * g
    return g * ((n - down) * shifted_pow(x, n, down=down + 1))


# Neither looks at y, which need not be kept.
def _along_base(g: Any, x: Any, n: Any) -> Any:
    if _is_number(n):
        return _descend(g, x, n, 0)
    if is_complex(x) or is_complex(n):
        return g * (n * pow(x, n - 1))
    return g * power_derivative(x, n, k=1, m=0)


def _along_exponent(g: Any, x: Any, n: Any) -> Any:
    if is_complex(x) or is_complex(n):
        return g * (pow(x, n) * log(_in_format_of(n, x) + 0j))
    return g * power_derivative(x, n, k=0, m=1)


def _in_format_of(n: Any, x: Any) -> Any:
    """Return a base; a Python complex in n's format, which might be wider than its own."""
    return np.result_type(base(n), np.complex64).type(x) if type(x) is complex else x


pow: Entry = op(
    "pow",
    operator.pow,
    vjp=(
        lambda g, y, x, n: _along_base(g, x, n),
        lambda g, y, x, n: _along_exponent(g, x, n),
    ),
    ball=stable.pow_ball,
    rounding=1,
    sympy="x**y",
    jax="power",
    domain=("[0, inf)", "(-inf, inf)"),
    complex=True,
    kinks="x = 0; x < 0 but for integers y",
)
shifted_pow = op(
    "shifted_pow",
    stable.shifted_pow,
    vjp=(lambda g, y, x, n, down: _descend(g, x, n, down), None),  # n is a number
    ball=lambda x, n, down: stable.pow_ball(x, n - down),
    rounding=2,
    domain=("[0, inf)", "(-inf, inf)"),
    complex=True,
    slope="pow",
    sympy="x**(y - down)",
)
