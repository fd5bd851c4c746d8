"""The chain rule over a program: derivative programs in reverse and in forward order.

Both append nodes to the builder, so they apply to their own results: a Hessian is one sweep over
another. This is all of differentiation that is ours; the partial derivatives are SymPy's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush

import sympy

from diffcheck.truth.builder import Builder
from diffcheck.truth.graph import Graph
from diffcheck.truth.partials import partials


def reverse(
    builder: Builder, seeds: Mapping[int, int], inputs: Sequence[int]
) -> tuple[int | None, ...]:
    """Return the nodes of Σ_i seed_i ∂output_i/∂input, one per input; None is a structural zero.

    `seeds` maps output nodes to the nodes of their weights.
    """
    varies = varying(builder, inputs)
    terms: dict[int, list[int]] = {}
    queue: list[int] = []

    def contribute(i: int, term: int | None) -> None:
        if term is None or not varies[i]:
            return
        if i not in terms:
            heappush(queue, -i)
        terms.setdefault(i, []).append(term)

    for output, seed in seeds.items():
        contribute(output, seed)
    cotangents: dict[int, int] = {}
    while queue:  # every node after all nodes that use it, since those stand later
        i = -heappop(queue)
        cotangent = cotangents[i] = builder.apply_sum(terms[i])
        args = builder.nodes[i].args
        if builder.nodes[i].head is sympy.Piecewise:
            for k in range(0, len(args), 2):
                contribute(args[k], _gate(builder, args, k, cotangent))
        elif args:
            for a, partial in zip(args, partials(builder, i), strict=True):
                contribute(a, None if partial is None else builder.chain(cotangent, partial))
    return tuple(cotangents.get(i) for i in inputs)


def forward(
    builder: Builder, outputs: Sequence[int | None], seeds: Mapping[int, int]
) -> tuple[int | None, ...]:
    """Return the nodes of Σ_j ∂output/∂input_j seed_j, one per output; None is a structural zero.

    `seeds` maps input nodes to the nodes of the direction's components.
    """
    varies = varying(builder, tuple(seeds))
    tangents: dict[int, int | None] = dict(seeds)
    for i in sorted(builder.ancestors(tuple(o for o in outputs if o is not None))):
        if i not in tangents:
            tangents[i] = _tangent(builder, i, tangents) if varies[i] else None
    return tuple(None if o is None else tangents[o] for o in outputs)


def _tangent(builder: Builder, i: int, tangents: Mapping[int, int | None]) -> int | None:
    node = builder.nodes[i]
    if node.head is sympy.Piecewise:
        found = [tangents[a] for a in node.args[::2]]
        values = [builder.absent if t is None else t for t in found]
        return _select(builder, values, node.args[1::2])
    terms = []
    for a, partial in zip(node.args, partials(builder, i), strict=True):
        tangent = tangents[a]
        if tangent is not None and partial is not None:
            terms.append(builder.chain(tangent, partial))
    return builder.add(terms)


def _gate(builder: Builder, args: tuple[int, ...], k: int, cotangent: int) -> int | None:
    """Return the cotangent of branch k of a Piecewise: absent wherever another is taken."""
    values = [cotangent if j == k else builder.absent for j in range(0, len(args), 2)]
    return _select(builder, values, args[1::2])


def _select(builder: Builder, values: Sequence[int], conditions: Sequence[int]) -> int | None:
    if all(value == builder.absent for value in values):
        return None
    pairs = zip(values, conditions, strict=True)
    return builder.apply(sympy.Piecewise, *(node for pair in pairs for node in pair))


def varying(builder: Builder, inputs: Sequence[int]) -> list[bool]:
    """Return for each node whether it is computed from one of the inputs."""
    wanted = frozenset(inputs)
    varies = builder.varying.setdefault(wanted, [])
    for i in range(len(varies), len(builder.nodes)):
        varies.append(i in wanted or any(varies[a] for a in builder.nodes[i].args))
    return varies


def gradient(graph: Graph, weights: Sequence[float] | None = None) -> Graph:
    """Return the program of the gradient of Σ_i weight_i output_i in the graph's inputs.

    >>> from diffcheck.truth.expressions import graph_of
    >>> x = sympy.Symbol("x", real=True)
    >>> [n.head for n in gradient(graph_of([x], [sympy.sin(x)])).nodes]
    ['input', cos]
    """
    builder = Builder()
    outputs = builder.append(graph)
    seeds: dict[int, int] = {}
    for output, weight in zip(outputs, weights or [1] * len(outputs), strict=True):
        seeds[output] = builder.constant(sympy.Rational(weight))
    inputs = [builder.input(symbol) for symbol in graph.inputs]
    cotangents = reverse(builder, seeds, inputs)
    return builder.graph(tuple(builder.zero if c is None else c for c in cotangents))
