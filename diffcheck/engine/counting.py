"""How many rounded operations a computation performs: the count in a rounding-error bound."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, log2
from typing import Any

import numpy as np

from diffcheck.engine.table import Op
from diffcheck.engine.tensor import Tensor, tensor_of
from diffcheck.engine.trees import tree_map


class CountingTrace:
    """A trace below all others that evaluates, and counts what is rounded."""

    plain = None  # every op goes through `record`

    def __init__(self) -> None:
        self.level = 0
        self.operations = 0

    def record(self, op: Op, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        values = tuple(a.value if type(a) is Tensor else a for a in args)
        self.operations += weight(op, values, params)
        y = op.apply(values, params)
        return y if op.vjp is None else tensor_of(y, self, None)


def weight(op: Op, args: tuple[Any, ...], params: dict[str, Any]) -> int:
    """Return how often one component of the result is rounded: 1 + ⌈log2 k⌉ for k terms.

    Ops that only move or choose numbers count nothing.
    """
    if op.rounding == 0:
        return 0
    if op.length is None:
        return 1
    return 1 + ceil(log2(max(1, op.length(*args, **params))))


def count_operations(f: Callable[..., Any], *args: Any) -> int:
    """Return how many rounded operations f(*args) performs, backward sweeps of it included.

    A bound on the roundings that any one component of the result passes through. An elementwise op
    on arrays counts once; a reduction or contraction of k terms counts 1 + ⌈log2 k⌉.

    >>> from diffcheck import engine as xp
    >>> count_operations(lambda x: xp.sum(xp.exp(x)), np.ones(8))
    5
    """
    trace = CountingTrace()

    def watch(x: Any) -> Any:
        value = np.asarray(x)[()]
        return tensor_of(value, trace, None) if value.dtype.kind in "fV" else x

    with np.errstate(all="ignore"):
        f(*(tree_map(watch, a) for a in args))
    return trace.operations
