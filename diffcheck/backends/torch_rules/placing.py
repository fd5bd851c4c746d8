"""Elements put at, added at, or taken from places that do not depend on the inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import torch

from diffcheck.backends.torch_rules.products import windows
from diffcheck.backends.torch_rules.reader import (
    PLACES,
    Reader,
    Ref,
    Rule,
    moved,
    unreadable,
)
from diffcheck.truth.arrays.form import X


def _places(name: str, index: Any) -> Any:
    """Return an index as NumPy's; raises `Unsupported` where it depends on the inputs."""
    if not isinstance(index, torch.Tensor):
        raise unreadable(name, f"takes {PLACES.what}")
    return index.numpy()


def _put(r: Reader, x: Any, where: Any, values: Any, *, add: bool) -> Ref:
    """Return x with values put or added at positions of its elements."""
    node, given = r.node(x), r.node(values, where.shape)
    if add:
        return r.elementwise(
            lambda a, b: a + b, node, Ref(r.arrays.add_at(given, where, r.arrays.shape(node)))
        )
    places = r.arrays.positions(node).copy()
    places.reshape(-1)[where] = r.arrays.nodes[node].size + r.arrays.positions(given)
    return moved(r, places, node, given)


def _index_put(r: Reader, x: Any, indices: Any, values: Any, accumulate: bool = False) -> Ref:
    at = tuple(slice(None) if i is None else _places("index_put", i) for i in indices)
    return _put(r, x, r.arrays.positions(r.node(x))[at], values, add=accumulate)


def _scatter(*, add: bool) -> Rule:
    def rule(r: Reader, x: Any, dim: int, index: Any, source: Any, **more: Any) -> Ref:
        if more:
            raise unreadable("scatter", f"with {', '.join(more)}")
        places = _places("scatter", index)
        at = list(np.indices(places.shape, sparse=True))
        at[dim] = places
        if isinstance(source, Ref) or np.ndim(source):
            given = r.node(source)
            inside = tuple(map(slice, places.shape))
            source = moved(r, r.arrays.positions(given)[inside], given)
        return _put(r, x, r.arrays.positions(r.node(x))[tuple(at)], source, add=add)

    return rule


def _index_add(r: Reader, x: Any, dim: int, index: Any, source: Any, alpha: Any = 1) -> Ref:
    positions = r.arrays.positions(r.node(x))
    where = np.take(positions, _places("index_add", index), axis=dim)
    scaled = r.elementwise(lambda a, b: a * b, source, alpha) if alpha != 1 else source
    return _put(r, x, where, scaled, add=True)


def _embedding_backward(
    r: Reader, g: Any, indices: Any, count: int, padding: int, scaled: bool
) -> Ref:
    if scaled:
        raise unreadable("embedding_dense_backward", "scaled by frequency")
    rows = _places("embedding_dense_backward", indices)
    width = r.shape(g)[-1]
    where = rows[..., None] * width + np.arange(width)
    kept = np.broadcast_to((rows != padding)[..., None], where.shape)
    node = r.node(g)
    chosen = moved(r, r.arrays.positions(node)[kept], node)
    return Ref(r.arrays.add_at(chosen, where[kept], (count, width)))


def _pooled(
    r: Reader, x: Any, size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> tuple[int, Any, Any, tuple[int, ...]]:
    """Return a node, what its windows hold of it, whether it is there, and the windows' shape."""
    if ceil_mode:
        raise unreadable("a pooling", "with ceil_mode")
    dims = len(size)
    stride, padding, dilation = (
        [*a] * dims if len(a) == 1 else [*a] for a in (stride or size, padding, dilation)
    )
    node = r.node(x)
    places = r.arrays.positions(node)
    around = [(0, 0)] * (places.ndim - dims) + [(p, p) for p in padding]
    found = windows(np.pad(places, around, constant_values=-1), size, stride, dilation)
    return node, found, found >= 0, found.shape[:-1]


def _grouped(r: Reader, node: int, found: Any, held: Any) -> tuple[int, Any]:
    numbers = np.arange(found[..., 0].size).reshape(*found.shape[:-1], 1)
    groups = np.broadcast_to(numbers, held.shape)
    return r.arrays.take(found[held], node), groups[held]


def max_pool(
    r: Reader, x: Any, size: Any, stride: Any = (), padding: Any = (0,), dilation: Any = (1,),
    ceil_mode: bool = False,
) -> tuple[Ref, Any]:  # fmt: skip
    """Return the largest of each window, and no places."""
    node, found, held, shape = _pooled(r, x, size, stride, padding, dilation, ceil_mode)
    return Ref(r.arrays.peak(*_grouped(r, node, found, held), shape)), PLACES


def avg_pool(
    r: Reader, x: Any, size: Any, stride: Any = (), padding: Any = (0,), ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None,
) -> Ref:  # fmt: skip
    """Return the mean of each window; zeros around count, or not."""
    node, found, held, shape = _pooled(r, x, size, stride, padding, (1,), ceil_mode)
    total = r.arrays.add_at(*_grouped(r, node, found, held), shape)
    if divisor_override or count_include_pad:
        return Ref(r.arrays.map(X / (divisor_override or found.shape[-1]), total))
    counts = r.node(held.sum(-1).astype(np.float64))
    return r.elementwise(lambda a, n: a / n, Ref(total), counts)


PLACING: Final[dict[str, Callable[..., Any]]] = {
    "avg_pool1d": avg_pool,
    "avg_pool2d": avg_pool,
    "avg_pool3d": avg_pool,
    "embedding_dense_backward": _embedding_backward,
    "index_add": _index_add,
    "index_put": _index_put,
    "_unsafe_index_put": _index_put,
    "max_pool2d_with_indices": max_pool,
    "max_pool3d_with_indices": max_pool,
    "scatter": _scatter(add=False),
    "scatter_add": _scatter(add=True),
}
