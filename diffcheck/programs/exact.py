"""Programs in exact real semantics: every operation through its exact form, on balls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from flint import arb
from numpy.typing import NDArray

from diffcheck import engine
from diffcheck.balls import precision
from diffcheck.engine.ball_trace import BALLS, as_objects
from diffcheck.engine.ops.joining import stack
from diffcheck.engine.tensor import Tensor, base, tensor_of
from diffcheck.programs.form import Operation, Program
from diffcheck.programs.running import run

_ARB: Final = np.frompyfunc(arb, 1, 1)
FLOATING: Final = "fcV"  # kinds of dtypes; V is bfloat16


class MissingFormError(NotImplementedError):
    """An operation without an exact form; the message names it."""


def enclose(
    program: Program,
    inputs: Sequence[NDArray[Any]],
    *,
    bits: int,
    literal_rounding: float,
    smallest_normal: float = 0.0,
) -> list[Any]:
    """Return the program's outputs in exact arithmetic at float inputs: arrays of balls.

    `literal_rounding` is the relative radius of literals that are not short, the unit roundoff of
    the format that the program was written for; `smallest_normal` is the number below which their
    rounding is absolute. Integer and boolean outputs stay as they are.
    Raises `MissingFormError` for an operation without an exact form, `balls.Undecided` where a
    branch cannot be decided at `bits` bits.
    """
    with (
        precision(bits),
        engine.literal_rounding(literal_rounding, smallest_normal),
        np.errstate(all="ignore"),
    ):
        outputs = run(program, [exactly(x) for x in inputs], BallArithmetic())
    return [x.value if isinstance(x, Tensor) else x for x in outputs]


def exactly(array: Any) -> Any:
    """Return a float array as a tensor of exact balls, integers and booleans as NumPy arrays."""
    if not hasattr(getattr(array, "dtype", np.dtype(object)), "kind"):
        return array  # of a kind that only the backend knows, as JAX's random keys
    array = np.asarray(array)
    if array.dtype.kind not in FLOATING:
        return array
    return tensor_of(exact_balls(array), BALLS, None)


def exact_balls(array: NDArray[Any]) -> NDArray[Any]:
    """Return floats as an object array of exact balls of the same shape."""
    if array.dtype.kind == "c":
        with engine.literal_rounding(0.0):
            return engine.ball_array(array)
    return as_objects(_ARB(array.astype(np.float64)))


def balls_of(x: Any) -> NDArray[Any]:
    """Return the innermost object array of balls."""
    return np.asarray(base(x), dtype=object)


class BallArithmetic:
    """Floats are tensors of balls; integers and booleans are NumPy arrays, known exactly."""

    def literal(self, value: NDArray[Any]) -> Any:
        """Return a literal, its rounding as the radius."""
        weak = isinstance(value, (int, float, complex))  # a Python number, which promotes nothing
        array = np.asarray(value) if weak else value
        if getattr(array.dtype, "kind", "") not in FLOATING:
            return value
        return tensor_of(engine.ball_array(value), BALLS, None)

    def apply(self, operation: Operation, operands: Sequence[Any]) -> Sequence[Any]:
        """Apply the exact form; what only touches integers needs none."""
        if operation.exact is None:
            if any(isinstance(x, Tensor) for x in operands):
                raise MissingFormError(operation.reason or f"no exact form of {operation.name}")
            return [exactly(result) for result in _several(operation.floats(*operands))]
        try:
            return _several(operation.exact(*operands))
        except MissingFormError:
            raise
        except (NotImplementedError, engine.OperationError) as error:
            reason = str(error).partition("\n")[0]
            raise MissingFormError(f"no exact form of {operation.name} here: {reason}") from error

    def stack(self, rows: Sequence[Any]) -> Any:
        """Return rows as one array."""
        if any(isinstance(row, Tensor) for row in rows):
            return stack(list(rows))
        return np.stack([np.asarray(row) for row in rows])


def _several(result: Any) -> Sequence[Any]:
    return result if isinstance(result, (list, tuple)) else [result]
