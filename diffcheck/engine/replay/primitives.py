"""Ops that only programs know: NumPy functions that forwards call, and sums of cotangents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from diffcheck.engine.replay import kernels


class Primitive:
    """A function as an op; `kind` "elementwise" lets it write over any of its operands."""

    vjp = None

    def __init__(self, name: str, forward: Callable[..., Any], kind: str = "elementwise") -> None:
        self.name, self.forward, self.kind = name, forward, kind

    def apply(self, args: tuple[Any, ...], params: dict[str, Any], *, nested: bool) -> Any:
        """Apply the function, as an op of the table would be."""
        del nested
        return self.forward(*args, **params)


def _accumulated(p: Any, g: Any, *, index: Any) -> Any:
    return kernels.accumulated_at(p, g, index, np.empty_like(p))


def _added_into(p: Any, g: Any) -> Any:
    return np.add(p, g, np.empty_like(p))


STRONG: Final = Primitive("strong", np.float64)
CHOICE: Final = Primitive("choice", np.where)
KEEP: Final = Primitive("keep", kernels.keep)
ASSEMBLED: Final = Primitive("assembled", kernels.assembled, "assembles")
ACCUMULATED: Final = Primitive("accumulated", _accumulated, "accumulates")
PLAIN_SUM: Final = Primitive("plain_sum", np.add.reduce, "linear")  # of short rows too
ADDED_INTO: Final = Primitive("added_into", _added_into)  # a sum that lies in memory as p does


def is_basic(index: Any) -> bool:
    """Whether an index names no element twice: slices, integers, None and ... only."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(part is None or part is Ellipsis or type(part) in (slice, int) for part in parts)
