"""Straight-line programs on balls, on demand: only what the outputs need is computed.

A branch that is not taken is not evaluated, so it may be singular. Nothing here recurses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import sympy
from flint import arb

from diffcheck.balls import Undecided, precision
from diffcheck.truth.failures import Failure, failure_of, worst
from diffcheck.truth.graph import ABSENT, CHAIN, INPUT, UNKNOWN, Node
from diffcheck.truth.table import BALLS
from diffcheck.truth.table.algebra import constant
from diffcheck.truth.table.conditions import connect

Value = Any  # arb, bool, Failure or ABSENT


class Evaluation:
    """The values of a program's nodes at one point and one precision, each computed once."""

    def __init__(self, nodes: Sequence[Node], inputs: Mapping[Any, arb], bits: int) -> None:
        self.nodes = nodes
        self.inputs = inputs
        self.bits = bits
        self.values: list[Value] = []

    def value(self, target: int) -> Value:
        """Return the ball of a node, a Failure, or ABSENT."""
        self.values.extend([None] * (len(self.nodes) - len(self.values)))
        if self.values[target] is None:
            with precision(self.bits):
                self._compute(target)
        return self.values[target]

    def _compute(self, target: int) -> None:
        nodes, values = self.nodes, self.values
        stack = [target]
        while stack:
            i = stack[-1]
            if values[i] is not None:
                stack.pop()
                continue
            node = nodes[i]
            lazy = LAZY.get(node.head)
            if lazy is not None:
                found = lazy(node.args, values)
                if type(found) is int:  # a bool is a value, not a node that is still wanted
                    stack.append(found)
                else:
                    values[i] = found
                continue
            missing = [a for a in node.args if values[a] is None]
            if missing:
                stack.extend(missing)
            else:
                values[i] = self._apply(node, [values[a] for a in node.args])

    def _apply(self, node: Node, args: list[Value]) -> Value:
        if node.head is UNKNOWN:
            return Failure("unsupported", f"no ball form of {_short(node.payload)}")
        for arg in args:
            if type(arg) is not arb and type(arg) is not bool:
                return _with_exceptions(node.head, args)
        try:
            result = BALLS.get(node.head, node.head)(*args) if args else self._leaf(node)
        except ArithmeticError as error:
            return failure_of(error)
        if type(result) is arb and not result.is_finite():
            return Failure("undecided", f"{_name(node.head)} is not finite at this precision")
        return result

    def _leaf(self, node: Node) -> Value:
        if node.head is INPUT:
            return self.inputs[node.payload]
        if node.payload is ABSENT:
            return ABSENT
        return bool(node.payload) if node.payload in TRUTHS else constant(node.payload)


TRUTHS: Final = (sympy.true, sympy.false)


def _name(head: Any) -> str:
    return getattr(head, "__name__", str(head))


def _short(expression: Any, length: int = 60) -> str:
    text = str(expression)
    return text if len(text) <= length else f"{text[:length]}…"


def _with_exceptions(head: Any, args: list[Value]) -> Value:
    """Apply an operation of which an argument failed or is absent."""
    if head in (sympy.And, sympy.Or):
        return connect(head, args)
    failures = [arg for arg in args if type(arg) is Failure]
    if failures:
        return worst(failures)
    present = [arg for arg in args if arg is not ABSENT]
    if head is sympy.Add and present:
        return BALLS[head](*present)
    return ABSENT


def _piecewise(args: tuple[int, ...], values: Sequence[Value]) -> Value:
    """Return the value of the first branch whose condition holds, or the node wanted next."""
    for branch, condition in zip(args[::2], args[1::2], strict=True):
        holds = values[condition]
        if holds is None:
            return condition
        if type(holds) is Failure:
            return holds
        if holds:
            return branch if values[branch] is None else values[branch]
    return Failure("undefined", "no branch of a Piecewise applies")


def selected(args: tuple[int, ...], values: Sequence[Value]) -> int:
    """Return the branch of an evaluated Piecewise that was taken; raises `Undecided` if none."""
    for branch, condition in zip(args[::2], args[1::2], strict=True):
        if values[condition] is True:
            return branch
        if values[condition] is not False:
            break
    raise Undecided("no branch of a Piecewise was taken")


def _chain(args: tuple[int, ...], values: Sequence[Value]) -> Value:
    """Multiply cotangent and partial; what is absent stays absent, whatever the other is."""
    cotangent, partial = args
    left, right = values[cotangent], values[partial]
    if left is None:
        return cotangent
    if left is ABSENT:
        return ABSENT
    if right is None:
        return partial
    if right is ABSENT:
        return ABSENT
    failures = [side for side in (left, right) if type(side) is Failure]
    if failures:
        return worst(failures)
    product = left * right
    return product if product.is_finite() else Failure("undecided", "not finite at this precision")


LAZY: Final[dict[Any, Callable[[tuple[int, ...], Sequence[Value]], Value]]] = {
    sympy.Piecewise: _piecewise,
    CHAIN: _chain,
}
