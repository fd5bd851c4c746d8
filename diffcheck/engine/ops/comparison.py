"""Comparisons and other ops whose derivative is 0 almost everywhere; three-valued on balls."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import arb

from diffcheck.balls import ZERO, Undecided, is_equal, is_less
from diffcheck.engine.table import op
from diffcheck.engine.tensor import OPS


def ball_equal(a: Any, b: Any) -> bool:
    return a is b or is_equal(a, b)  # one ball object is one number, however wide


def ball_less(a: Any, b: Any) -> bool:
    return a is not b and is_less(a, b)


def _sign(a: Any) -> Any:
    return arb(0) if ball_equal(a, ZERO) else arb(-1 if ball_less(a, ZERO) else 1)


def _step(method: str) -> Any:
    """Return a piecewise constant function of balls that is undecided across its jumps."""

    def apply(a: Any) -> Any:
        result = getattr(a, method)()
        if not result.is_exact():
            raise Undecided(f"{method} of {a}")
        return result

    return apply


def _is_nan(a: Any) -> bool:
    return bool(a.real.is_nan() or a.imag.is_nan())


def _truncate(a: Any) -> Any:
    return _step("ceil")(a) if ball_less(a, ZERO) else _step("floor")(a)


# Complex numbers have no order: what asks for one refuses them.
less = op(
    "less",
    np.less,
    ball=ball_less,
    rounding=0,
    sympy="x < y",
    jax="less",
    kinks="x = y",
    complex=False,
)
less_equal = op(
    "less_equal",
    np.less_equal,
    ball=lambda a, b: not ball_less(b, a),
    rounding=0,
    sympy="x <= y",
    jax="less_equal",
    kinks="x = y",
    complex=False,
)
greater = op(
    "greater",
    np.greater,
    ball=lambda a, b: ball_less(b, a),
    rounding=0,
    sympy="x > y",
    jax="greater",
    kinks="x = y",
    complex=False,
)
greater_equal = op(
    "greater_equal",
    np.greater_equal,
    ball=lambda a, b: not ball_less(a, b),
    rounding=0,
    sympy="x >= y",
    jax="greater_equal",
    kinks="x = y",
    complex=False,
)
equal = op(
    "equal", np.equal, ball=ball_equal, rounding=0, sympy="Eq(x, y)", jax="equal", kinks="x = y"
)
not_equal = op(
    "not_equal",
    np.not_equal,
    ball=lambda a, b: not ball_equal(a, b),
    rounding=0,
    sympy="Ne(x, y)",
    jax="not_equal",
    kinks="x = y",
)
isnan = op("isnan", np.isnan, ball=_is_nan, rounding=0, jax="isnan")
isfinite = op("isfinite", np.isfinite, ball=lambda a: not _is_nan(a), rounding=0, jax="isfinite")
isinf = op("isinf", np.isinf, ball=lambda _a: False, rounding=0, jax="isinf")


def _direction(z: Any) -> Any:
    """Return z/|z|, 0 for 0: unlike the sign of a real number it turns with z."""
    x, y = OPS["real"](z), OPS["imag"](z)
    return OPS["direction"](x, y) + 1j * OPS["direction"](y, x)


sign = op(
    "sign",
    np.sign,
    ball=_sign,
    rounding=0,
    sympy="sign(x)",
    jax="sign",
    kinks="x = 0",
    complex=_direction,
)
floor = op(
    "floor",
    np.floor,
    ball=_step("floor"),
    rounding=0,
    sympy="floor(x)",
    jax="floor",
    kinks="x = n",
    complex=False,
)
ceil = op(
    "ceil",
    np.ceil,
    ball=_step("ceil"),
    rounding=0,
    sympy="ceiling(x)",
    jax="ceil",
    kinks="x = n",
    complex=False,
)
trunc = op(
    "trunc",
    np.trunc,
    ball=_truncate,
    rounding=0,
    jax="trunc",
    sympy="sign(x)*floor(Abs(x))",
    kinks="x = n",
    complex=False,
)
stop_gradient = op(
    "stop_gradient", lambda x: x, ball=lambda a: a, rounding=0, jax="stop_gradient", sympy="x"
)
logical_and = op(
    "logical_and",
    np.logical_and,
    kind="general",
    ball=np.logical_and,
    rounding=0,
    jax="logical_and",
    sympy="And(x, y)",
)
logical_or = op(
    "logical_or",
    np.logical_or,
    kind="general",
    ball=np.logical_or,
    rounding=0,
    jax="logical_or",
    sympy="Or(x, y)",
)
logical_not = op(
    "logical_not",
    np.logical_not,
    kind="general",
    ball=np.logical_not,
    rounding=0,
    jax="logical_not",
    sympy="Not(x)",
)
