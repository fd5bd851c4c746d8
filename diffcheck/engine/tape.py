"""The tape: operations in the order of their creation, which is a topological order for free."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from diffcheck.engine.errors import leaked
from diffcheck.engine.slimming import ROOT
from diffcheck.engine.squares import SQUARING, Origin, square
from diffcheck.engine.tensor import Tensor, tensor_of

if TYPE_CHECKING:
    from diffcheck.engine.table import Op

LEVELS: Final = count(1)  # 0 is the trace of balls; a trace made later is nested deeper
CODED: Final[list[Any]] = [None]
"""The ops of the table by code, three of each; 0 stands for none of them."""
ZERO: Final = np.float64(0)  # for a number that no rule reads
NUMBERS, ALIKE = 1, 2  # added to the code of an op of float64 numbers, of arrays of one form
CHANGED: Final[list[Any]] = []
"""Ops whose columns are changed for a while: entries are to keep what any rule may read."""


class Tape:
    """A reverse trace: entry k made the value in slot k; the inputs come first and have none.

    Entries are flat tuples: (code, slot, x, y) for one argument, (code, slot, slot, a, b, y) for
    two, (code, slots, args, params, y) for all else, as `op.form` says; (0, op, slots, args,
    params, y) for a rule outside the table. An op stands there by its number, so that the tuple
    holds nothing that the garbage collector knows: it leaves such tuples alone, and does not search
    a long tape again and again. Entries of numbers lack what no rule reads, where `op.keeps` says.
    `nested` tells that values of other traces are on the tape, `shallow` that all of these show
    their nans, `selecting` whether any op passes cotangents to some elements only; `plain` are the
    entries, to which more are added without `record`, but None where the tape is nested or its
    transform has `ended`, or where it is `smooth`: it takes squares of roots for what they are, as
    every nested one does, see `squares`; `rooted` tells that a root may be squared on it.
    """

    __slots__ = (
        "ended", "entries", "inputs", "level", "nested", "plain", "rooted", "selecting", "shallow",
        "smooth",
    )  # fmt: skip

    def __init__(self, *, smooth: bool = False) -> None:
        self.smooth = smooth
        self.level = next(LEVELS)
        self.entries: list[Any] = []
        self.inputs = 0
        self.plain = None if smooth or CHANGED else self.entries
        self.nested = self.ended = False
        self.shallow = True
        self.selecting = self.rooted = False

    def __len__(self) -> int:
        """Return how many operations were recorded."""
        return sum(entry is not None for entry in self.entries)

    def input(self, value: Any) -> Tensor:
        """Return a new tensor that cotangents are wanted for."""
        self.entries.append(None)
        self.inputs += 1
        self._meet(value)
        return tensor_of(value, self, len(self.entries) - 1)

    def end(self) -> None:
        """Take no more entries: the function that was recorded has returned."""
        self.ended, self.plain = True, None

    def record(self, op: Op, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        """Apply an op one trace further out, and note it down if it has a derivative."""
        if self.ended:
            raise leaked(op.name)
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
        if (nested or self.smooth) and op.name in SQUARING:
            found = square(self, op.name, args)
            if found is not None:
                return found
        y = op.apply(tuple(values), params, nested=nested)
        if op.vjp is None:
            return y
        return self.note(op, slots, values, params, y, nested=nested)

    def origin(self, x: Tensor) -> Origin | None:
        """Return what made a tensor, None for an input."""
        entry = self.entries[x.node]
        if entry is None:
            return None
        op, slots, values, params, _ = unpacked(entry)
        pairs = zip(values, slots, strict=True)
        return op, tuple(v if k is None else tensor_of(v, self, k) for v, k in pairs), params

    def _meet(self, value: Any) -> None:
        """Take notice of the traces that a value belongs to."""
        while type(value) is Tensor:
            self.nested, self.plain = True, None
            self.shallow = self.shallow and getattr(value.trace, "shows_nan", False)
            value = value.value

    def note(
        self,
        op: Op,
        slots: list[int | None],
        values: list[Any],
        params: dict[str, Any],
        y: Any,
        *,
        nested: bool,
    ) -> Tensor:
        """Append an entry whose result is known, and return the result's tensor."""
        if nested or type(y) is Tensor:
            self._meet(y)
        if op.selects is not None:
            self.selecting = True
        if op.name == ROOT:
            self.rooted = True
        entries = self.entries
        if op.form:
            entries.append((op.code, *slots, *values, y))
        elif op.code:
            entries.append((op.code, tuple(slots), tuple(values), params, y))
        else:
            entries.append((0, op, tuple(slots), tuple(values), params, y))
        return tensor_of(y, self, len(entries) - 1)


Record = tuple["Op", tuple[int | None, ...], tuple[Any, ...], dict[str, Any], Any]


def unpacked(entry: Any) -> Record:
    """Return an entry of any form as (op, slots, args, params, y)."""
    if entry[0] == 0:
        return entry[1:]  # type: ignore[no-any-return]  # entries are untyped, for speed
    op = CODED[entry[0]]
    n = op.form
    if n == 0:
        return (op, *entry[1:])
    slots, values = entry[1 : 1 + n], entry[1 + n :]
    if op.keeps and entry[0] == op.code + NUMBERS:
        kept = iter(values)
        values = tuple([next(kept) if keep else ZERO for keep in op.keeps])
    return op, slots, values[:n], {}, values[n]
