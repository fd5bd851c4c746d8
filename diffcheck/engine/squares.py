"""Squares of what has a kink at 0: |x|², a norm squared. They are smooth, and recorded as such.

By the chain rule their first derivatives are right, but the second is 0 at 0, where it should be 2.
So a program that says `norm(x)**2` is taken at its word where derivatives nest: the square is the
sum of squares. So is n * n with a norm n on each side, also where it was moved to another shape or
scaled by a constant in between, as the standard deviation is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from diffcheck.engine.ball_trace import is_complex
from diffcheck.engine.slimming import ROOT  # of 0 it has no derivative; the other kinks have one
from diffcheck.engine.tensor import OPS, Tensor, base

if TYPE_CHECKING:
    from diffcheck.engine.table import Op

SQUARING: Final = frozenset({"multiply", "pow", "square"})
Origin = tuple["Op", tuple[Any, ...], dict[str, Any]]
"""What made a tensor: an op, its operands, its parameters."""
FAR: Final = 8  # steps back to a kink


def _sum_of_squares(x: Any, axis: Any) -> Any:
    return OPS["sum"](x * x, axis=axis, keepdims=False)


KINKS: Final[dict[str, Callable[..., Any]]] = {
    "abs": lambda x: x * x,
    "hypot": lambda a, b: a * a + b * b,
    "norm2": _sum_of_squares,
    ROOT: lambda x: x,
}
MOVES: Final = frozenset(
    {"reshape", "getitem", "broadcast_to", "permute_dims", "matrix_transpose", "flip", "roll"}
)
SCALES: Final = frozenset({"multiply", "divide", "negative"})
CARRIERS: Final = MOVES | SCALES | {"where"}


def square(trace: Any, name: str, args: tuple[Any, ...]) -> Any:
    """Return what an op gives as a smooth function, if it squares what has a kink; else None.

    `trace.origin(x)` tells what made a tensor of the trace, None for what is not known.
    """
    x = args[0]
    if type(x) is not Tensor or x.trace is not trace:
        return None
    if not trace.smooth and not is_derivative(x.value):
        return None
    if name == "multiply" and not _are_same(trace, *args):
        return None
    if name == "pow" and not _is_even(args[1]):
        return _power_of_root(trace, x, args[1])
    found = _squared(trace, x, FAR)
    if found is None or name != "pow" or args[1] == 2:
        return found
    return found ** (int(args[1]) // 2)


def _is_positive(n: Any) -> bool:
    """Whether an exponent is one positive number, and no tensor."""
    return not (isinstance(n, Tensor) or np.ndim(n) or np.iscomplexobj(n)) and bool(n > 0)


def _is_even(n: Any) -> bool:
    return _is_positive(n) and bool(n % 2 == 0)


def _power_of_root(trace: Any, x: Any, n: Any) -> Any:
    """Return sqrt(s)^n as s^(n/2) where a root is 0; for n = 3 it has a derivative there."""
    origin = trace.origin(x)
    if origin is None or origin[0].name != "sqrt" or not _is_positive(n):
        return None
    s = origin[1][0]
    return s ** (n / 2) if not is_complex(s) and _is_root_of_zero(x, s) else None


def _are_same(trace: Any, a: Any, b: Any, steps: int = FAR) -> bool:
    """Whether two operands are one tensor, or made alike of the same ones."""
    if a is b:
        return True
    if type(a) is not Tensor or type(b) is not Tensor or b.trace is not trace:
        return False
    if a.trace is not trace or not steps:
        return False
    if type(a.node) is int and a.node == b.node:  # a slot of a tape; a tangent tells nothing
        return True
    first, second = trace.origin(a), trace.origin(b)
    if first is None or second is None or first[0] is not second[0] or first[2] != second[2]:
        return False
    if first[0].name not in KINKS and first[0].name not in CARRIERS:
        return False
    pairs = zip(first[1], second[1], strict=True)
    return all(_are_same(trace, c, d, steps - 1) or _is_same_number(c, d) for c, d in pairs)


def _is_same_number(a: Any, b: Any) -> bool:
    return type(a) is type(b) and isinstance(a, (int, float)) and a == b


def _squared(trace: Any, x: Any, steps: int) -> Any:
    """Return x² by way of the kink that x comes from, None if there is none."""
    origin = trace.origin(x) if steps and type(x) is Tensor and x.trace is trace else None
    if origin is None:
        return None
    op, args, params = origin
    if op.name in KINKS:
        if any(map(is_complex, args)) or (op.name == "sqrt" and not _is_root_of_zero(x, args[0])):
            return None
        return KINKS[op.name](*args, **params)
    if op.name not in CARRIERS:
        return None
    if op.name in MOVES:
        inner = _squared(trace, args[0], steps - 1)
        return None if inner is None else op.entry(inner, **params)
    if op.name == "where":
        parts = [_squared(trace, a, steps - 1) for a in args[1:]]
        if all(part is None for part in parts):
            return None
        pairs = zip(parts, args[1:], strict=True)
        return op.entry(args[0], *(a * a if part is None else part for part, a in pairs))
    return _scaled(trace, op, args, steps - 1)


def _scaled(trace: Any, op: Op, args: tuple[Any, ...], steps: int) -> Any:
    """Return the square of a product or quotient with a constant."""
    if op.name == "negative":
        return _squared(trace, args[0], steps)
    a, b = args
    if _is_of(trace, b):
        if op.name == "divide" or _is_of(trace, a):
            return None
        a, b = b, a
    inner = _squared(trace, a, steps)
    return None if inner is None else op.entry(inner, b * b)


def _is_of(trace: Any, x: Any) -> bool:
    return type(x) is Tensor and x.trace is trace


def _is_root_of_zero(y: Any, x: Any) -> bool:
    """Whether a root is 0 somewhere and nan nowhere: else its square is left to itself."""
    return bool(np.any(base(y) == 0) and np.all(base(x) >= 0))


def is_derivative(value: Any) -> bool:
    """Whether a value belongs to a trace of a derivative, and not to `compile` or balls alone."""
    while type(value) is Tensor:
        if value.trace.level and not hasattr(value.trace, "refuse"):
            return True
        value = value.value
    return False
