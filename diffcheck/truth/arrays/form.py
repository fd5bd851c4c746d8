"""A function of arrays with one node for an operation on a whole array, however long it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Final

import numpy as np
import sympy
from numpy.typing import NDArray

INPUT: Final = "input"  # payload: its name
CONSTANT: Final = "constant"  # payload: an array of floats, each exactly the number it is, or bools
MAP: Final = "map"  # payload: a SymPy expression in ARGUMENTS, applied element by element
LINEAR: Final = "linear"  # payload: a MAP's, and how many arguments, the first, it is linear in
TAKE: Final = "take"  # payload: positions in the arguments laid end to end, in C order
ADD_AT: Final = "add at"  # payload: where each element is added; the adjoint of TAKE
MATMUL: Final = "matmul"  # of stacks of matrices, of shape (stack, rows, columns)
SELECT: Final = "select"  # condition, yes, no
GATE: Final = "gate"  # condition, x; payload: the truth value at which x passes, and 0 otherwise
PEAK: Final = "peak"  # payload: the group of each element; the largest of each group
SIDE: Final = (
    "side"  # payload: a MAP (1 where it is smooth) or PEAK (1 at the largest), else NaN, 0
)

ARGUMENTS: Final = tuple(sympy.Symbol(f"a{k}", real=True) for k in range(16))
X, Y = ARGUMENTS[:2]

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One operation; `args` are positions of earlier nodes."""

    head: str
    args: tuple[int, ...]
    shape: Shape
    payload: Any = None

    @property
    def size(self) -> int:
        return prod(self.shape)


class Arrays:
    """A growing program of array operations; derivatives are appended to it."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []

    def _node(self, head: str, args: Sequence[int], shape: Shape, payload: Any = None) -> int:
        self.nodes.append(Node(head, tuple(args), tuple(shape), payload))
        return len(self.nodes) - 1

    def shape(self, i: int) -> Shape:
        """Return the shape of a node."""
        return self.nodes[i].shape

    def is_condition(self, i: int) -> bool:
        """Whether a node's elements are truth values."""
        node = self.nodes[i]
        if node.head == CONSTANT:
            return bool(node.payload.dtype == bool)
        if node.head == TAKE or (node.head == MAP and node.payload.is_Symbol):
            return all(map(self.is_condition, node.args))
        return node.head == MAP and bool(node.payload.is_Relational or node.payload.is_Boolean)

    def input(self, name: str, shape: Shape) -> int:
        """Return the node of an input."""
        return self._node(INPUT, (), shape, name)

    def constant(self, values: Any) -> int:
        """Return the node of an array of floats or truth values."""
        array = np.asarray(values)
        return self._node(CONSTANT, (), array.shape, array)

    def map(self, template: Any, *args: int) -> int:
        """Return the node that applies an expression in `ARGUMENTS` to arrays of one shape."""
        return self._node(MAP, args, self.shape(args[0]), template)

    def linear(self, template: Any, *args: int, of: int = 1) -> int:
        """Return the node of an expression that is linear in each of its first `of` arguments.

        Where one of them is exactly 0 it is 0, whatever the others are: a branch that is not taken
        may be singular.
        """
        return self._node(LINEAR, args, self.shape(args[0]), (template, of))

    def take(self, positions: NDArray[Any], *args: int) -> int:
        """Return elements of the arrays laid end to end, by position."""
        if len(args) == 1 and _in_order(positions, self.nodes[args[0]]):
            return args[0]
        return self._node(TAKE, args, positions.shape, positions)

    def add_at(self, x: int, positions: NDArray[Any], shape: Shape) -> int:
        """Return an array of zeros to which each element of x was added at its position."""
        return self._node(ADD_AT, (x,), shape, positions)

    def matmul(self, x: int, y: int) -> int:
        """Return the products of two stacks of matrices."""
        stack, rows, _ = self.shape(x)
        return self._node(MATMUL, (x, y), (stack, rows, self.shape(y)[2]))

    def select(self, condition: int, yes: int, no: int) -> int:
        """Return an element of `yes` where the condition holds, of `no` elsewhere."""
        return self._node(SELECT, (condition, yes, no), self.shape(yes))

    def gate(self, condition: int, x: int, *, at: bool) -> int:
        """Return x where the condition is `at`, else 0; NaN where a small change would alter it."""
        return self._node(GATE, (condition, x), self.shape(x), at)

    def peak(self, x: int, groups: NDArray[Any], shape: Shape) -> int:
        """Return the largest element of each group."""
        return self._node(PEAK, (x,), shape, groups)

    def side(self, i: int) -> int:
        """Return where a MAP is smooth, or where the elements of a PEAK are."""
        node = self.nodes[i]
        shape = self.shape(node.args[0]) if node.head == PEAK else node.shape
        return self._node(SIDE, (i,), shape)

    def add(self, x: int, y: int) -> int:
        """Return the sum of two arrays of one shape."""
        return self.map(X + Y, x, y)

    def broadcast(self, x: int, shape: Shape) -> int:
        """Return x in a larger shape, by NumPy's rules."""
        return self.take(np.broadcast_to(self.positions(x), shape), x)

    def transposed(self, x: int) -> int:
        """Return each matrix of a stack transposed."""
        return self.take(np.swapaxes(self.positions(x), -1, -2), x)

    def positions(self, x: int) -> NDArray[Any]:
        """Return the position of each element in C order."""
        return np.arange(self.nodes[x].size).reshape(self.shape(x))

    def total(self, x: int) -> int:
        """Return the sum of all elements, as an array without axes."""
        return self.add_at(x, np.zeros(self.shape(x), dtype=np.int64), ())


def _in_order(positions: NDArray[Any], node: Node) -> bool:
    same = positions.shape == node.shape
    return same and bool((positions.reshape(-1) == np.arange(node.size)).all())
