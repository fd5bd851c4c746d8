"""The sweep over plain arrays, recorded: what `engine.sweep` does, step for step."""

from __future__ import annotations

from typing import Any

import numpy as np

from diffcheck.engine.ball_trace import is_complex
from diffcheck.engine.broadcasting import KEEP_SMALL
from diffcheck.engine.replay.primitives import ACCUMULATED, ADDED_INTO
from diffcheck.engine.replay.watching import WatchedFlow
from diffcheck.engine.sweep import is_stack_turned, is_summed_by_ones
from diffcheck.engine.tape import Record
from diffcheck.engine.tensor import OPS, Tensor, base, shape_of


class FirstOrderFlow(WatchedFlow):
    """A flow whose additions and sums come in the order of the sweep over plain arrays.

    There a cotangent of fewer elements stands for its broadcast, and those of elements are added
    into one buffer, one after the other. `owned` are the slots whose cotangent lies in an array of
    the sweep's own: what is added to it lies in memory as it does, and is summed in that order.
    """

    owned: set[int]

    def run(self) -> None:
        """Take every entry back, the last one first."""
        self.owned = set()
        token = KEEP_SMALL.set(True)
        try:
            super().run()
        finally:
            KEEP_SMALL.reset(token)

    def pass_on(self, record: Record, g: Any, mask: Any) -> None:
        """Give the arguments of one op their cotangents."""
        op, slots, args, params, y = record
        if op.kind != "elementwise" and shape_of(g) != shape_of(y):
            g = OPS["broadcast_to"](g, shape=shape_of(y))
        for position, slot in enumerate(slots):
            rule = None if slot is None else op.rule(position)
            if slot is None or rule is None:
                continue
            summed = slot in self.cotangents
            if op.name == "getitem":
                self.owned.add(slot)
                if summed:
                    self._accumulate(slot, args[position], g, params)
                    continue
            t = rule(g, y, *args, **params)
            if mask is not None and op.kind == "elementwise":
                t = self.masked_at(record, position, t, mask)
            onward = None
            if self.masked and self.entries[slot] is not None:
                onward = self.mask_onward(record, position, mask, args)
            t = _in_kind(t, args[position])
            if op.kind == "elementwise":
                t = _fitted(t, shape_of(args[position]), shape_of(y))
            self._add(slot, t, onward)
            if summed and shape_of(self.cotangents[slot]) == shape_of(args[position]):
                self.owned.add(slot)

    def sum_of(self, slot: int, known: Any, cotangent: Any) -> Any:
        """Return the sum, in memory as the sweep has it."""
        total = known + cotangent
        if slot in self.owned and base(total).strides != base(known).strides:
            return self.trace.record(ADDED_INTO, (known, cotangent), {})
        return total

    def _accumulate(self, slot: int, x: Any, g: Any, params: dict[str, Any]) -> None:
        """Add to some elements of what is known; its mask, if there was one, stays one."""
        known = self.cotangents[slot]
        if shape_of(known) != shape_of(x):
            known = OPS["broadcast_to"](known, shape=shape_of(x))
        known, g = _in_kind(known, x), _in_kind(g, x)
        self.cotangents[slot] = self.trace.record(ACCUMULATED, (known, g), params)


def _fitted(t: Any, shape: tuple[int, ...], full: tuple[int, ...]) -> Any:
    """Bring a cotangent to the shape of an operand that was broadcast to `full`."""
    if shape == full:
        return t
    if shape_of(t) != full:
        t = OPS["broadcast_to"](t, shape=full)
    added = len(full) - len(shape)
    axes = tuple(a for a, n in enumerate(full) if a < added or shape[a - added] != n)
    total = _column_sums(t) if axes == (0,) else OPS["sum"](t, axis=axes, keepdims=False)
    return total if shape_of(total) == shape else OPS["reshape"](total, shape=shape)


def _column_sums(t: Any) -> Any:
    if is_stack_turned(base(t)):
        turned = OPS["permute_dims"](t, axes=(1, 0, 2))
        return OPS["matmul"](np.ones(shape_of(t)[0], base(t).dtype), turned)
    if is_summed_by_ones(shape_of(t), base(t).dtype):
        return OPS["matmul"](np.ones(shape_of(t)[0], base(t).dtype), t)
    return OPS["sum"](t, axis=(0,), keepdims=False)


def _in_kind(t: Any, x: Any) -> Any:
    """Return a cotangent in the dtype of its operand: the real part where the operand is real."""
    dtype = base(x).dtype
    if base(t).dtype == dtype:
        return t
    if is_complex(t) and not is_complex(x):
        t = OPS["real"](t)
    return t if base(t).dtype == dtype else OPS["astype"](t, dtype=dtype)


def is_first_order(trace: Any, entries: list[Any], seeds: dict[int, Any]) -> bool:
    """Whether no trace stands between a tape and the recording: eager would see plain arrays."""
    values = [*(entry[-1] for entry in entries if entry is not None), *seeds.values()]
    return all(type(y) is not Tensor or y.trace is trace for y in values)
