"""The reverse sweep: over plain arrays where it can, through the ops where it nests.

A mask is False where `where`, `maximum`, an index … chose something else. There a cotangent is 0
for good, and 0 times an infinite or undefined local derivative must stay 0. A cotangent that merely
happens to be 0 is multiplied as any other: its own derivative may not be 0.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from diffcheck.engine.ball_trace import is_complex
from diffcheck.engine.broadcasting import unbroadcast, unbroadcast_mask
from diffcheck.engine.forward import ForwardTrace
from diffcheck.engine.structure import MIXING
from diffcheck.engine.sweep import sweep_arrays
from diffcheck.engine.table import recorded
from diffcheck.engine.tape import Record, Tape, unpacked
from diffcheck.engine.tensor import OPS, Tensor, base, shape_of

if TYPE_CHECKING:
    from diffcheck.engine.table import Op


Cotangents = dict[int, Any]
Masks = dict[int, Any] | None

RECORDED_SWEEP: Final[ContextVar[Callable[[Tape, Cotangents, Masks], list[Any]] | None]] = (
    ContextVar("recorded_sweep", default=None)
)
"""How `compile` sweeps: a recording must not decide about masks by what its example holds."""


def sweep(
    tape: Tape,
    seeds: Cotangents,
    *,
    masks: Masks = None,
    consume: bool = False,
) -> list[Any] | None:
    """Return the cotangents of the tape's inputs, None where nothing flows.

    `seeds` are the cotangents of output slots, `masks` tell where these are not 0 for good. With
    `consume` the tape is emptied on the way, and the answer is None where it would have been needed
    again, for a sweep with masks.

    Masks cost more than the sweep itself, and without them nothing can go wrong but 0·inf: so the
    first sweep does without, and only one that ends in a nan is done again.
    """
    if not tape.nested and all(type(g) is not Tensor for g in seeds.values()):
        cotangents: list[Any] = [None] * len(tape.entries)
        for slot, g in seeds.items():
            cotangents[slot] = g
        found = sweep_arrays(tape.entries, cotangents, tape.inputs, consume=consume)
        if not ((tape.selecting or masks) and any(map(has_nan, found))):
            return found
        return None if consume else _flowed(tape, seeds, masks)
    recorded_sweep = RECORDED_SWEEP.get()
    if recorded_sweep is not None:
        return recorded_sweep(tape, seeds, masks)
    if (tape.selecting or masks) and tape.shallow and all(map(shows_nan, seeds.values())):
        found = _flowed(tape, seeds, masked=False)
        if not any(map(has_nan, found)):
            return found
        return _flowed(tape, seeds, masks)
    return _flowed(tape, seeds, masked=tape.selecting)


def _flowed(
    tape: Tape, seeds: Cotangents, masks: Masks = None, *, masked: bool = True
) -> list[Any]:
    flow = Flow(tape.entries, seeds, masked=masked)
    flow.masks.update(masks or {})
    flow.run()
    return [flow.cotangents.get(slot) for slot in range(tape.inputs)]


def shows_nan(g: Any) -> bool:
    """Whether a nan of a value's derivatives is seen in it, as it is not on an outer tape."""
    while type(g) is Tensor:
        if not getattr(g.trace, "shows_nan", False):
            return False
        g = g.value
    return True


def has_nan(g: Any) -> bool:
    """Whether a cotangent, or a tangent of it, holds a nan.

    A sum is the fastest question, and may err towards yes.
    """
    while type(g) is Tensor:
        if isinstance(g.trace, ForwardTrace) and has_nan(g.node):
            return True
        g = g.value
    total = 0 if g is None else np.add.reduce(g, axis=None)
    return bool(total != total)  # noqa: PLR0124 - a nan, at a third of the cost of asking isnan


def sensitivities(tape: Tape, output: int, cotangent: Any) -> Cotangents:
    """Return the cotangent of every slot on which an output slot depends, itself included.

    It is the derivative of the output in whatever stands there, an intermediate result included;
    what nothing flows to is left out.
    """
    flow = _Keeping(tape.entries, {output: cotangent}, masked=False)
    flow.run()
    if tape.selecting and any(map(_has_no_number, flow.cotangents.values())):
        flow = _Keeping(tape.entries, {output: cotangent}, masked=True)
        flow.run()
    return flow.cotangents


def _has_no_number(g: Any) -> bool:
    """Whether a cotangent holds a nan, or a ball that is not finite, as 0·inf is."""
    balls = np.asarray(base(g))
    if balls.dtype == object:
        return not all(b.is_finite() for b in balls.flat)
    return bool(np.isnan(balls).any())


class Flow:
    """The cotangents on their way back, and the masks of what is structurally zero."""

    def __init__(self, entries: list[Any], seeds: dict[int, Any], *, masked: bool) -> None:
        self.entries = entries
        self.masked = masked
        self.cotangents = dict(seeds)
        self.masks: dict[int, Any] = {}

    def run(self) -> None:
        """Take every entry back, the last one first."""
        for slot in range(max(self.cotangents, default=-1), -1, -1):
            entry = self.entries[slot]
            if entry is not None and slot in self.cotangents:
                g, mask = self.done(slot), self.masks.pop(slot, None)
                self.pass_on(unpacked(entry), g, mask)

    def done(self, slot: int) -> Any:
        """Return the cotangent of a slot, to which nothing will be added."""
        return self.cotangents.pop(slot)

    def pass_on(self, record: Record, g: Any, mask: Any) -> None:
        """Give the arguments of one op their cotangents."""
        op, slots, operands, params, y = record
        args = recorded(operands, y)
        for position, slot in enumerate(slots):
            rule = None if slot is None else op.rule(position)
            if slot is None or rule is None:
                continue
            cotangent = rule(g, y, *args, **params)
            if mask is not None and op.kind == "elementwise":
                cotangent = self.masked_at(record, position, cotangent, mask)
            onward = None
            if self.masked and self.entries[slot] is not None:
                onward = self.mask_onward(record, position, mask, args)
            if op.kind == "elementwise":
                shape = shape_of(args[position])
                if shape_of(cotangent) != shape:
                    cotangent = self.summed(cotangent, shape)
            self._add(slot, _real(cotangent, args[position]), onward)

    def summed(self, cotangent: Any, shape: tuple[int, ...]) -> Any:
        """Return a cotangent in the shape of an operand that was broadcast."""
        return unbroadcast(cotangent, shape)

    def masked_at(self, record: Record, position: int, cotangent: Any, mask: Any) -> Any:
        """Return a cotangent with 0 where nothing was chosen."""
        del record, position  # `compile` asks them, in a flow of its own
        return OPS["where"](mask, cotangent, 0)

    def mask_onward(self, record: Record, position: int, mask: Any, args: tuple[Any, ...]) -> Any:
        """Return the mask of an argument, in its shape."""
        op, _, _, params, y = record
        onward = _mask_of(op, position, mask, y, args, params)
        shape = shape_of(args[position])
        if op.kind == "elementwise" and onward is not None and shape_of(onward) != shape:
            return unbroadcast_mask(onward, shape)
        return onward

    def united(self, first: Any, second: Any) -> Any:
        """Return the mask of a sum of two cotangents."""
        return OPS["logical_or"](first, second)

    def sum_of(self, slot: int, known: Any, cotangent: Any) -> Any:
        """Return what is known of a slot's cotangent and one more."""
        del slot  # `compile` asks it, in a flow of its own
        return known + cotangent

    def _add(self, slot: int, cotangent: Any, mask: Any) -> None:
        known = self.cotangents.get(slot)
        if known is None:
            self.cotangents[slot] = cotangent
            if mask is not None and not _is_full(mask):
                self.masks[slot] = mask
            return
        self.cotangents[slot] = self.sum_of(slot, known, cotangent)
        if slot in self.masks:
            union = None if mask is None else self.united(self.masks[slot], mask)
            if union is None or _is_full(union):
                del self.masks[slot]
            else:
                self.masks[slot] = union


class _Keeping(Flow):
    """A flow that keeps what it has passed on."""

    def done(self, slot: int) -> Any:
        return self.cotangents[slot]


def _real(cotangent: Any, x: Any) -> Any:
    """Return the real part of a cotangent that a complex result gave a real operand."""
    return OPS["real"](cotangent) if is_complex(cotangent) and not is_complex(x) else cotangent


def _is_full(mask: Any) -> bool:
    """Whether nothing is masked; a traced mask is not looked into."""
    return type(mask) is not Tensor and bool(mask.all())


def _mask_of(
    op: Op, position: int, mask: Any, y: Any, args: tuple[Any, ...], params: dict[str, Any]
) -> Any:
    """Return where the cotangent of one argument can differ from 0; None means everywhere."""
    if isinstance(op.selects, tuple) and op.selects[position] is not None:
        chosen = op.selects[position](*args, **params)  # type: ignore[misc]  # not None
        if op.kind != "elementwise":
            return chosen
        chosen = OPS["broadcast_to"](chosen, shape=shape_of(y))
        return chosen if mask is None else OPS["logical_and"](chosen, mask)
    if op.kind == "linear" and (mask is not None or op.selects == "rule"):
        return _moved(op, position, mask, y, args, params)
    return mask if op.kind == "elementwise" else None


def _moved(
    op: Op, position: int, mask: Any, y: Any, args: tuple[Any, ...], params: dict[str, Any]
) -> Any:
    """Send a mask through a linear op by its own rule, which moves ones as it does cotangents.

    A Fourier transform gives everything to everything, and of ones the sum may be 0.
    """
    rule = op.rule(position)
    if rule is None or op.name in MIXING:
        return None
    ones = np.ones(shape_of(y)) if mask is None else OPS["astype"](mask, dtype=np.float64)
    plain = tuple(np.broadcast_to(np.float64(0), shape_of(a)) for a in args)
    return OPS["not_equal"](rule(ones, ones, *plain, **params), 0)
