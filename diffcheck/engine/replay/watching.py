"""Sweeps of a recording: without masks, but with a watch on the cotangents that would need one.

Where an op chose some elements, the cotangent of the others is 0 for good; multiplied by an
infinite derivative it becomes a nan. So the program is recorded without masks, and a nan in a
watched cotangent makes `compile` run another program, recorded with them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

from diffcheck.engine.flow import Flow
from diffcheck.engine.forward import ForwardTrace
from diffcheck.engine.replay.primitives import ACCUMULATED, is_basic
from diffcheck.engine.replay.trace import Recording
from diffcheck.engine.sweep import FEW_COLUMNS
from diffcheck.engine.tape import Record, Tape
from diffcheck.engine.tensor import OPS, Tensor, shape_of

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

    def summed(self, cotangent: Any, shape: tuple[int, ...]) -> Any:
        """Sum columns as the sweep over plain arrays does, unless this sweep is nested."""
        have = shape_of(cotangent)
        narrow = len(have) == 2 and 0 < have[1] <= FEW_COLUMNS and math.prod(shape) == have[1]
        if not narrow or cotangent.trace is not self.trace or cotangent.dtype.char not in "fd":
            return super().summed(cotangent, shape)
        if have[0] == 1:
            return super().summed(cotangent, shape)
        total = OPS["matmul"](np.ones(have[0], cotangent.dtype), cotangent)
        return OPS["reshape"](total, shape=shape)

    def mask_onward(self, record: Record, position: int, mask: Any, args: tuple[Any, ...]) -> Any:
        """Say whether there would be a mask."""
        del args
        op = record[0]
        chooses = op.selects == "rule" or (
            isinstance(op.selects, tuple) and op.selects[position] is not None
        )
        passed = mask is not None and op.kind in ("elementwise", "linear")
        return LIVE if chooses or passed else None

    def pass_on(self, record: Record, g: Any, mask: Any) -> None:
        """Take one op back; cotangents of elements are added one by one, as eager does in place."""
        op, slots, _, params, _ = record
        slot = slots[0] if op.name == "getitem" else None
        known = None if slot is None else self.cotangents.get(slot)
        both = all(type(t) is Tensor and t.trace is self.trace for t in (known, g))
        if slot is None or not both or is_basic(params["index"]):
            super().pass_on(record, g, mask)
            return
        total = self.trace.record(ACCUMULATED, (known, g), {"index": params["index"]})
        self.cotangents[slot] = total

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


def watched_sweep(trace: Recording) -> Callable[[Tape, dict[int, Any]], list[Any]]:
    """Return the sweep for recording without masks.

    Of nested derivatives the results are watched too: an inner one may be finite, and its own
    derivative not.
    """

    def sweep(tape: Tape, seeds: dict[int, Any]) -> list[Any]:
        flow = WatchedFlow(trace, tape.entries, seeds, masked=tape.selecting)
        flow.run()
        found = [flow.cotangents.get(slot) for slot in range(tape.inputs)]
        if tape.selecting:
            trace.selecting = True
        if any(type(g) is Tensor and g.trace is not trace for g in found):
            trace.nested = True
        if trace.selecting and trace.nested:
            for g in found:
                trace.watch(recorded_values(g, trace))
        return found

    return sweep


def masked_sweep(tape: Tape, seeds: dict[int, Any]) -> list[Any]:
    """Sweep with every mask there is."""
    flow = Flow(tape.entries, seeds, masked=tape.selecting)
    flow.run()
    return [flow.cotangents.get(slot) for slot in range(tape.inputs)]
