"""Balls as the lowest trace: the same programs and rules, run in exact real semantics.

An object array of `flint.arb` is lifted to a tensor of `BALLS`; each op then goes through its ball
form. Float literals of the program that meet a ball carry the rounding of the format as radius.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, partial
from operator import methodcaller
from typing import Any, Final

import numpy as np
from flint import acb, arb
from numpy.typing import NDArray

from diffcheck.engine.narrow_trace import NARROW, is_narrow
from diffcheck.engine.tensor import Tensor, base, tensor_of

SHORT_BITS: Final = 11  # significant bits of a literal that is taken to be meant exactly
# Unit roundoff and smallest normal number of the format under test.
_ROUNDING: ContextVar[tuple[float, float]] = ContextVar("literal_rounding", default=(0.0, 0.0))


@contextmanager
def literal_rounding(u: float, smallest_normal: float = 0.0) -> Iterator[None]:
    """Give float literals c that meet balls the radius u|c|, unless c is short (11 bits or less).

    A program that writes sqrt(2/pi) as a float must not be called wrong for the digits it lacks.
    `u` is the unit roundoff of the format under test; 0, the default, takes literals as exact.
    Below `smallest_normal` the format's numbers stand evenly, and the radius is half their
    distance: u times that number.
    """
    token = _ROUNDING.set((u, smallest_normal))
    try:
        yield
    finally:
        _ROUNDING.reset(token)


def literal(value: Any) -> arb | acb:
    """Return the ball of a number that stands in a program, complex or real."""
    if isinstance(value, (arb, acb)):
        return value
    if isinstance(value, (int, np.integer)):
        return arb(int(value))
    if isinstance(value, np.ndarray):
        raise TypeError(
            "a ball was expected as an element, and an array found: its digits would go"
        )
    if isinstance(value, (complex, np.complexfloating)):
        return acb(real_literal(value.real), real_literal(value.imag))
    return real_literal(value)


def real_literal(value: Any) -> arb:
    """Return the ball of a real number that stands in a program."""
    number = float(value)
    u, smallest_normal = _ROUNDING.get()
    if not u or number == 0 or (abs(number) >= smallest_normal and _is_short(number)):
        return arb(number)
    return arb(number, arb(max(abs(number), smallest_normal)) * u)


def _is_short(number: float) -> bool:
    if number == 0 or not np.isfinite(number):
        return True
    mantissa, _ = arb(number).man_exp()
    return abs(int(mantissa)).bit_length() <= SHORT_BITS


_literals = np.frompyfunc(literal, 1, 1)


def as_objects(value: Any) -> NDArray[Any]:
    """Return an object array of balls, also where NumPy hands back a bare ball."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        return value
    result = np.empty((), dtype=object)
    result[()] = value if type(value) is arb else literal(value)
    return result


_points = np.frompyfunc(arb, 1, 1)
_ARB: Final = {arb}


def ball_array(value: Any) -> NDArray[Any]:
    """Return numbers of any kind as an object array of balls, of the same shape."""
    array = value if isinstance(value, (arb, acb)) else np.asarray(value)
    if isinstance(array, np.ndarray) and array.size > 1:  # long arrays, without a call an element
        if array.dtype == object and set(map(type, array.flat)) == _ARB:
            return array
        if array.dtype in (np.float32, np.float64) and (
            not _ROUNDING.get()[0] or _all_short(array)
        ):
            found: NDArray[Any] = _points(array.astype(np.float64).astype(object))
            return found
    return as_objects(_literals(array))


def _all_short(array: NDArray[Any]) -> bool:
    """Whether every number is short, and none is below the normal numbers of the format."""
    mantissas, _ = np.frexp(array.astype(np.float64))
    with np.errstate(invalid="ignore"):
        scaled = mantissas * 2.0**SHORT_BITS
        normal = (array == 0) | (np.abs(array) >= _ROUNDING.get()[1])
        return bool((normal & (scaled == np.trunc(scaled))).all())


class BallTrace:
    """The trace below all others: it records nothing and evaluates every op in balls."""

    plain = None  # every op goes through `record`
    level = 0

    def record(self, op: Any, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        if op.ball is None:
            raise NotImplementedError(f"{op.name} has no ball form")
        result = op.ball(*(_operand(a) for a in args), **params)
        if isinstance(result, np.ndarray) and result.dtype != object:
            return result
        if isinstance(result, (bool, np.bool, int, np.integer)):
            return result
        # NumPy fills with integers (an empty sum, the zeros of tril): every element is a ball here
        done = op.kind == "elementwise" or (
            isinstance(result, np.ndarray) and set(map(type, result.flat)) <= _ARB
        )
        return tensor_of(result if done else ball_array(result), self, None)


BALLS: Final = BallTrace()


def _operand(a: Any) -> Any:
    if type(a) is Tensor:
        return a.value
    if isinstance(a, (bool, np.bool)) or (isinstance(a, np.ndarray) and a.dtype == bool):
        return a
    return ball_array(a)


def is_ball(x: Any) -> bool:
    """Whether the innermost value is an object array of balls."""
    value = base(x)
    return isinstance(value, np.ndarray) and value.dtype.char == "O"


def is_complex(x: Any) -> bool:
    """Whether the innermost values are complex numbers, or complex balls."""
    value = base(x)
    if not isinstance(value, (np.ndarray, np.generic)):
        return isinstance(value, complex)
    if value.dtype.char == "O":
        return acb in set(map(type, value.flat))
    return value.dtype.kind == "c"


def literal_tensor(x: Any) -> Any:
    """Return a float literal, or an array of them, as a tensor of balls; all else as is."""
    if isinstance(x, (float, complex, np.inexact)) or (
        isinstance(x, np.ndarray) and x.dtype.kind in "fcOV"
    ):
        return tensor_of(ball_array(x), BALLS, None)
    return x


def lift(x: Any) -> Any:
    """Return balls as a tensor of the trace of balls, bfloat16 as one of its own, else x itself."""
    if isinstance(x, (arb, acb)) or (isinstance(x, np.ndarray) and x.dtype == object):
        return tensor_of(ball_array(x), BALLS, None)
    return tensor_of(x, NARROW, None) if is_narrow(x) else x


def lower(x: Any) -> Any:
    """Invert `lift`."""
    return x.value if type(x) is Tensor and (x.trace is BALLS or x.trace is NARROW) else x


def elementwise_ball(function: Callable[..., Any] | str) -> Callable[..., Any]:
    """Map a function of balls, or a method of `flint.arb`, over object arrays."""
    scalar = methodcaller(function) if isinstance(function, str) else function
    mapped = cache(partial(np.frompyfunc, scalar, nout=1))

    def call(*arrays: Any, **params: Any) -> Any:
        if params:
            bound = np.frompyfunc(lambda *balls: scalar(*balls, **params), len(arrays), 1)
            result = bound(*arrays)
        else:
            result = mapped(nin=len(arrays))(*arrays)
        return np.asarray(result) if isinstance(result, bool) else _as_booleans(as_objects(result))

    return call


def _as_booleans(result: NDArray[Any]) -> NDArray[Any]:
    """Return the answers of a comparison as a boolean array; balls stay as they are."""
    return result.astype(bool) if result.size and isinstance(result.flat[0], bool) else result
