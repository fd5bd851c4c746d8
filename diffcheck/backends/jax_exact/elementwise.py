"""Arithmetic, elementary functions, comparisons, choices and conversions of one element each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import jax.numpy as jnp
import numpy as np

from diffcheck.backends.jax_exact.values import is_float, mapped, xp
from diffcheck.balls import ZERO, Undecided
from diffcheck.engine.ops.comparison import ball_equal
from diffcheck.programs.exact import exactly


def _divide(a: Any, b: Any) -> Any:
    if is_float(a) or is_float(b):
        return xp.divide(a, b)
    return (np.sign(a) * np.sign(b) * (np.abs(a) // np.abs(b))).astype(a.dtype)  # toward 0


def _remainder(a: Any, b: Any) -> Any:
    return xp.fmod(a, b) if is_float(a) else np.fmod(a, b)


def _logic(boolean: Any, bitwise: Any) -> Callable[..., Any]:
    return lambda *args: (boolean if np.asarray(args[0]).dtype == bool else bitwise)(*args)


def _integer_power(x: Any, *, y: int) -> Any:
    if not is_float(x):
        return x**y
    return xp.pow(x, y) if y >= 0 else 1 / xp.pow(x, -y)


def _polynomial(x: Any, *coefficients: Any) -> Any:
    """Return the value at x of the polynomial with these coefficients, lowest first."""
    total = coefficients[-1]
    for c in coefficients[-2::-1]:
        total = total * x + c
    return total


def _select(which: Any, *cases: Any) -> Any:
    which = np.asarray(which)
    if which.dtype == bool:
        return _where(which, cases[1], cases[0])
    chosen = cases[-1]
    for i in range(len(cases) - 2, -1, -1):
        chosen = _where(which == i, cases[i], chosen)
    return chosen


def _where(condition: Any, x: Any, y: Any) -> Any:
    return xp.where(condition, x, y) if is_float(x) else np.where(condition, x, y)


def _clamp(low: Any, x: Any, high: Any) -> Any:
    return xp.minimum(xp.maximum(x, low), high)


def _is_finite(x: Any) -> Any:
    if not is_float(x):
        return np.ones(np.shape(x), dtype=bool)

    def one(ball: Any) -> bool:
        if ball.is_nan():  # 0/0, or too wide a ball: not known here
            raise Undecided(f"is_finite({ball})")
        return bool(ball.is_finite())

    return mapped(one, x, bool)


def _round(x: Any, *, rounding_method: Any) -> Any:
    if int(rounding_method) == 1:
        return xp.round(x)
    return xp.sign(x) * xp.floor(xp.abs(x) + exactly(np.float64(0.5)))


def _convert(x: Any, *, new_dtype: Any) -> Any:
    to_float = jnp.issubdtype(new_dtype, jnp.inexact)
    if not is_float(x):
        return exactly(np.asarray(x).astype(np.float64)) if to_float else x.astype(new_dtype)
    if to_float:
        return x  # another precision, the same number
    if new_dtype == np.bool_:
        return mapped(lambda a: not ball_equal(a, ZERO), x, bool)
    return mapped(lambda a: int(a.unique_fmpz()), xp.trunc(x), new_dtype)


def _same(x: Any) -> Any:
    return x


ELEMENTWISE: Final[dict[str, Callable[..., Any]]] = {
    "abs": xp.abs,
    "acos": xp.acos,
    "acosh": xp.acosh,
    "add": xp.add,
    "add_any": xp.add,
    "and": _logic(np.logical_and, np.bitwise_and),
    "asin": xp.asin,
    "asinh": xp.asinh,
    "atan": xp.atan,
    "atan2": xp.atan2,
    "atanh": xp.atanh,
    "cbrt": xp.cbrt,
    "ceil": xp.ceil,
    "clamp": _clamp,
    "convert_element_type": _convert,
    "copy": _same,
    "copy_p": _same,
    "cos": xp.cos,
    "cosh": xp.cosh,
    "device_put": lambda *args: list(args),
    "div": _divide,
    "eq": xp.equal,
    "eq_to": xp.equal,
    "erf": xp.erf,
    "erf_inv": xp.erfinv,
    "erfc": xp.erfc,
    "exp": xp.exp,
    "exp2": xp.exp2,
    "expm1": xp.expm1,
    "floor": xp.floor,
    "ge": xp.greater_equal,
    "gt": xp.greater,
    "integer_pow": _integer_power,
    "is_finite": _is_finite,
    "le": xp.less_equal,
    "le_to": xp.less_equal,
    "log": xp.log,
    "log1p": xp.log1p,
    "log2": xp.log2,
    "logistic": xp.expit,
    "lt": xp.less,
    "lt_to": xp.less,
    "max": xp.maximum,
    "min": xp.minimum,
    "mul": xp.multiply,
    "name": _same,
    "ne": xp.not_equal,
    "neg": xp.negative,
    "not": _logic(np.logical_not, np.bitwise_invert),
    "one_minus_square": lambda x: (1 - x) * (1 + x),
    "optimization_barrier": lambda *args: list(args),
    "or": _logic(np.logical_or, np.bitwise_or),
    "pow": xp.pow,
    "polynomial": _polynomial,
    "real": xp.real,
    "reduce_precision": _same,
    "rem": _remainder,
    "round": _round,
    "rsqrt": lambda x: 1 / xp.sqrt(x),
    "select_n": _select,
    "sign": xp.sign,
    "sin": xp.sin,
    "sinh": xp.sinh,
    "sqrt": xp.sqrt,
    "square": xp.square,
    "stop_gradient": _same,
    "sub": xp.subtract,
    "tan": xp.tan,
    "tanh": xp.tanh,
    "xor": _logic(np.logical_xor, np.bitwise_xor),
}
