"""What the exact forms have in common: reading parameters, telling floats, moving elements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cmp_to_key, wraps
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from diffcheck import engine
from diffcheck.balls import exact, is_equal
from diffcheck.engine.ops.comparison import ball_less
from diffcheck.engine.ops.manipulation import reshape
from diffcheck.engine.tensor import Tensor
from diffcheck.programs.exact import exactly

xp: Final[Any] = engine  # its names are listed at run time
NOWHERE: Final = -1  # in an array of positions: no element, the fill value


def is_float(x: Any) -> bool:
    """Whether a value is a tensor of balls, or else a NumPy array known exactly."""
    return isinstance(x, Tensor)


def balls_of(x: Any) -> NDArray[Any]:
    """Return the innermost object array of balls, for decisions and nothing that is derived."""
    value = x
    while isinstance(value, Tensor):
        value = value.value
    return np.asarray(value, dtype=object)


def mapped(function: Callable[[Any], Any], x: Any, dtype: Any) -> NDArray[Any]:
    """Return what a function decides of each ball, as an array that is known exactly."""
    return np.asarray(np.frompyfunc(function, 1, 1)(balls_of(x))).astype(dtype)


def whole(x: Any) -> NDArray[Any]:
    """Return balls that are integers as an integer array; raises `Undecided` for others."""

    def one(ball: Any) -> int:
        nearest = round(float(ball.mid()))
        if not is_equal(ball, exact(nearest)):
            raise ValueError(f"{ball} is not an integer")
        return nearest

    return mapped(one, x, np.int64)


def positions(shape: Sequence[int]) -> NDArray[np.int64]:
    """Return an array of this shape that holds each element's position in C order."""
    return np.arange(np.prod(shape, dtype=np.int64)).reshape(shape)


def taken(sources: Sequence[Any], at: Any, fill: float = 0.0) -> Any:
    """Return elements by their positions in the sources laid end to end; `fill` at `NOWHERE`."""
    flat = [x if len(x.shape) == 1 else reshape(x, (-1,)) for x in sources]
    at = np.asarray(at)
    if (at == NOWHERE).any():
        size = sum(int(np.prod(x.shape)) for x in sources)
        filler = np.full(1, fill)
        flat.append(exactly(filler) if is_float(sources[0]) else filler.astype(sources[0].dtype))
        at = np.where(at == NOWHERE, size, at)
    joined = flat[0] if len(flat) == 1 else xp.concat(flat)
    # A plain element of an object array is a bare ball: taken as a vector, then given its shape.
    return reshape(joined[at.reshape(-1)], at.shape)


def move(arrange: Callable[..., NDArray[Any]]) -> Callable[..., Any]:
    """Turn a function that rearranges one NumPy array into one of tensors too."""

    @wraps(arrange)
    def apply(x: Any, **params: Any) -> Any:
        if not is_float(x):
            return arrange(np.asarray(x), **params)
        return taken([x], np.asarray(arrange(positions(x.shape), **params)))

    return apply


def order_of(row: Any) -> list[int]:
    """Return the stable order of balls, ascending; raises `Undecided` where they overlap."""

    def compare(i: int, j: int) -> int:
        return -1 if ball_less(row[i], row[j]) else int(ball_less(row[j], row[i]))

    return sorted(range(len(row)), key=cmp_to_key(compare))
