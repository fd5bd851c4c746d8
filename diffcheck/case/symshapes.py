"""Making, shaping and joining arrays of SymPy expressions, under the array API's names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import sympy

from diffcheck.case.symarrays import array, unwrap


def _on_objects(function: Callable[..., Any]) -> Callable[..., Any]:
    """Run a NumPy function of one array, which only moves elements, on expressions."""

    def moved(x: Any, *args: Any, **kwargs: Any) -> Any:
        return unwrap(np.asarray(function(np.asarray(array(x)), *args, **kwargs), dtype=object))

    moved.__name__ = function.__name__
    moved.__doc__ = f"As `numpy.{function.__name__}`."
    return moved


reshape = _on_objects(np.reshape)
permute_dims = transpose = _on_objects(np.transpose)
matrix_transpose = _on_objects(np.matrix_transpose)
expand_dims = _on_objects(np.expand_dims)
squeeze = _on_objects(np.squeeze)
broadcast_to = _on_objects(np.broadcast_to)
flip = _on_objects(np.flip)
roll = _on_objects(np.roll)
take = _on_objects(np.take)


def concat(arrays: Sequence[Any], axis: int | None = 0) -> Any:
    """Join arrays along an axis they have; None flattens them first."""
    return unwrap(np.concatenate([np.asarray(array(x)) for x in arrays], axis=axis))


def stack(arrays: Sequence[Any], axis: int = 0) -> Any:
    """Join arrays along a new axis."""
    return unwrap(np.stack([np.asarray(array(x)) for x in arrays], axis=axis))


def zeros(shape: int | tuple[int, ...]) -> Any:
    """Return an array of the integer 0."""
    return array(np.zeros(shape, dtype=np.int64))


def ones(shape: int | tuple[int, ...]) -> Any:
    """Return an array of the integer 1."""
    return array(np.ones(shape, dtype=np.int64))


def eye(n: int) -> Any:
    """Return the identity matrix."""
    return array(np.eye(n, dtype=np.int64))


def arange(*bounds: int) -> Any:
    """Return the integers of a range."""
    return array(np.arange(*bounds))


def tril(x: Any, k: int = 0) -> Any:
    """Return the lower triangle, with the integer 0 above it."""
    return _masked(x, lambda i, j: j - i <= k)


def triu(x: Any, k: int = 0) -> Any:
    """Return the upper triangle, with the integer 0 below it."""
    return _masked(x, lambda i, j: j - i >= k)


def _masked(x: Any, keep: Callable[[int, int], bool]) -> Any:
    result = np.asarray(array(x)).copy()
    for index in np.ndindex(result.shape):
        if not keep(*index[-2:]):
            result[index] = sympy.Integer(0)
    return unwrap(result)
