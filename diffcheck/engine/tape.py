"""The tape: operations in the order of their creation, which is a topological order for free."""

from __future__ import annotations

from itertools import count
from typing import Any, Final

import numpy as np

from diffcheck.engine.broadcasting import unbroadcast, unbroadcast_mask
from diffcheck.engine.table import Op, evaluate, recorded
from diffcheck.engine.tensor import OPS, Tensor, shape_of

LEVELS: Final = count(1)  # 0 is the trace of balls; a trace made later is nested deeper

Record = tuple[Op, tuple[int | None, ...], tuple[Any, ...], dict[str, Any], Any]


class Tape:
    """A reverse trace: entry k made the value in slot k; inputs have slots but no entry."""

    __slots__ = ("entries", "level")

    def __init__(self) -> None:
        self.level = next(LEVELS)
        self.entries: list[Record | None] = []

    def __len__(self) -> int:
        """Return how many operations were recorded."""
        return sum(entry is not None for entry in self.entries)

    def input(self, value: Any) -> Tensor:
        """Return a new tensor that cotangents are wanted for."""
        self.entries.append(None)
        return Tensor(value, self, len(self.entries) - 1)

    def record(self, op: Op, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        """Apply an op one trace further out, and note it down if it has a derivative."""
        values: list[Any] = []
        slots: list[int | None] = []
        nested = False
        for a in args:
            slot = None
            if type(a) is Tensor:
                if a.trace is self:
                    slot, a = a.node, a.value  # noqa: PLW2901 - unwrapped in place, for speed
                nested = nested or type(a) is Tensor
            values.append(a)
            slots.append(slot)
        y = evaluate(op, tuple(values), params, nested=nested)
        if op.vjp is None:
            return y
        operands = recorded(tuple(values), y) if nested else tuple(values)
        self.entries.append((op, tuple(slots), operands, params, y))
        return Tensor(y, self, len(self.entries) - 1)

    def sweep(self, seeds: dict[int, Any], inputs: list[int]) -> list[Any]:
        """Return the cotangents of the input slots, None where nothing flows.

        `seeds` are the cotangents of output slots. One pass backward over the entries.
        """
        flow = _Flow(self.entries, seeds)
        for slot in range(max(seeds, default=-1), -1, -1):
            entry = self.entries[slot]
            if entry is not None and slot in flow.cotangents:
                flow.pass_on(entry, flow.cotangents.pop(slot), flow.masks.pop(slot, None))
        return [flow.cotangents.get(slot) for slot in inputs]


class _Flow:
    """The cotangents on their way back, with the elements that they are structurally zero at.

    A mask is False where `where`, `maximum`, an index … chose something else. There a cotangent is
    0 for good, and 0 times an infinite or undefined local derivative must stay 0. A cotangent that
    merely happens to be 0 is multiplied as any other: its own derivative may not be 0.
    """

    def __init__(self, entries: list[Record | None], seeds: dict[int, Any]) -> None:
        self.entries = entries
        self.cotangents = dict(seeds)
        self.masks: dict[int, Any] = {}

    def pass_on(self, entry: Record, g: Any, mask: Any) -> None:
        op, slots, args, params, y = entry
        for position, slot in enumerate(slots):
            if slot is None:
                continue
            rule = op.rule(position)
            if rule is None:
                continue
            cotangent = rule(g, y, *args, **params)
            if mask is not None and op.kind != "linear":
                cotangent = _masked(cotangent, mask, op)
            onward = None
            if self.entries[slot] is not None:
                onward = _mask_of(op, position, mask, y, args, params)
            if op.kind == "elementwise":
                shape = shape_of(args[position])
                if shape_of(cotangent) != shape:
                    cotangent = unbroadcast(cotangent, shape)
                if onward is not None and onward.shape != shape:
                    onward = unbroadcast_mask(onward, shape)
            self.add(slot, cotangent, onward)

    def add(self, slot: int, cotangent: Any, mask: Any) -> None:
        known = self.cotangents.get(slot)
        if known is None:
            self.cotangents[slot] = cotangent
            if mask is not None and not mask.all():
                self.masks[slot] = mask
            return
        self.cotangents[slot] = known + cotangent
        if slot in self.masks:
            union = None if mask is None else self.masks[slot] | mask
            if union is None or union.all():
                del self.masks[slot]
            else:
                self.masks[slot] = union


def _masked(cotangent: Any, mask: Any, op: Op) -> Any:
    return OPS["where"](mask, cotangent, 0) if op.kind == "elementwise" else cotangent


def _mask_of(
    op: Op, position: int, mask: Any, y: Any, args: tuple[Any, ...], params: dict[str, Any]
) -> Any:
    """Return where the cotangent of one argument can differ from 0; None means everywhere."""
    if isinstance(op.selects, tuple) and op.selects[position] is not None:
        chosen = np.asarray(op.selects[position](*args, **params))  # type: ignore[misc]  # not None
        if op.kind != "elementwise":
            return chosen
        chosen = np.broadcast_to(chosen, shape_of(y))
        return chosen if mask is None else chosen & mask
    if op.kind == "linear" and (mask is not None or op.selects == "rule"):
        return _moved(op, position, mask, y, args, params)
    return mask if op.kind == "elementwise" else None


def _moved(
    op: Op, position: int, mask: Any, y: Any, args: tuple[Any, ...], params: dict[str, Any]
) -> Any:
    """Send a mask through a linear op by its own rule, which moves ones as it does cotangents."""
    rule = op.rule(position)
    if rule is None:
        return None
    ones = np.ones(shape_of(y)) if mask is None else mask.astype(np.float64)
    plain = tuple(np.broadcast_to(np.float64(0), shape_of(a)) for a in args)
    return np.asarray(rule(ones, ones, *plain, **params)) != 0
