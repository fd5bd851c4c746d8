"""Squares of what has a kink at 0: |x|², a norm squared. They are smooth, and recorded as such.

By the chain rule their first derivatives are right, but the second is 0 at 0, where it should be 2.
So a program that says `norm(x)**2` is taken at its word where derivatives nest: the square is the
sum of squares.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from diffcheck.engine.ball_trace import is_complex
from diffcheck.engine.tensor import OPS, Tensor, tensor_of

if TYPE_CHECKING:
    from diffcheck.engine.tape import Record

SQUARING: Final = frozenset({"multiply", "pow", "square"})


def _sum_of_squares(x: Any, axis: Any) -> Any:
    return OPS["sum"](x * x, axis=axis, keepdims=False)


SQUARES: Final[dict[str, Callable[..., Any]]] = {
    "abs": lambda x: x * x,
    "hypot": lambda a, b: a * a + b * b,
    "norm2": _sum_of_squares,
}


def squared(name: str, slots: list[int | None], values: list[Any]) -> int | None:
    """Return the slot whose value an op squares, None if it does something else."""
    if name == "multiply":
        return slots[0] if slots[0] == slots[1] else None
    if name == "pow":
        two = type(values[1]) in (int, float) and values[1] == 2
        return slots[0] if two else None
    return slots[0]


def smooth(tape: Any, record: Record) -> Any:
    """Return the square of the result of an entry as a smooth function, None if it has no kink."""
    op, slots, args, params, _ = record
    rule = SQUARES.get(op.name)
    if rule is None or any(map(is_complex, args)):
        return None
    pairs = zip(args, slots, strict=True)
    return rule(*(a if slot is None else tensor_of(a, tape, slot) for a, slot in pairs), **params)


def is_derivative(value: Any) -> bool:
    """Whether a value belongs to a trace of a derivative, and not to `compile` or balls alone."""
    while type(value) is Tensor:
        if value.trace.level and not hasattr(value.trace, "refuse"):
            return True
        value = value.value
    return False
