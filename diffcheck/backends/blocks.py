"""Points as blocks of arrays: what a vectorising backend takes, and what it gives back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from diffcheck.case import Case, Point, Quantity
from diffcheck.floats import Format

BLOCK: Final = 64  # points in a block of a small case: all that it usually has
LARGE: Final = 4096  # numbers per point beyond which blocks shrink

Arrays = dict[str, NDArray[Any]]


def inputs_at(case: Case, point: Point, fmt: Format) -> Arrays:
    """Return every input at a point in the format's dtype and the input's own shape."""
    return {
        name: np.asarray(point.values[name]).astype(fmt.dtype).reshape(spec.shape)
        for name, spec in case.inputs.items()
    }


def block_length(case: Case, quantity: Quantity) -> int:
    """Return how many points to compute at once: a power of two, fixed per case and quantity.

    Every batch length compiles anew, so the length must not depend on the count of points.
    """
    numbers = sum(spec.size for spec in case.inputs.values()) + quantity.m * quantity.n
    fitting = BLOCK * LARGE // max(numbers, quantity.size, LARGE)
    return 1 << (max(fitting, 1).bit_length() - 1)


def blocks(
    case: Case, points: Sequence[Point], fmt: Format, length: int
) -> Iterator[tuple[Arrays, int]]:
    """Yield stacked inputs, `length` points each, and how many of those points are real.

    The last block is filled up with copies of its last point.
    """
    for start in range(0, len(points), length):
        block = [inputs_at(case, point, fmt) for point in points[start : start + length]]
        filled = block + [block[-1]] * (length - len(block))
        yield {name: np.stack([p[name] for p in filled]) for name in case.inputs}, len(block)


def split(flat: NDArray[Any], case: Case, dtype: np.dtype[Any]) -> tuple[NDArray[Any], ...]:
    """Cut a vector of length n into arrays of the `wrt` inputs' shapes."""
    sizes = [case.inputs[name].size for name in case.wrt]
    parts = np.split(flat.astype(dtype), np.cumsum(sizes)[:-1])
    return tuple(
        part.reshape(case.inputs[name].shape) for part, name in zip(parts, case.wrt, strict=True)
    )


def join(parts: Any, lead: tuple[int, ...], sizes: Sequence[int], axes: int) -> NDArray[Any]:
    """Invert `split` along each of the last `axes` axes: nested parts become one array.

    `parts` is nested `axes` deep, one level per derivative; a part has shape
    `lead + (any shape of sizes[i] numbers) + …`. The result has shape `lead + (n,) * axes`.
    """
    return _join(parts, lead, sizes, axes, ())


def _join(
    parts: Any, lead: tuple[int, ...], sizes: Sequence[int], axes: int, done: tuple[int, ...]
) -> NDArray[Any]:
    if axes == 0:
        return np.asarray(parts).reshape(lead + done)
    joined = [
        _join(part, lead, sizes, axes - 1, (*done, size))
        for part, size in zip(parts, sizes, strict=True)
    ]
    return np.concatenate(joined, axis=len(lead) + len(done))
