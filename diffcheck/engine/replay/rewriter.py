"""A program while it is rewritten: nodes looked up by what they compute, constants by value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from diffcheck.engine.replay.program import Flavor, Node, Ref, dtype_of_python
from diffcheck.engine.tensor import OPS

Rule = Callable[["Rewriter", Node], int | None]
COMMUTATIVE: Final = frozenset(
    {"add", "multiply", "equal", "not_equal", "logical_and", "logical_or"}
)
TURNS: Final = frozenset({"permute_dims", "matrix_transpose"})
MOVES: Final = frozenset({"reshape", "broadcast_to", "permute_dims", "matrix_transpose"})


class Rewriter:
    """The new program while it grows, with what its nodes are looked up by."""

    def __init__(self, rules: dict[str, Rule]) -> None:
        self.rules = rules
        self.nodes: list[Node] = []
        self._numbers: dict[Any, int] = {}
        self._uniform: dict[int, Any] = {}

    def add(self, node: Node) -> int:
        """Return the number of an equal node that is already there, or of this one, appended."""
        if node.role == "constant" and node.flavor is not Flavor.ARRAY:
            return self.number(node.value)
        if node.role != "op":
            return self._append(node)
        name, args = node.op.name, node.args
        if name in COMMUTATIVE and args[0] > args[1]:
            args = (args[1], args[0])
        key = (name, args, frozen(node.params)) if node.params else (name, args)
        known = self._numbers.get(key)
        if known is not None:
            return known
        self._numbers[key] = number = self._append(node)
        return number

    def _append(self, node: Node) -> int:
        self.nodes.append(node)
        return len(self.nodes) - 1

    def derived(self, like: Node, name: str, args: tuple[int, ...], **params: Any) -> int:
        """Add an op whose result has the shape, dtype and flavor of `like`."""
        op = OPS[name].operation  # type: ignore[attr-defined]  # every entry has its op
        node = Node("op", like.shape, like.dtype, like.flavor, op=op, args=args, arity=len(args))
        node.params, node.ordered = params, like.ordered
        node.alias = args[:1] if name in MOVES else ()
        return self.rewritten(node)

    def rewritten(self, node: Node) -> int:
        """Return the number of what a node is replaced by, or of the node itself."""
        rule = self.rules.get(node.op.name) if node.role == "op" else None
        number = None if rule is None else rule(self, node)
        return self.add(node) if number is None else number

    def number(self, value: Any) -> int:
        """Return a constant that is one number."""
        number = isinstance(value, (int, float, complex, np.generic))
        key = (type(value), repr(value) if number else id(value))
        if key not in self._numbers:
            scalar = isinstance(value, np.generic)
            dtype = value.dtype if scalar else dtype_of_python(value)
            flavor = Flavor.SCALAR if scalar else Flavor.WEAK
            self._numbers[key] = self._append(Node("constant", (), dtype, flavor, value=value))
        return self._numbers[key]

    def array(self, value: Any) -> int:
        """Return a new constant that is an array."""
        return self._append(Node("constant", value.shape, value.dtype, Flavor.ARRAY, value=value))

    def scalar(self, number: int) -> Any:
        """Return the number that a constant has in all its elements, None for anything else."""
        node = self.nodes[number]
        if node.role != "constant":
            return None
        if node.flavor is not Flavor.ARRAY:
            return node.value
        if number not in self._uniform:
            self._uniform[number] = _uniform(node.value)
        return self._uniform[number]

    def is_number(self, number: int, value: float) -> bool:
        """Whether a node is the constant `value`, in whatever precision."""
        found = self.scalar(number)
        return found is not None and bool(found == value)

    def same_kind(self, number: int, node: Node) -> bool:
        """Whether a node can stand for another: the same shape, dtype and flavor."""
        other = self.nodes[number]
        return (
            other.shape == node.shape and other.dtype == node.dtype and other.flavor is node.flavor
        )

    def replaces(self, number: int, node: Node) -> bool:
        """Whether a node can be used in place of another: of the same kind, and so in memory.

        The order of elements in memory decides in which order they are summed later.
        """
        other = self.nodes[number]
        if not self.same_kind(number, node) or other.ordered != node.ordered:
            return False
        return node.ordered or (other.name in TURNS and self.nodes[other.args[0]].ordered)


def _uniform(x: Any) -> Any:
    """Return the number that an array consists of, None if of several; -0 and 0 are two."""
    if x.size == 0 or x.dtype.kind not in "fiub":
        return None
    first = x[(0,) * x.ndim]
    same = x == first
    if x.dtype.kind == "f":
        same &= np.signbit(x) == np.signbit(first)
    return first if same.all() else None


def frozen(tree: Any) -> Any:
    """Return params as something hashable; arrays are told apart by identity."""
    kind = type(tree)
    if kind is dict:
        return tuple((key, frozen(value)) for key, value in tree.items())
    if kind is tuple or kind is list:
        return (kind, *(frozen(branch) for branch in tree))
    if kind is slice:
        return (slice, tree.start, tree.stop, tree.step)
    if kind is np.ndarray:
        return (kind, id(tree))
    if kind in (int, float, bool, str, Ref) or tree is None or tree is Ellipsis:
        return (kind, tree)
    return (kind, tree) if isinstance(tree, (type, np.dtype, np.generic)) else (kind, id(tree))
