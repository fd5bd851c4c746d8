"""The body of one emitted function while it is written: names, constants, operands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from diffcheck.engine.replay.lifetimes import Plan
from diffcheck.engine.replay.program import Flavor, Node, Program, Ref

ADD_REDUCE: Final = np.add.reduce  # a new object each time it is looked up
WRAPPERS: Final[dict[Flavor, tuple[str, Any]]] = {
    Flavor.ARRAY: ("asarray", np.asarray),
    Flavor.SCALAR: ("float64", np.float64),
    Flavor.WEAK: ("float", float),
}


@dataclass(slots=True, eq=False)
class Writer:
    """The body of one function while it is written.

    python: the nodes whose value is a Python float (or bool) in the emitted code, whatever its
    flavor; they are wrapped where an op or the caller must see a NumPy object. users: for nodes
    that are used once, where; depths: of the expressions that stand in place of a name.
    """

    program: Program
    plan: Plan
    names: dict[int, str]
    fast: bool
    lines: list[str] = field(default_factory=list)
    bound: dict[str, Any] = field(default_factory=dict)
    python: set[int] = field(default_factory=set)
    users: dict[int, int] = field(default_factory=dict)
    depths: dict[int, int] = field(default_factory=dict)
    silent: bool = True
    _constants: dict[Any, str] = field(default_factory=dict)

    def bind(self, name: str, value: Any) -> str:
        """Make a value known to the emitted code under a name of its own."""
        known = self.bound.setdefault(name, value)
        while known is not value:
            name += "_"
            known = self.bound.setdefault(name, value)
        return name

    def constant(self, value: Any) -> str:
        """Return a literal for a number, the name of a constant for an array."""
        if type(value) in (int, bool) or value is None:
            return f"({value!r})" if type(value) is int and value < 0 else repr(value)
        if type(value) is float and np.isfinite(value):
            return f"({value!r})" if repr(value)[0] == "-" else repr(value)
        return self.named(id(value), value)

    def named(self, key: Any, value: Any) -> str:
        """Return the name of a constant, which is looked up by `key`."""
        if key not in self._constants:
            self._constants[key] = self.bind(f"c{len(self._constants) + 1}", value)
        return self._constants[key]

    def known(self, key: Any) -> str | None:
        """Return the name of a constant that has one."""
        return self._constants.get(key)

    def operand(self, number: int) -> str:
        """Return how a node is written as an operand of an operator or a ufunc."""
        node = self.program.nodes[number]
        if node.role == "constant":
            value = node.value
            if type(value) is np.float64 and np.isfinite(value) and self.fast:
                value = float(value)
            return self.constant(value)
        return self.names[number]

    def wrapped(self, number: int) -> str:
        """Return a node as the NumPy object that its flavor says."""
        node = self.program.nodes[number]
        if node.role == "constant":
            return self.constant(node.value)
        if number not in self.python:
            return self.names[number]
        truth = node.dtype.char == "?" and node.flavor is Flavor.SCALAR
        wrapper = ("bool_", np.bool) if truth else WRAPPERS[node.flavor]
        return f"{self.bind(*wrapper)}({self.names[number]})"

    def params(self, node: Node) -> list[str]:
        """Return the keyword arguments of a call of the op's own forward."""
        return [f"{key}={self.tree(value, node)}" for key, value in node.params.items()]

    def tree(self, value: Any, node: Node) -> str:
        """Return the expression of a parameter, with the operands it refers to."""
        kind = type(value)
        if kind is Ref:
            return self.wrapped(node.args[value.position])
        if kind is tuple:
            inner = ", ".join(self.tree(branch, node) for branch in value)
            return f"({inner},)" if len(value) == 1 else f"({inner})"
        if kind is slice:
            return f"slice({value.start}, {value.stop}, {value.step})"
        if value is Ellipsis:
            return "..."
        return repr(value) if kind is str else self.constant(value)
