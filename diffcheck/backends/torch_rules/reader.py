"""What a rule is given: a program that is being read, and its values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from diffcheck.backends.base import Unsupported
from diffcheck.truth.arrays import Arrays

Groups = tuple[int, Any, tuple[int, ...]]  # a node, the group of each element, the groups' shape


class Ref(int):
    """A value of the program: the position of its node. Anything else is torch's own.

    `known` has its numbers as torch rounds them, where they depend on no input.
    """

    known: Any = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """In the place of a result that is not read."""

    what: str


PLACES: Final = Unknown("places that depend on the inputs")
FACTORS: Final = Unknown("the factors of a matrix")


class Reader(Protocol):
    """What the rules use of the reader: they append to its program."""

    arrays: Arrays

    def node(self, x: Any, shape: tuple[int, ...] | None = None) -> Ref:
        """Return a value's node, broadcast to a shape."""

    def shape(self, x: Any) -> tuple[int, ...]:
        """Return a value's shape."""

    def elementwise(self, rule: Callable[..., Any], *args: Any) -> Ref:
        """Apply a rule once, on symbols that stand for the elements."""

    def grouped(self, x: Any, dim: Any, keepdim: bool) -> Groups:
        """Return a node with the group of each element along axes, and the groups' shape."""


Rule = Callable[..., Any]


def unreadable(name: str, why: str = "has no form in SymPy here") -> Unsupported:
    """Return the reason why a program cannot be read, with the operation's name."""
    return Unsupported(f"the operation {name} {why}")


def moved(r: Reader, positions: Any, *sources: int) -> Ref:
    """Return the elements of nodes laid end to end, by position, as a value."""
    return Ref(r.arrays.take(positions, *sources))


def reshaped(r: Reader, x: Any, shape: tuple[int, ...]) -> Ref:
    """Return the same elements in another shape."""
    node = r.node(x)
    return moved(r, r.arrays.positions(node).reshape(shape), node)
