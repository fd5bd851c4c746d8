"""What is told when an op cannot be applied: the op, its operands, and the user's own line."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from diffcheck.engine.tensor import base

if TYPE_CHECKING:
    from diffcheck.engine.table import Op

HERE: Final = str(Path(__file__).parent)
APPLICATION_ERRORS: Final = (TypeError, ValueError, IndexError, ArithmeticError, AttributeError)


class OperationError(ValueError):
    """An op that could not be applied; the message names it with its shapes and dtypes."""


class ComplexOperandError(OperationError):
    """A complex operand of an op whose function or rules are those of real numbers."""


def user_line() -> str:
    """Return `file:line` of the innermost frame outside the engine, the line that is at fault."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the stack without its source lines
    while frame is not None and frame.f_code.co_filename.startswith(HERE):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else "an unknown line"


def refused(
    where: str,
    expected: str,
    got: str,
    cause: str,
    remedy: str,
    kind: type[OperationError] = OperationError,
) -> OperationError:
    """Return an error in four parts: where, what was expected and got, the cause, the remedy."""
    return kind(
        f"{where}, at {user_line()}: expected {expected}, got {got}. "
        f"Likely cause: {cause}. Next: {remedy}."
    )


def leaked(operation: str) -> OperationError:
    """Return the error for a tensor that outlived the transform that made it."""
    return refused(
        operation,
        "arrays, and tensors of transforms that are running",
        "a tensor of a transform that has ended",
        "a function kept a value that was being differentiated, in a global, an attribute or a "
        "list outside of it",
        "return that value from the function, or keep engine.stop_gradient of it",
    )


def refused_complex(op: Op, args: tuple[Any, ...]) -> OperationError:
    """Return the error for an op whose function or rules are those of real numbers."""
    return refused(
        op.name,
        "real operands: it is not differentiable for complex ones",
        ", ".join(map(_described, args)),
        "a complex intermediate: a square root of a negative number, a Fourier transform, 1j",
        "take engine.real, engine.imag or engine.abs of it first",
        ComplexOperandError,
    )


def failure(
    op: Op, args: tuple[Any, ...], params: dict[str, Any], error: Exception
) -> OperationError:
    """Return the error to raise for an op that failed on these operands."""
    operands = ", ".join(_described(a) for a in args)
    options = "".join(f", {key}={value!r}" for key, value in params.items())
    return OperationError(f"{op.name}({operands}{options}) at {user_line()}: {error}")


def _described(a: Any) -> str:
    value = base(a)
    if isinstance(value, (bool, int, float, complex)):
        return repr(value)
    return f"{getattr(value, 'dtype', type(value).__name__)}{list(np.shape(value))}"
