"""The record of named intermediates of the definition that is being built."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import chain, count
from typing import Any, Final

import sympy

PREFIXES: Final = "tusrqabcdefghklmnopvwxyz"
LONG: Final = 16  # terms


class Recorder:
    """The assignments made so far, and the names that are taken."""

    def __init__(self, inputs: tuple[str, ...]) -> None:
        self.assignments: list[tuple[Any, Any]] = []
        self.prefix = next((p for p in PREFIXES if p not in inputs), "let")
        self.taken = set(inputs)
        self.unnamed = 0

    def group(self, name: str | None) -> str:
        """Return a name that no input and no earlier intermediate has."""
        if name is None:
            self.unnamed += 1
            name = f"{self.prefix}_{self.unnamed}"
        versions = chain([name], (f"{name}_{k}" for k in count(2)))
        fresh = next(version for version in versions if version not in self.taken)
        self.taken.add(fresh)
        return fresh

    def assign(self, name: str, expression: Any) -> Any:
        """Record `symbol = expression`; return the symbol, real as all inputs are."""
        if expression.is_Atom:  # a symbol or number is as short as its name would be
            return expression
        symbol = sympy.Symbol(name, real=True)
        self.assignments.append((symbol, expression))
        return symbol


current: ContextVar[Recorder | None] = ContextVar("diffcheck_let", default=None)


@contextmanager
def recording(inputs: tuple[str, ...]) -> Iterator[Recorder]:
    """Collect what `let` names inside the block."""
    recorder = Recorder(inputs)
    token = current.set(recorder)
    try:
        yield recorder
    finally:
        current.reset(token)


def assignments() -> tuple[tuple[Any, Any], ...]:
    """Return the assignments of the definition that is being built, none outside of one."""
    recorder = current.get()
    return () if recorder is None else tuple(recorder.assignments)


def named_if_long(total: Any) -> Any:
    """Name a long sum inside a definition: SymPy asks every term before it applies a function."""
    recorder = current.get()
    if recorder is None or len(total.args) <= LONG:
        return total
    return recorder.assign(recorder.group(None), total)
