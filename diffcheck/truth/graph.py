"""A SymPy definition as a straight-line program: each shared subexpression is one node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import sympy

INPUT: Final = "input"
CONSTANT: Final = "constant"
CHAIN: Final = "chain"
UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Node:
    """One operation. `args` are positions of earlier nodes.

    `head` is INPUT (`payload` is the SymPy symbol), CONSTANT (`payload` is a SymPy number), or the
    SymPy class that is applied: `sympy.Add`, `sympy.Pow`, `sympy.exp`, `sympy.StrictLessThan`,
    `sympy.And`, …; for `sympy.Piecewise` the arguments are value, condition, value, condition, ….
    Of a class that has no ball form, the head is UNKNOWN, `payload` the expression, and `args` its
    free symbols.

    Derivative programs have two more: CHAIN, the product (cotangent, partial) of the chain rule,
    and the constant ABSENT, the contribution of a branch that was not taken. Absent times anything
    is absent, even where the branch is singular: that is not 0 times infinity.
    """

    head: Any
    args: tuple[int, ...] = ()
    payload: Any = None


@dataclass(frozen=True, slots=True)
class Graph:
    """A straight-line program over the symbols `inputs`, in topological order."""

    nodes: tuple[Node, ...]
    inputs: tuple[sympy.Symbol, ...]
    outputs: tuple[int, ...]


class Absent:
    """The type of ABSENT."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()
