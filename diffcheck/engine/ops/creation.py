"""Arrays made of numbers that may be traced: evenly and geometrically spaced, constant, windows."""

from __future__ import annotations

from typing import Any

import numpy as np

from diffcheck.engine.ball_trace import is_ball
from diffcheck.engine.ops.arithmetic import sqrt
from diffcheck.engine.ops.choices import where
from diffcheck.engine.ops.exponential import exp, log
from diffcheck.engine.ops.joining import asarray
from diffcheck.engine.ops.manipulation import astype, broadcast_to, moveaxis
from diffcheck.engine.ops.powers import pow as pow_
from diffcheck.engine.ops.special_bessel import i0
from diffcheck.engine.tensor import base, shape_of
from diffcheck.engine.values import full_like as like


def full(
    shape: int | tuple[int, ...], fill_value: Any, dtype: Any = None, *, device: Any = None
) -> Any:
    """Return an array of one value, or of an array's values repeated."""
    del device  # there is one
    size = (shape,) if isinstance(shape, int) else tuple(shape)
    y = broadcast_to(asarray(fill_value), size)
    return y if dtype is None else astype(y, dtype)


Shape = int | tuple[int, ...]


def _made_like(x: Any, number: int, dtype: Any, shape: Shape | None) -> Any:
    if dtype is None and shape is None:
        return like(x, number)
    size = shape_of(x) if shape is None else shape
    return np.full(size, number, dtype=base(x).dtype if dtype is None else dtype)


def zeros_like(x: Any, dtype: Any = None, *, shape: Shape | None = None, device: Any = None) -> Any:
    """Return zeros in the shape and kind of x, unless another is asked for."""
    del device  # there is one
    return _made_like(x, 0, dtype, shape)


def empty_like(x: Any, dtype: Any = None, *, shape: Shape | None = None, device: Any = None) -> Any:
    """Return an array in the shape and kind of x with any contents, here zeros."""
    return zeros_like(x, dtype, shape=shape, device=device)


def ones_like(x: Any, dtype: Any = None, *, shape: Shape | None = None, device: Any = None) -> Any:
    """Return ones in the shape and kind of x, unless another is asked for."""
    del device  # there is one
    return _made_like(x, 1, dtype, shape)


def full_like(
    x: Any,
    fill_value: Any,
    dtype: Any = None,
    *,
    shape: Shape | None = None,
    device: Any = None,
) -> Any:
    """Return one value in the shape and dtype of x, unless another is asked for."""
    del device  # there is one
    if dtype is None and not is_ball(x):
        dtype = base(x).dtype
    return full(shape_of(x) if shape is None else shape, fill_value, dtype)


def _steps(num: int, *, endpoint: bool, like: Any) -> Any:
    """Return the fractions 0 to 1 of `linspace`, in the dtype of an end."""
    dtype = base(like).dtype if hasattr(base(like), "dtype") else np.dtype(np.float64)
    count = num - 1 if endpoint else num
    exact = np.float64 if dtype.kind in "OV" else dtype
    return np.arange(num).astype(exact) / max(count, 1)


def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    *,
    dtype: Any = None,
    axis: int = 0,
    device: Any = None,
) -> Any:
    """Return evenly spaced numbers from start to stop, both differentiable, or also their step."""
    del device  # there is one
    like = start if shape_of(start) or hasattr(base(start), "dtype") else stop
    t = _steps(num, endpoint=endpoint, like=like)
    shape = np.broadcast_shapes(shape_of(start), shape_of(stop))
    t = t.reshape((num,) + (1,) * len(shape))
    y = start * (1 - t) + stop * t  # both ends exactly
    y = moveaxis(y, 0, axis) if axis else y
    y = y if dtype is None else astype(y, dtype)
    return (y, (stop - start) / (num - 1 if endpoint else num)) if retstep else y


def logspace(
    start: Any, stop: Any, num: int = 50, *, endpoint: bool = True, base: Any = 10.0
) -> Any:
    """Return powers of a base with evenly spaced exponents."""
    return pow_(base, linspace(start, stop, num, endpoint=endpoint))


def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True) -> Any:
    """Return a geometric progression from start to stop, of one sign both."""
    ratio = linspace(0 * start, log(stop / start), num, endpoint=endpoint)
    return start * exp(ratio)


def kaiser(M: int, beta: Any) -> Any:
    """Return the Kaiser window of M points; differentiable in its shape, beta."""
    r = 2 * _steps(M, endpoint=True, like=beta) - 1
    inside = sqrt(where(np.abs(r) < 1, 1 - r * r, 0))
    return i0(beta * inside) / i0(beta)
