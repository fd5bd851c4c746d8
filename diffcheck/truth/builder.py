"""A growing straight-line program in which equal operations are one node."""

from __future__ import annotations

from typing import Any

import sympy

from diffcheck.truth.graph import ABSENT, CHAIN, CONSTANT, INPUT, UNKNOWN, Graph, Node


class Builder:
    """Nodes in topological order, each made once (hash-consing); derivatives are appended to it."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.inputs: dict[sympy.Symbol, None] = {}  # an ordered set
        self.varying: dict[frozenset[int], list[bool]] = {}  # kept by `sweeps.varying`
        self.partials: dict[int, tuple[int | None, ...]] = {}  # kept by `partials.partials`
        self._index: dict[tuple[Any, ...], int] = {}
        self.zero = self.constant(sympy.S.Zero)
        self.one = self.constant(sympy.S.One)
        self.absent = self._node(CONSTANT, (), ABSENT)

    def _node(self, head: Any, args: tuple[int, ...], payload: Any) -> int:
        key = (head, args, type(payload), payload)
        found = self._index.get(key)
        if found is None:
            found = self._index[key] = len(self.nodes)
            self.nodes.append(Node(head, args, payload))
        return found

    def input(self, symbol: sympy.Symbol) -> int:
        """Return the node of an input."""
        self.inputs.setdefault(symbol)
        return self._node(INPUT, (), symbol)

    def constant(self, number: Any) -> int:
        """Return the node of a SymPy number or truth value."""
        return self._node(CONSTANT, (), number)

    def apply(self, head: Any, *args: int) -> int:
        """Return the node that applies a SymPy class."""
        return self._node(head, args, None)

    def unknown(self, expression: Any, *args: int) -> int:
        """Return the node of an expression that has no ball form."""
        return self._node(UNKNOWN, args, expression)

    def add(self, terms: list[int]) -> int | None:
        """Return the sum, None for the empty sum: a structural zero."""
        return self.apply_sum(terms) if terms else None

    def apply_sum(self, terms: list[int]) -> int:
        """Return the sum of at least one term."""
        return terms[0] if len(terms) == 1 else self.apply(sympy.Add, *terms)

    def multiply(self, factors: list[int]) -> int:
        """Return the product, leaving out ones."""
        kept = [factor for factor in factors if factor != self.one]
        if not kept:
            return self.one
        return kept[0] if len(kept) == 1 else self.apply(sympy.Mul, *kept)

    def chain(self, cotangent: int, partial: int) -> int:
        """Return one summand of the chain rule."""
        if partial == self.one:
            return cotangent
        return partial if cotangent == self.one else self.apply(CHAIN, cotangent, partial)

    def append(self, graph: Graph) -> tuple[int, ...]:
        """Append a program; return the nodes of its outputs."""
        for symbol in graph.inputs:
            self.input(symbol)
        position: list[int] = []
        for node in graph.nodes:
            args = tuple(position[a] for a in node.args)
            position.append(self._node(node.head, args, node.payload))
        return tuple(position[i] for i in graph.outputs)

    def graph(self, outputs: tuple[int, ...]) -> Graph:
        """Return the program of these outputs alone, dead nodes dropped."""
        live = sorted(self.ancestors(outputs))
        position = {old: new for new, old in enumerate(live)}
        nodes = tuple(
            Node(node.head, tuple(position[a] for a in node.args), node.payload)
            for node in (self.nodes[i] for i in live)
        )
        return Graph(nodes, tuple(self.inputs), tuple(position[i] for i in outputs))

    def ancestors(self, nodes: tuple[int, ...]) -> set[int]:
        """Return the nodes that these are computed from, themselves included."""
        found: set[int] = set()
        stack = list(nodes)
        while stack:
            i = stack.pop()
            if i not in found:
                found.add(i)
                stack.extend(self.nodes[i].args)
        return found
