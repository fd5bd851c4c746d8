"""Expansion of a straight-line program along a half-line, x(t) = x0 + t·d with t → 0+ or 0-."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

import sympy
from flint import arb, ctx

from diffcheck.balls import ZERO, Undecided, precision
from diffcheck.truth.failures import LeftDomain
from diffcheck.truth.graph import CONSTANT, INPUT, Graph, Node
from diffcheck.truth.jets.conditions import Value, as_jet
from diffcheck.truth.jets.constants import as_fraction
from diffcheck.truth.jets.errors import Infinite, LeavesDomain, MoreTerms, Ramify
from diffcheck.truth.jets.jet import Branch, Jet, constant, jet
from diffcheck.truth.jets.rules import apply
from diffcheck.truth.table.algebra import constant as ball_of

SPARE_TERMS: Final = 2  # one for the value, one that a removable point may eat
LONGEST: Final = 64  # terms; what vanishes to that order is given up as undecided


@dataclass(frozen=True, slots=True)
class Failed:
    """An output without an expansion: whatever is asked of it raises the reason."""

    error: ArithmeticError

    def value(self) -> arb:
        """Raise the reason: `LeavesDomain`, `Infinite` or `Undecided`."""
        raise self.error

    def derivative(self, k: int) -> arb:  # noqa: ARG002 - the same question as of a Jet
        """Raise the reason: `LeavesDomain`, `Infinite` or `Undecided`."""
        raise self.error


def one_sided(
    graph: Graph,
    inputs: Mapping[sympy.Symbol, arb],
    direction: Mapping[sympy.Symbol, arb],
    order: int,
    side: int,
    bits: int,
) -> list[Jet | Failed]:
    """Expand each output along x0 + t·d as t → 0 from one side, up to t^order.

    `side` is +1 for t → 0+ and -1 for t → 0-; inputs that `direction` lacks stay fixed. The
    derivatives are those in t: the left derivative of |t| is -1. An output on which the expansion
    fails raises the reason when it is asked for a value or a derivative; the others are unharmed.

    >>> from diffcheck.truth.graph import Node
    >>> x = sympy.Symbol("x")
    >>> absolute = Graph((Node(INPUT, payload=x), Node(sympy.Abs, (0,))), (x,), (1,))
    >>> jet, = one_sided(absolute, {x: arb(0)}, {x: arb(1)}, order=1, side=-1, bits=64)
    >>> float(jet.derivative(1))
    -1.0
    """
    branch: Branch | None = Branch(side=side, terms=order + SPARE_TERMS, bits=bits)
    finished: dict[int, Jet | Failed] = {}
    while branch is not None:
        with _working(bits, branch.terms):
            values = _evaluate(graph, inputs, direction, branch)
        here, branch = branch, None
        for output in graph.outputs:
            if output not in finished:
                finer = _finer(values[output], order, here)
                if finer is None:
                    finished[output] = _result(values[output])
                branch = branch or finer
    return [finished[output] for output in graph.outputs]


@contextmanager
def _working(bits: int, terms: int) -> Iterator[None]:
    """Work at a precision and a length of series; both are global to the process."""
    cap = ctx.cap
    ctx.cap = 8 * terms + 8
    try:
        with precision(bits):
            yield
    finally:
        ctx.cap = cap


def _evaluate(
    graph: Graph,
    inputs: Mapping[sympy.Symbol, arb],
    direction: Mapping[sympy.Symbol, arb],
    branch: Branch,
) -> list[Value]:
    """Return the value of each node; an error stands where there is none.

    Errors are values because a branch of a Piecewise that is not taken may hold one.
    """
    values: list[Value] = []
    for node in graph.nodes:
        try:
            values.append(_node(graph, node, values, inputs, direction, branch))
        except ArithmeticError as error:
            values.append(error)
    return values


def _node(
    graph: Graph,
    node: Node,
    values: Sequence[Value],
    inputs: Mapping[sympy.Symbol, arb],
    direction: Mapping[sympy.Symbol, arb],
    branch: Branch,
) -> Value:
    if node.head == INPUT:
        speed = direction.get(node.payload, ZERO) * branch.side
        gap = [ZERO] * (branch.ramification - 1)
        return jet(branch, 0, [inputs[node.payload], *gap, speed], exact=True)
    if node.head == CONSTANT:
        if node.payload in (sympy.true, sympy.false):
            return bool(node.payload)
        return constant(branch, _number(node.payload))
    return apply(node.head, branch, [values[i] for i in node.args], _exponent(graph, node))


def _number(payload: Any) -> arb:
    try:
        return ball_of(payload)
    except LeftDomain as error:
        raise LeavesDomain(str(error)) from error


def _exponent(graph: Graph, node: Node) -> Fraction | None:
    """Return the second argument of a power, if the program spells it as a rational number."""
    if node.head is not sympy.Pow or graph.nodes[node.args[1]].head != CONSTANT:
        return None
    return as_fraction(graph.nodes[node.args[1]].payload)


def _finer(value: Value, order: int, branch: Branch) -> Branch | None:
    """Return the longer or finer branch on which to expand again, None if the value is final."""
    factor, missing = 1, 0
    if isinstance(value, Ramify):
        factor = value.factor
    elif isinstance(value, MoreTerms):
        missing = branch.terms
    elif isinstance(value, Jet) and not value.exact and value.singular is None:
        missing = max(order * branch.ramification + 1 - value.end, 0)
    if factor == 1 and (missing == 0 or branch.terms >= LONGEST):
        return None
    return replace(
        branch,
        terms=(branch.terms + missing) * factor,
        ramification=branch.ramification * factor,
    )


def _result(value: Value) -> Jet | Failed:
    try:
        return as_jet(value)
    except ArithmeticError as error:
        proved = isinstance(error, LeavesDomain | Infinite | Undecided)
        return Failed(error if proved else Undecided(f"no expansion: {error}"))
