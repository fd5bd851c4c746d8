"""Sweeps of a recording: without masks, but with a watch on the cotangents that would need one.

Where an op chose some elements, the cotangent of the others is 0 for good; multiplied by an
infinite derivative it becomes a nan. So the program is recorded without masks, and a nan in a
watched cotangent makes `compile` run another program, recorded with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from diffcheck.engine.flow import Flow
from diffcheck.engine.forward import ForwardTrace
from diffcheck.engine.replay.trace import Recording
from diffcheck.engine.tape import Record
from diffcheck.engine.tensor import Tensor

# Ops whose rules multiply the cotangent by nothing, so that 0 stays 0.
HARMLESS: Final = frozenset({"add", "subtract", "negative", "where", "maximum", "minimum", "relu"})


class _Live:
    """Stands for a mask: some elements were not chosen. It is never full."""

    @staticmethod
    def all() -> bool:
        return False

    shape = ()


LIVE: Final = _Live()


class WatchedFlow(Flow):
    """A flow without masks that knows where there would be some."""

    def __init__(
        self, trace: Recording, entries: list[Any], seeds: dict[int, Any], *, masked: bool
    ) -> None:
        super().__init__(entries, seeds, masked=masked)
        self.trace = trace

    def masked_at(self, record: Record, position: int, cotangent: Any, mask: Any) -> Any:
        """Leave the cotangent as it is; watch it if the rule may have made a nan of a 0."""
        del mask
        if _may_fail(record, position):
            self.trace.watch(recorded_values(cotangent, self.trace))
        return cotangent

    def mask_onward(self, record: Record, position: int, mask: Any, args: tuple[Any, ...]) -> Any:
        """Say whether there would be a mask."""
        del args
        op = record[0]
        chooses = op.selects == "rule" or (
            isinstance(op.selects, tuple) and op.selects[position] is not None
        )
        passed = mask is not None and op.kind in ("elementwise", "linear")
        return LIVE if chooses or passed else None

    def united(self, first: Any, second: Any) -> Any:
        """Say that the union of two masks may be one."""
        del first, second
        return LIVE


def _may_fail(record: Record, position: int) -> bool:
    op, _, args, _, _ = record
    if op.name in HARMLESS:
        return False
    if op.name in ("multiply", "divide"):
        other = args[1 - position]
        return not (type(other) in (int, float) and np.isfinite(other) and other != 0)
    return True


def recorded_values(x: Any, trace: Recording) -> Iterator[Tensor]:
    """Yield the tensors of a recording beneath a tensor: its value and the tangents of it."""
    while type(x) is Tensor:
        if x.trace is trace:
            yield x
            return
        if isinstance(x.trace, ForwardTrace):
            yield from recorded_values(x.node, trace)
        x = x.value
