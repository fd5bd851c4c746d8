"""A SymPy definition as a straight-line program: each shared subexpression is one node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import sympy

INPUT: Final = "input"
CONSTANT: Final = "constant"


@dataclass(frozen=True, slots=True)
class Node:
    """One operation. `args` are positions of earlier nodes.

    `head` is INPUT (`payload` is the SymPy symbol), CONSTANT (`payload` is a SymPy number), or the
    SymPy class that is applied: `sympy.Add`, `sympy.Pow`, `sympy.exp`, `sympy.StrictLessThan`,
    `sympy.And`, …; for `sympy.Piecewise` the arguments are value, condition, value, condition, ….
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
