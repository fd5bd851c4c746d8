"""SymPy expressions and assignments into straight-line programs, without recursion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import sympy

from diffcheck.truth.builder import Builder
from diffcheck.truth.graph import INPUT, Graph
from diffcheck.truth.table import BALLS
from diffcheck.truth.table.special import in_a_row

REWRITES: Final[dict[Any, Callable[[Any], Any]]] = {
    sympy.Mod: lambda e: e.args[0] - e.args[1] * sympy.floor(e.args[0] / e.args[1]),
    sympy.frac: lambda e: e.args[0] - sympy.floor(e.args[0]),
    sympy.ITE: lambda e: sympy.Or(
        sympy.And(e.args[0], e.args[1]), sympy.And(sympy.Not(e.args[0]), e.args[2])
    ),
    sympy.Xor: sympy.to_nnf,
    sympy.Implies: sympy.to_nnf,
    sympy.Sum: lambda e: e.doit(),
    sympy.Product: lambda e: e.doit(),
    sympy.hyper: in_a_row,
}


def graph_of(
    inputs: Iterable[sympy.Symbol],
    outputs: Iterable[Any],
    assignments: Iterable[tuple[sympy.Symbol, Any]] = (),
) -> Graph:
    """Return the straight-line program of SymPy expressions over inputs and named intermediates.

    Raises `ValueError` for a symbol that is neither an input nor assigned before.

    >>> x = sympy.Symbol("x", real=True)
    >>> [node.head.__name__ for node in graph_of([x], [sympy.exp(sympy.sin(x))]).nodes[1:]]
    ['sin', 'exp']
    """
    builder = Builder()
    nodes = insert_program(builder, inputs, outputs, assignments)
    return builder.graph(nodes)


def insert_program(
    builder: Builder,
    inputs: Iterable[sympy.Symbol],
    outputs: Iterable[Any],
    assignments: Iterable[tuple[sympy.Symbol, Any]],
) -> tuple[int, ...]:
    """Append a SymPy program; return the nodes of its outputs."""
    environment = {symbol: builder.input(symbol) for symbol in inputs}
    for symbol, expression in assignments:
        environment[symbol] = insert(builder, expression, environment)
    return tuple(insert(builder, output, environment) for output in outputs)


def insert(builder: Builder, expression: Any, environment: Mapping[Any, int]) -> int:
    """Append an expression whose symbols are the nodes of `environment`; return its node."""
    memo: dict[int, int] = {}
    kept: dict[int, tuple[Any, tuple[Any, ...]]] = {}  # keeps ids alive; the operands of each
    expression = sympy.sympify(expression)
    stack = [expression]
    while stack:
        e = stack[-1]
        if id(e) not in kept:
            kept[id(e)] = (e, _operands(e))
        operands = kept[id(e)][1]
        missing = [a for a in operands if id(a) not in memo]
        if missing and id(e) not in memo:
            stack.extend(missing)
            continue
        stack.pop()
        if id(e) not in memo:
            memo[id(e)] = _make(builder, e, [memo[id(a)] for a in operands], environment)
    return memo[id(expression)]


def _operands(e: Any) -> tuple[Any, ...]:
    """Return the expressions that one operation takes."""
    if e.func in REWRITES:
        return (REWRITES[e.func](e),)
    if isinstance(e, sympy.Derivative):
        return (e.expr, *(variable for variable, _ in e.variable_count))
    if isinstance(e, sympy.Piecewise):
        return tuple(part for pair in e.args for part in pair.args)
    if e.is_Atom:
        return ()
    if e.func in BALLS:
        return tuple(e.args)
    return tuple(sorted(e.free_symbols, key=str))


def _make(builder: Builder, e: Any, args: list[int], environment: Mapping[Any, int]) -> int:
    if e.func in REWRITES:
        return args[0]
    if isinstance(e, sympy.Derivative):
        return _derivative(builder, e, args)
    if e.is_Symbol:
        if e not in environment:
            raise ValueError(f"{e} is neither an input nor assigned before its use")
        return environment[e]
    if e.is_Atom:
        return builder.constant(e)
    if e.func in BALLS or isinstance(e, sympy.Piecewise):
        return builder.apply(e.func, *args)
    return builder.unknown(e, *args)


def _derivative(builder: Builder, e: Any, args: list[int]) -> int:
    """Return a derivative that SymPy left unevaluated, in symbols that are inputs."""
    from diffcheck.truth.sweeps import reverse  # noqa: PLC0415 - it inserts SymPy's rules by this

    node, *variables = args
    counts = [count for _, count in e.variable_count]
    if any(builder.nodes[i].head is not INPUT for i in variables) or not all(
        count.is_Integer for count in counts
    ):
        return builder.unknown(e, *variables)
    for i, count in zip(variables, counts, strict=True):
        for _ in range(int(count)):
            (slope,) = reverse(builder, {node: builder.one}, (i,))
            node = builder.zero if slope is None else slope
    return node
