"""JAX's primitives in SymPy: functions of object arrays of expressions, and of the parameters."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import numpy as np
import sympy

from diffcheck.case import sym, symreductions
from diffcheck.case.symarrays import array, elementwise, reduce_with
from diffcheck.case.symlet import let


class Unreadable(Exception):  # noqa: N818 - becomes `Unsupported`, with its text
    """What has no form in SymPy; the message names it."""


# What only moves numbers: it runs on their positions.
MOVES: Final = frozenset(
    """
    broadcast_in_dim concatenate copy copy_p dynamic_slice dynamic_update_slice expand_dims gather
    pad reshape rev scatter slice split squeeze stack tile transpose unstack
    """.split()  # noqa: SIM905 - words in rows read better than quoted ones
)


def exactly(x: Any) -> Any:
    """Return numbers as the exact SymPy numbers they are; expressions stay."""
    values = np.asarray(x)
    if values.dtype == object:
        return array(values)
    found = np.empty(values.shape, dtype=object)
    for index, number in np.ndenumerate(values):
        found[index] = _number(number)
    return array(found)


def _number(x: Any) -> Any:
    if isinstance(x, np.bool_):
        return sympy.true if x else sympy.false
    if np.isnan(x):
        return sympy.nan  # of a branch that is never taken: a result of it is undefined
    if np.isinf(x):
        return sympy.oo if x > 0 else -sympy.oo
    return sympy.Rational(*float(x).as_integer_ratio())


def _same(x: Any, **_params: Any) -> Any:
    return exactly(x)


def _of(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function of expressions map over arrays, and ignore what only concerns floats."""
    mapped = elementwise(function)
    return lambda *operands, **_params: mapped(*map(exactly, operands))


def _convert(x: Any, *, new_dtype: Any, **_params: Any) -> Any:
    values = exactly(x)
    kind = np.dtype(new_dtype).kind if np.dtype(new_dtype).kind != "V" else "f"
    if kind == "f" or all(_is_condition(v) for v in values.flat):
        return elementwise(_as_number)(values)
    raise Unreadable(no_number_of(new_dtype))


def no_number_of(dtype: Any) -> str:
    """Return why a float that depends on the inputs cannot be converted to a dtype."""
    if np.dtype(dtype).kind == "c":
        return "complex numbers made of the inputs"
    return "a float converted to an integer, at a place that depends on the inputs"


def _is_condition(x: Any) -> bool:
    return bool(getattr(x, "is_Boolean", False) or getattr(x, "is_Relational", False))


def _as_number(x: Any) -> Any:
    return sympy.Piecewise((1, x), (0, True)) if _is_condition(x) else x


def _select(which: Any, *choices: Any, **_params: Any) -> Any:
    if len(choices) != 2:
        raise Unreadable("select_n between more than two")
    no, yes = choices
    if which.dtype.kind == "b":
        return np.where(which, exactly(yes), exactly(no))
    return sym.where(which, exactly(yes), exactly(no))


def _reduced(reduce: Callable[..., Any]) -> Callable[..., Any]:
    def rule(x: Any, *, axes: Any, **_params: Any) -> Any:
        return reduce(exactly(x), axis=tuple(axes)) if axes else exactly(x)

    return rule


def _cumulative(combine: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    def rule(x: Any, *, axis: int, reverse: bool, **_params: Any) -> Any:
        values = np.moveaxis(np.asarray(exactly(x)), axis, 0)
        values = values[::-1] if reverse else values
        rows: list[Any] = []
        for row in values:
            rows.append(let(combine(rows[-1], array(row))) if rows else array(row))
        result = np.stack([np.asarray(row) for row in rows])
        return np.moveaxis(result[::-1] if reverse else result, 0, axis)

    return rule


def _dot_general(x: Any, y: Any, *, dimension_numbers: Any, **_params: Any) -> Any:
    (sum_x, sum_y), (batch_x, batch_y) = dimension_numbers
    left, lead = as_matrices(exactly(x), sum_x, batch_x)
    right, tail = as_matrices(exactly(y), sum_y, batch_y)
    batch = tuple(np.shape(x)[axis] for axis in batch_x)
    result = np.empty((left.shape[0], left.shape[1], right.shape[1]), dtype=object)
    for b, i, j in np.ndindex(result.shape):
        result[b, i, j] = sympy.Add(*(p * q for p, q in zip(left[b, i], right[b, j], strict=True)))
    return result.reshape(batch + lead + tail)


def as_matrices(x: Any, summed: Any, batch: Any) -> tuple[Any, tuple[int, ...]]:
    """Return x as (batch, free, summed), with the shape of its free axes."""
    x = np.asarray(x)
    free = [axis for axis in range(x.ndim) if axis not in (*summed, *batch)]
    sizes = [int(np.prod([x.shape[a] for a in axes], dtype=int)) for axes in (batch, free, summed)]
    moved = x.transpose([*batch, *free, *summed]).reshape(sizes)
    return moved, tuple(x.shape[a] for a in free)


def _round(x: Any, *, rounding_method: Any, **_params: Any) -> Any:
    """Round halves to the even neighbour, or away from 0."""
    if int(rounding_method) == 1:
        quarter = sympy.Rational(1, 4)
        nearest = elementwise(
            lambda t: sympy.floor(t / 2 + quarter) + sympy.ceiling(t / 2 - quarter)
        )
    else:
        nearest = elementwise(lambda t: sympy.sign(t) * sympy.floor(abs(t) + sympy.S.Half))
    return nearest(exactly(x))


def _integer_pow(x: Any, *, y: int, **_params: Any) -> Any:
    return exactly(x) ** y


def _remainder(x: Any, y: Any) -> Any:
    """Return x - y·trunc(x/y), of the sign of x as C's fmod."""
    quotient = x / y
    down, up = sympy.floor(quotient), sympy.ceiling(quotient)
    return x - y * sympy.Piecewise((down, quotient >= 0), (up, True))


def _all_finite(x: Any, **_params: Any) -> Any:
    return np.ones(np.shape(x), dtype=bool)


def _logistic(x: Any) -> Any:
    return 1 / (1 + sympy.exp(-x))


RULES: Final[dict[str, Callable[..., Any]]] = {
    "abs": _of(sympy.Abs),
    "acos": _of(sympy.acos),
    "acosh": _of(sympy.acosh),
    "add": _of(lambda x, y: x + y),
    "add_any": _of(lambda x, y: x + y),
    "and": _of(sympy.And),
    "asin": _of(sympy.asin),
    "asinh": _of(sympy.asinh),
    "atan": _of(sympy.atan),
    "atan2": _of(sympy.atan2),
    "atanh": _of(sympy.atanh),
    "bessel_i0e": lambda x, **_: sym.i0e(exactly(x)),
    "bessel_i1e": lambda x, **_: sym.i1e(exactly(x)),
    "cbrt": _of(sympy.cbrt),
    "ceil": _of(sympy.ceiling),
    "clamp": lambda low, x, high, **_: sym.clip(exactly(x), exactly(low), exactly(high)),
    "convert_element_type": _convert,
    "cos": _of(sympy.cos),
    "cosh": _of(sympy.cosh),
    "cumprod": _cumulative(lambda x, y: x * y),
    "cumsum": _cumulative(lambda x, y: x + y),
    "cummax": _cumulative(sym.maximum),
    "cummin": _cumulative(sym.minimum),
    "device_put": _same,
    "digamma": _of(sympy.digamma),
    "div": _of(lambda x, y: x / y),
    "dot_general": _dot_general,
    "eq": _of(sympy.Eq),
    "erf": _of(sympy.erf),
    "erfc": _of(sympy.erfc),
    "exp": _of(sympy.exp),
    "exp2": _of(lambda x: 2**x),
    "expm1": _of(lambda x: sympy.exp(x) - 1),
    "floor": _of(sympy.floor),
    "ge": _of(sympy.Ge),
    "gt": _of(sympy.Gt),
    "igamma": lambda a, x, **_: sym.gammainc(exactly(a), exactly(x)),
    "igammac": lambda a, x, **_: sym.gammaincc(exactly(a), exactly(x)),
    "integer_pow": _integer_pow,
    "is_finite": _all_finite,
    "le": _of(sympy.Le),
    "lgamma": _of(sympy.loggamma),
    "log": _of(sympy.log),
    "log1p": _of(lambda x: sympy.log(1 + x)),
    "log2": _of(lambda x: sympy.log(x, 2)),
    "logistic": _of(_logistic),
    "lt": _of(sympy.Lt),
    "max": lambda x, y, **_: sym.maximum(exactly(x), exactly(y)),
    "min": lambda x, y, **_: sym.minimum(exactly(x), exactly(y)),
    "mul": _of(lambda x, y: x * y),
    "ne": _of(sympy.Ne),
    "neg": _of(lambda x: -x),
    "not": _of(sympy.Not),
    "one_minus_square": _of(lambda x: 1 - x**2),
    "optimization_barrier": _same,
    "or": _of(sympy.Or),
    "polynomial": _of(lambda x, *c: sum(a * x**k for k, a in enumerate(c))),
    "polygamma": lambda n, x, **_: sym.polygamma(exactly(n), exactly(x)),
    "pow": _of(lambda x, y: x**y),
    "reduce_and": _reduced(partial(reduce_with, sympy.And)),
    "reduce_or": _reduced(partial(reduce_with, sympy.Or)),
    "reduce_max": _reduced(symreductions.max),
    "reduce_min": _reduced(symreductions.min),
    "reduce_prod": _reduced(symreductions.prod),
    "reduce_sum": _reduced(symreductions.sum),
    "rem": _of(_remainder),
    "round": _round,
    "rsqrt": _of(lambda x: 1 / sympy.sqrt(x)),
    "select_n": _select,
    "sign": _of(sympy.sign),
    "sin": _of(sympy.sin),
    "sinh": _of(sympy.sinh),
    "sqrt": _of(sympy.sqrt),
    "square": _of(lambda x: x**2),
    # The derivative asked of the whole is that of its value: what softmax subtracts, for one, has
    # no part in it. A function that means another derivative is told as wrong.
    "stop_gradient": _same,
    "sub": _of(lambda x, y: x - y),
    "tan": _of(sympy.tan),
    "tanh": _of(sympy.tanh),
}
