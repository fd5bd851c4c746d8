"""The rules of the engine's table one by one: where each stands, and how to put another there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from diffcheck.engine import TABLE, Op
from diffcheck.engine.table import changed

Rule = Callable[..., Any]
Mode = Literal["vjp", "jvp"]


@dataclass(frozen=True, slots=True)
class Site:
    """The rule of one op for one argument; the one rule of a variadic op counts as that of 0."""

    op: str
    mode: Mode
    argument: int

    @property
    def rule(self) -> Rule:
        rules = getattr(TABLE[self.op], self.mode)
        found: Rule = rules if callable(rules) else rules[self.argument]
        return found

    @property
    def variadic(self) -> bool:
        """Whether the rule takes the argument's position first."""
        return callable(getattr(TABLE[self.op], self.mode))

    def __str__(self) -> str:
        return f"{self.op}.{self.mode}[{self.argument}]"


def sites() -> list[Site]:
    """Return every rule, in table order."""
    return [site for op in TABLE.values() for site in _sites_of(op)]


def _sites_of(op: Op) -> Iterator[Site]:
    for mode in ("vjp", "jvp"):
        rules = getattr(op, mode)
        if callable(rules):
            yield Site(op.name, mode, 0)
        for i, rule in enumerate(() if callable(rules) else rules or ()):
            if rule is not None:
                yield Site(op.name, mode, i)


@contextmanager
def planted(site: Site, wrong: Rule) -> Iterator[None]:
    """Put another rule at a site while the block runs."""
    rules = getattr(TABLE[site.op], site.mode)
    if not callable(rules):
        wrong = tuple(wrong if i == site.argument else r for i, r in enumerate(rules))  # type: ignore[assignment]  # one rule becomes a tuple of rules
    with changed(site.op, **{site.mode: wrong}):
        yield
