"""What one array operation makes of cotangents and of tangents.

The partial derivatives of what is elementwise are SymPy's; the others are linear, or a choice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

import numpy as np
import sympy

from diffcheck.truth.arrays import form
from diffcheck.truth.arrays.form import ARGUMENTS, Arrays, X, Y
from diffcheck.truth.arrays.templates import compiled


@cache
def _partial(template: Any, k: int) -> Any:
    if template.is_Boolean or template.is_Relational:
        return sympy.S.Zero
    return sympy.diff(template, ARGUMENTS[k])


def _times_partial(arrays: Arrays, i: int, k: int, factor: int) -> int | None:
    """Return factor·∂(node i)/∂(argument k), NaN where a breakpoint is met."""
    node = arrays.nodes[i]
    template, linear = node.payload if node.head == form.LINEAR else (node.payload, 0)
    partial = _partial(template, k)
    if partial == 0:
        return None
    if compiled(template, ARGUMENTS[: len(node.args)]).suspects:
        factor = arrays.linear(X * Y, factor, arrays.side(i))
    if partial == 1:
        return factor
    if partial.is_Number:
        return arrays.linear(partial * X, factor)
    # Linear in the factor, and in what the node itself was linear in and k is not.
    order = [j for j in range(len(node.args)) if j != k or k >= linear]
    names = {ARGUMENTS[j]: ARGUMENTS[place] for place, j in enumerate(order, start=1)}
    args = [node.args[j] for j in order]
    count = 1 + linear - (k < linear)
    return arrays.linear(X * partial.xreplace(names), factor, *args, of=count)


Pairs = Iterator[tuple[int, int]]  # an argument, and a term of its cotangent


def _pull_map(arrays: Arrays, i: int, g: int, varies: Sequence[bool]) -> Pairs:
    for k, arg in enumerate(arrays.nodes[i].args):
        term = _times_partial(arrays, i, k, g) if varies[arg] else None
        if term is not None:
            yield arg, term


def _pull_take(arrays: Arrays, i: int, g: int, varies: Sequence[bool]) -> Pairs:
    node = arrays.nodes[i]
    sizes = [arrays.nodes[a].size for a in node.args]
    whole = arrays.add_at(g, node.payload, (sum(sizes),))
    for arg, start in zip(node.args, np.cumsum([0, *sizes[:-1]]), strict=True):
        if varies[arg]:
            yield arg, arrays.take(start + arrays.positions(arg), whole)


def _pull_matmul(arrays: Arrays, i: int, g: int, varies: Sequence[bool]) -> Pairs:
    x, y = arrays.nodes[i].args
    if varies[x]:
        yield x, arrays.matmul(g, arrays.transposed(y))
    if varies[y]:
        yield y, arrays.matmul(arrays.transposed(x), g)


def _pull_select(arrays: Arrays, i: int, g: int, varies: Sequence[bool]) -> Pairs:
    condition, *branches = arrays.nodes[i].args
    for arg, at in zip(branches, (True, False), strict=True):
        if varies[arg]:
            yield arg, arrays.gate(condition, g, at=at)


def _pull_add_at(arrays: Arrays, i: int, g: int, _varies: Sequence[bool]) -> Pairs:
    node = arrays.nodes[i]
    yield node.args[0], arrays.take(node.payload, g)


def _pull_gate(arrays: Arrays, i: int, g: int, _varies: Sequence[bool]) -> Pairs:
    node = arrays.nodes[i]
    yield node.args[1], arrays.gate(node.args[0], g, at=node.payload)


def _pull_peak(arrays: Arrays, i: int, g: int, _varies: Sequence[bool]) -> Pairs:
    node = arrays.nodes[i]
    yield node.args[0], arrays.linear(X * Y, arrays.take(node.payload, g), arrays.side(i))


PULL: Final[dict[str, Callable[[Arrays, int, int, Sequence[bool]], Pairs]]] = {
    form.MAP: _pull_map,
    form.LINEAR: _pull_map,
    form.TAKE: _pull_take,
    form.ADD_AT: _pull_add_at,
    form.MATMUL: _pull_matmul,
    form.SELECT: _pull_select,
    form.GATE: _pull_gate,
    form.PEAK: _pull_peak,
}
Tangents = Mapping[int, int]


def _push_map(arrays: Arrays, i: int, tangents: Tangents) -> Iterator[int]:
    for k, arg in enumerate(arrays.nodes[i].args):
        term = _times_partial(arrays, i, k, tangents[arg]) if arg in tangents else None
        if term is not None:
            yield term


def _push_take(arrays: Arrays, i: int, tangents: Tangents) -> Iterator[int]:
    node = arrays.nodes[i]
    parts = [tangents[a] if a in tangents else _zeros(arrays, a) for a in node.args]
    yield arrays.take(node.payload, *parts)


def _push_matmul(arrays: Arrays, i: int, tangents: Tangents) -> Iterator[int]:
    x, y = arrays.nodes[i].args
    if x in tangents:
        yield arrays.matmul(tangents[x], y)
    if y in tangents:
        yield arrays.matmul(x, tangents[y])


def _push_select(arrays: Arrays, i: int, tangents: Tangents) -> Iterator[int]:
    condition, *branches = arrays.nodes[i].args
    for arg, at in zip(branches, (True, False), strict=True):
        if arg in tangents:
            yield arrays.gate(condition, tangents[arg], at=at)


def _push_add_at(arrays: Arrays, i: int, tangents: Tangents) -> Iterator[int]:
    node = arrays.nodes[i]
    yield arrays.add_at(tangents[node.args[0]], node.payload, node.shape)


def _push_gate(arrays: Arrays, i: int, tangents: Tangents) -> Iterator[int]:
    node = arrays.nodes[i]
    yield arrays.gate(node.args[0], tangents[node.args[1]], at=node.payload)


def _push_peak(arrays: Arrays, i: int, tangents: Tangents) -> Iterator[int]:
    node = arrays.nodes[i]
    slope = arrays.linear(X * Y, tangents[node.args[0]], arrays.side(i))
    yield arrays.add_at(slope, node.payload, node.shape)


PUSH: Final[dict[str, Callable[[Arrays, int, Tangents], Iterator[int]]]] = {
    form.MAP: _push_map,
    form.LINEAR: _push_map,
    form.TAKE: _push_take,
    form.ADD_AT: _push_add_at,
    form.MATMUL: _push_matmul,
    form.SELECT: _push_select,
    form.GATE: _push_gate,
    form.PEAK: _push_peak,
}


def _zeros(arrays: Arrays, like: int) -> int:
    return arrays.constant(np.zeros(arrays.shape(like)))
