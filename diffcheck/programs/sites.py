"""The surroundings of an operation in a program that ran: what made its operands, what it feeds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from diffcheck.programs.attribution import Traced

# One word for what the backends name differently.
WORDS: Final = {
    "subtract": "sub",
    "multiply": "mul",
    "divide": "div",
    "negative": "neg",
    "add_any": "add",
    "reduce_sum": "sum",
    "logistic": "expit",
    "select_n": "where",
    "square": "power",
    "integer_pow": "power",
    "pow": "power",
}
# What only moves numbers, changes their sign or their format: looked through.
MOVES: Final = frozenset(
    {"neg", "reshape", "broadcast_in_dim", "broadcast_to", "squeeze", "expand_dims", "copy"}
    | {"convert_element_type", "astype", "stop_gradient", "permute_dims", "transpose"}
)


@dataclass(frozen=True, slots=True)
class Operand:
    """A number as an operation met it: `maker` is the call behind it, moves looked through."""

    maker: int | None
    value: Any


@dataclass(frozen=True, slots=True)
class Site:
    """The calls of a run, and the one at which the truth leaves."""

    calls: Sequence[Traced]
    at: int

    def name(self, call: int | None) -> str:
        """Return the word for a call's operation; nothing for what no call made."""
        if call is None:
            return ""
        name = self.calls[call].call.operation.name
        return WORDS.get(name, name)

    def operands(self, call: int | None) -> list[Operand]:
        """Return what a call met."""
        if call is None:
            return []
        found = self.calls[call].call
        return [
            Operand(self.behind(maker), np.asarray(x))
            for maker, x in zip(found.makers, found.operands, strict=True)
        ]

    def result(self, call: int) -> Any:
        """Return a call's first result."""
        return np.asarray(self.calls[call].call.results[0])

    def behind(self, call: int | None) -> int | None:
        """Return the call behind moves of its result."""
        while call is not None and self.name(call) in MOVES:
            call = self.calls[call].call.makers[0]
        return call

    def uses(self, call: int) -> Iterator[int]:
        """Yield the calls that use a result, moves looked through."""
        for index in range(call + 1, len(self.calls)):
            found = self.name(index) not in MOVES
            if found and any(o.maker == call for o in self.operands(index)):
                yield index

    def before(self, call: int | None, depth: int) -> Iterator[int]:
        """Yield a call and those behind it, so many operations deep."""
        if call is None:
            return
        yield call
        if depth:
            for operand in self.operands(call):
                yield from self.before(operand.maker, depth - 1)

    def after(self, call: int, depth: int) -> Iterator[int]:
        """Yield a call and those that use it, so many operations on."""
        yield call
        if depth:
            for index in self.uses(call):
                yield from self.after(index, depth - 1)
