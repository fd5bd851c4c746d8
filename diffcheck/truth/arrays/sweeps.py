"""The chain rule over array operations, in reverse and in forward order.

Both sweeps append to the program, so they apply to their own results.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from diffcheck.truth.arrays.form import Arrays
from diffcheck.truth.arrays.rules import PULL, PUSH


def reverse(arrays: Arrays, seeds: Mapping[int, int], inputs: Sequence[int]) -> list[int | None]:
    """Return the nodes of Σ seed·∂output/∂input, one per input; None is exactly 0."""
    varies = _varying(arrays, inputs)
    cotangents: dict[int, int] = dict(seeds)
    for i in range(max(seeds), -1, -1):
        if i not in cotangents or not varies[i]:
            continue
        pull = PULL.get(arrays.nodes[i].head, _nothing)
        for arg, term in pull(arrays, i, cotangents[i], varies):
            known = cotangents.get(arg)
            cotangents[arg] = term if known is None else arrays.add(known, term)
    return [cotangents.get(i) if varies[i] else None for i in inputs]


def forward(
    arrays: Arrays, outputs: Sequence[int], tangents: Mapping[int, int]
) -> list[int | None]:
    """Return the nodes of the outputs' derivatives along the tangents of inputs."""
    found: dict[int, int] = dict(tangents)
    for i in range(max(outputs) + 1):
        node = arrays.nodes[i]
        if i in found or not any(a in found for a in node.args):
            continue
        terms = list(PUSH.get(node.head, _nothing)(arrays, i, found))
        if terms:
            found[i] = reduce(arrays.add, terms)
    return [found.get(i) for i in outputs]


def _nothing(*_of: Any) -> tuple[()]:
    """Return no terms: of constants, conditions, and where a breakpoint is."""
    return ()


def _varying(arrays: Arrays, inputs: Sequence[int]) -> list[bool]:
    varies = [False] * len(arrays.nodes)
    for i, node in enumerate(arrays.nodes):
        varies[i] = i in inputs or any(varies[a] for a in node.args)
    return varies
