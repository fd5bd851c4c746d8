"""Containers of arrays as one vector, for optimisers that know vectors only."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate, pairwise
from math import prod
from typing import Any

import numpy as np

from diffcheck.engine.ops.joining import asarray, concat
from diffcheck.engine.ops.manipulation import reshape
from diffcheck.engine.tensor import shape_of
from diffcheck.engine.trees import leaves, rebuild


def flatten(tree: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Return the numbers of nested tuples, lists and dicts of arrays as a vector, and the way back.

    What a dict holds stands in the order of its sorted keys.

    >>> vector, unflatten = flatten({"w": np.ones((2, 2)), "b": 3.0})
    >>> vector.tolist()
    [3.0, 1.0, 1.0, 1.0, 1.0]
    >>> unflatten(2 * vector)["w"].tolist()
    [[2.0, 2.0], [2.0, 2.0]]
    """
    tree = _sorted(tree)
    parts = leaves(tree)
    shapes = list(map(shape_of, parts))
    ends = list(accumulate(map(prod, shapes), initial=0))
    vector = concat([reshape(asarray(x), -1) for x in parts]) if parts else np.zeros(0)

    def unflatten(v: Any) -> Any:
        pieces = zip(pairwise(ends), shapes, strict=True)
        return rebuild(tree, iter([reshape(v[a:b], shape) for (a, b), shape in pieces]))

    return vector, unflatten


def _sorted(tree: Any) -> Any:
    """Return a container whose dicts are sorted by their keys."""
    if isinstance(tree, dict):
        return {key: _sorted(tree[key]) for key in sorted(tree)}
    return type(tree)(map(_sorted, tree)) if type(tree) in (list, tuple) else tree


def flatten_func(
    f: Callable[..., Any], example: Any
) -> tuple[Callable[..., Any], Callable[[Any], Any], Any]:
    """Return f as a function of a vector, the way back to its container, and the example's vector.

    >>> g, _, start = flatten_func(lambda p: p[0] * p[1], (2.0, 3.0))
    >>> float(g(start))
    6.0
    """
    vector, unflatten = flatten(example)
    return (lambda v, *args: f(unflatten(v), *args)), unflatten, vector
