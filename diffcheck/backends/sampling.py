"""A function of many inputs as one of few: entries of its arguments, and ways along all of them.

With e and s at 0, the derivatives of w·f(x + e + Σ s_k v_k) in e are components of Jᵀ w, and those
in s are w·J v_k, to which every component of the rule under test contributes.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from diffcheck.backends.adapted import Adapted, fresh
from diffcheck.backends.base import Unsupported
from diffcheck.case.quantities import directions
from diffcheck.truth import ArrayDefinition
from diffcheck.truth.arrays import Arrays
from diffcheck.truth.arrays.form import ARGUMENTS

ENTRIES: Final = 64
DIRECTIONS: Final = 4
X, Y = ARGUMENTS[:2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What is looked at: for each input, flat positions of entries, and its part of the directions.

    `entries` and `along` are the names of the new inputs; `at` says which of the entries are whose.
    """

    entries: str
    along: str
    at: Mapping[str, tuple[slice, NDArray[np.int64]]]
    moves: Mapping[str, NDArray[np.float64]]  # of shape (directions, *shape of the input)
    names: tuple[str, ...]

    @property
    def wrt(self) -> tuple[str, ...]:
        return (self.entries, self.along) if self.count else (self.along,)

    @property
    def count(self) -> int:
        """The count of entries."""
        return sum(places.size for _, places in self.at.values())

    @property
    def directions(self) -> int:
        """The count of directions."""
        return len(next(iter(self.moves.values())))


def draw(name: str, adapted: Adapted, wrt: Collection[str], entries: int, ways: int) -> Sample:
    """Draw entries, each as likely as any other, and directions, by the name."""
    sizes = {x: adapted.inputs[x].size for x in wrt}
    rng = np.random.default_rng(zlib.crc32(f"{name} sample".encode()))
    chosen = np.sort(rng.choice(sum(sizes.values()), size=entries, replace=False))
    at: dict[str, tuple[slice, NDArray[np.int64]]] = {}
    moves: dict[str, NDArray[np.float64]] = {}
    names: list[str] = []
    flat = [directions(f"{name} direction {k}", 1, sum(sizes.values()))[0] for k in range(ways)]
    start = 0
    for x, size in sizes.items():
        shape = adapted.inputs[x].shape
        inside = (chosen >= start) & (chosen < start + size)
        places = chosen[inside] - start
        first = int(np.flatnonzero(inside)[0]) if places.size else 0
        at[x] = (slice(first, first + places.size), places)
        moves[x] = np.stack([v[start : start + size].reshape(shape) for v in flat])
        indices = (
            zip(*np.unravel_index(places, shape), strict=True) if shape else ((),) * len(places)
        )
        names += [f"{x}[{','.join(map(str, index))}]" if index else x for index in indices]
        start += size
    taken = set(adapted.inputs)
    return Sample(
        entries=fresh("e", taken),
        along=fresh("s", taken),
        at=at,
        moves=moves,
        names=(*names, *(f"s[{k}]" for k in range(ways))),
    )


def sampled(
    adapted: Adapted,
    sample: Sample,
    name: str,
    move: Callable[[Any, tuple[slice, Any], Any, Any, Any], Any],
    weigh: Callable[[Any, NDArray[np.float64]], Any],
) -> Adapted:
    """Return the function of the sample.

    `move(x, (mine, places), e, s, v)` gives x with its part of e added at its places, and Σ s_k v_k
    to all; `weigh(output, w)` the sum of an output's numbers times w, in the backend's arrays.
    Raises `Unsupported` where the function cannot be read as a program of arrays.
    """
    definition = _definition(adapted, sample, name)

    def program(xp: Any, **inputs: Any) -> Any:
        e = inputs.get(sample.entries)
        s = inputs[sample.along]
        moved = {
            x: move(inputs[x], sample.at[x], e, s, sample.moves[x]) if x in sample.at else inputs[x]
            for x in adapted.inputs
        }
        output = adapted.program(xp, **moved)
        return weigh(output, weights(name, int(np.prod(output.shape))))

    new = {sample.entries: np.zeros(sample.count)} if sample.count else {}
    new[sample.along] = np.zeros(sample.directions)
    return replace(
        adapted,
        inputs={**adapted.inputs, **new},
        of_argument={x: adapted.of_argument.get(x, -1) for x in (*adapted.inputs, *new)},
        definition=definition,
        program=program,
        forward=None,
    )


def weights(name: str, count: int) -> NDArray[np.float64]:
    """Return w, of a single output too: a rule that forgets its cotangent is right for 1."""
    return directions(f"{name} weights", 1, count)[0]


def whole(adapted: Adapted) -> Adapted:
    """Return the function with all its inputs, defined as a program of arrays.

    Raises `Unsupported` where it cannot be read so.
    """
    arrays = Arrays()
    nodes = {x: arrays.input(x, value.shape) for x, value in adapted.inputs.items()}
    outputs = _read(adapted, arrays, nodes)
    return replace(adapted, definition=ArrayDefinition(arrays, nodes, outputs))


def _read(adapted: Adapted, arrays: Arrays, nodes: Mapping[str, int]) -> list[int]:
    if adapted.arrays is None:
        raise Unsupported("functions of this backend are not read as programs of arrays")
    return adapted.arrays(arrays, nodes)


def _definition(adapted: Adapted, sample: Sample, name: str) -> ArrayDefinition:
    arrays = Arrays()
    nodes = {x: arrays.input(x, value.shape) for x, value in adapted.inputs.items()}
    inputs = dict(nodes)
    if sample.count:
        inputs[sample.entries] = arrays.input(sample.entries, (sample.count,))
    inputs[sample.along] = arrays.input(sample.along, (sample.directions,))
    for x, (mine, places) in sample.at.items():
        shape = arrays.shape(nodes[x])
        v = arrays.constant(sample.moves[x].reshape(1, sample.directions, -1))
        steps = arrays.take(np.arange(sample.directions)[None, None], inputs[sample.along])
        moved = arrays.matmul(steps, v)
        nodes[x] = arrays.add(nodes[x], arrays.take(arrays.positions(moved).reshape(shape), moved))
        if places.size:
            own = arrays.take(np.arange(mine.start, mine.stop), inputs[sample.entries])
            nodes[x] = arrays.add(nodes[x], arrays.add_at(own, places, shape))
    outputs = _read(adapted, arrays, nodes)
    sizes = [arrays.nodes[y].size for y in outputs]
    parts = np.split(weights(name, sum(sizes)), np.cumsum(sizes)[:-1])
    terms = [
        arrays.total(arrays.map(X * Y, y, arrays.constant(w.reshape(arrays.shape(y)))))
        for y, w in zip(outputs, parts, strict=True)
    ]
    total = terms[0]
    for term in terms[1:]:
        total = arrays.add(total, term)
    return ArrayDefinition(arrays, inputs, (total,), sample.names, "(w·f)")
