"""The columns of Jacobians, by forward mode in all directions of one array."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diffcheck.engine.arguments import Function, check_positions, variable
from diffcheck.engine.pushing import pushed
from diffcheck.engine.tensor import OPS, base, shape_of
from diffcheck.engine.trees import leaves, rebuild, tree_map
from diffcheck.engine.values import ones_like, zeros_like

BLOCK = 2**18  # numbers of the tangents of one array that go through a function together


class Given:
    """A function with its arguments, seen as one of the arrays to differentiate in.

    `flat` are these arrays, `chosen` the tuple of arguments that they stand in.
    """

    def __init__(self, f: Function, args: Sequence[Any], positions: Sequence[int]) -> None:
        check_positions(args, positions)
        self._f, self._args, self._positions = f, args, positions
        self.chosen = tuple(tree_map(variable, args[position]) for position in positions)
        self.flat = leaves(self.chosen)

    def call(self, *flat: Any) -> Any:
        """Return f's result for other arrays."""
        given = list(self._args)
        for position, tree in zip(self._positions, self.formed(flat), strict=True):
            given[position] = tree
        return self._f(*given)

    def of_one(self, k: int, x: Any) -> Any:
        """Return f's result where array number k is x."""
        return self.call(*self.flat[:k], x, *self.flat[k + 1 :])

    def formed(self, parts: Sequence[Any]) -> Any:
        """Return one thing for each array, in the form of the arguments."""
        return rebuild(self.chosen, iter(parts))


def basis(x: Any) -> list[tuple[Any, Any]]:
    """Return the unit arrays in the shape and kind of x, in C order, each with where it is 1.

    None for that stands for everywhere.
    """
    if shape_of(x) == ():
        return [(ones_like(x), None)]
    picks = _picks(x)
    return list(zip(_units(picks, x), picks, strict=True))


def _picks(x: Any) -> NDArray[np.bool]:
    """Return, along a first axis, where each unit array of the shape of x is 1."""
    shape = shape_of(x)
    count = math.prod(shape)
    return np.eye(count, dtype=bool).reshape((count, *shape))


def _units(picks: NDArray[np.bool], x: Any) -> Any:
    """Return unit arrays in the kind of x."""
    if base(x).dtype.kind in "fc":
        return picks.astype(base(x).dtype)
    return OPS["where"](picks, ones_like(x), zeros_like(x))


def columns(f: Function, x: Any) -> tuple[Any, list[Any]]:
    """Return a result of f, and the derivatives in x of each of its arrays."""
    shape = shape_of(x)
    count = math.prod(shape)
    if not count:
        y = f(x)
        return y, [
            OPS["broadcast_to"](zeros_like(x), shape=shape_of(part) + shape) for part in leaves(y)
        ]
    picks = _picks(x)
    size = max(1, BLOCK // count)
    blocks = []
    for start in range(0, count, size):
        units = _units(picks[start : start + size], x)
        y, slopes = pushed(f, [x], [units], min(size, count - start))
        blocks.append(leaves(slopes))
    whole = blocks[0]
    if len(blocks) > 1:
        whole = [OPS["concat"](*parts, axis=0) for parts in zip(*blocks, strict=True)]
    return y, [_columns_last(tangents, shape) for tangents in whole]


def gradient(given: Given) -> Any:
    """Return the gradient of a function that gives one number, by forward mode."""
    found = (columns(partial(given.of_one, k), x) for k, x in enumerate(given.flat))
    return given.formed([parts[0] for _, parts in found])


def pulled_back(given: Given, cotangents: Any) -> Any:
    """Return the cotangents of the arguments, from those of the output, by forward mode."""

    def of_one(k: int, x: Any) -> Any:
        parts = columns(partial(given.of_one, k), x)[1]
        terms = [_contracted(part, g) for part, g in zip(parts, leaves(cotangents), strict=True)]
        return sum(terms[1:], start=terms[0])

    return given.formed([of_one(k, x) for k, x in enumerate(given.flat)])


def _contracted(part: Any, g: Any) -> Any:
    lead = len(shape_of(g))
    thin = OPS["reshape"](g, shape=shape_of(g) + (1,) * (len(shape_of(part)) - lead))
    return OPS["sum"](part * thin, axis=tuple(range(lead)), keepdims=False)


def _columns_last(found: Any, shape: tuple[int, ...]) -> Any:
    """Return tangents with the axis of their directions last, and in the shape of the argument."""
    axes = (*range(1, len(shape_of(found))), 0)
    return OPS["reshape"](OPS["permute_dims"](found, axes=axes), shape=shape_of(found)[1:] + shape)
