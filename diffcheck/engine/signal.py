"""Convolution along several axes, with autograd's arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from diffcheck.engine.ops.einsum import tensordot
from diffcheck.engine.ops.indexing import getitem
from diffcheck.engine.ops.manipulation import permute_dims
from diffcheck.engine.ops.padding import pad
from diffcheck.engine.tensor import axis_of, shape_of

Axes = Sequence[Sequence[int]]


def convolve(
    a: Any, b: Any, axes: Axes | None = None, dot_axes: Axes = ((), ()), mode: str = "full"
) -> Any:
    """Return the convolution along pairs of axes, summed over the pairs of `dot_axes`.

    By default all axes are convolved, in their order. The axes of the result are those of a that
    are left, those of b that are left, and the convolved ones. Modes: "full", "valid" (where the
    shorter lies within the longer), "same" (the length of a, from the middle of "full").

    >>> convolve(np.array([1.0, 2.0]), np.array([1.0, 0.0, 3.0])).tolist()
    [1.0, 2.0, 3.0, 6.0]
    """
    if mode not in ("full", "valid", "same"):
        raise ValueError(f"convolve of mode {mode!r}: expected 'full', 'valid' or 'same'")
    ranks = len(shape_of(a)), len(shape_of(b))
    along = _numbered((range(ranks[0]), range(ranks[1])) if axes is None else axes, ranks)
    dots = _numbered(dot_axes, ranks)
    pairs = [(shape_of(a)[i], shape_of(b)[j]) for i, j in zip(along[0], along[1], strict=True)]
    if mode == "valid" and not (all(m <= n for m, n in pairs) or all(m >= n for m, n in pairs)):
        raise ValueError(f"convolve: neither of lengths {pairs} lies within the other everywhere")
    windows, places = b, list(range(ranks[1]))
    for (m, n), axis in zip(pairs, along[1], strict=True):
        at = places.index(axis)
        margin = [(m - 1, m - 1) if k == at else (0, 0) for k in range(len(places))]
        rows = _outputs(m, n, mode)[:, None] - np.arange(m) + m - 1
        index = (*(slice(None),) * at, rows)
        windows = getitem(pad(windows, margin), index=index)
        places[at : at + 1] = [-1 - axis, axis]  # the axis of the result, and that of the window
    shared = (*along[0], *dots[0]), tuple(places.index(k) for k in (*along[1], *dots[1]))
    y = tensordot(a, windows, axes=shared)
    left = [k for k in range(ranks[0]) if k not in shared[0]]
    rest = [k for k in places if k not in (*along[1], *dots[1])]
    order = [*[k for k in rest if k >= 0], *[-1 - axis for axis in along[1]]]
    return permute_dims(y, (*range(len(left)), *(len(left) + rest.index(k) for k in order)))


def _numbered(axes: Axes, ranks: tuple[int, int]) -> list[list[int]]:
    return [[axis_of(k, rank) for k in some] for some, rank in zip(axes, ranks, strict=True)]


def _outputs(m: int, n: int, mode: str) -> Any:
    """Return which elements of the full convolution of lengths m and n are asked for."""
    if mode == "full":
        return np.arange(m + n - 1)
    if mode == "valid":
        return np.arange(min(m, n) - 1, max(m, n))
    return np.arange(m) + (n - 1) // 2
