"""Functions that emitted programs call: what NumPy has no single function for."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def keep(x: Array, bits: Array, fill: Array | None, out: Array) -> Array:
    """Write to `out` the elements of x where `bits` is all ones, those of `fill` elsewhere.

    Both are integers as wide as the elements of x, `fill` 0 where `bits` is not; None stands for
    zeros. A choice by branches costs three times as much.
    """
    target = out.view(bits.dtype)
    np.bitwise_and(x.view(bits.dtype), bits, target)
    if fill is not None:
        np.bitwise_or(target, fill, target)
    return out


def kept_bits(mask: Array, fill: Any, dtype: np.dtype[Any]) -> tuple[Array, Array | None]:
    """Return the integers that `keep` wants, for a constant mask and a number to fill with."""
    integer = np.dtype(f"i{dtype.itemsize}")
    bits = np.where(mask, integer.type(-1), integer.type(0))
    pattern = np.asarray(fill, dtype=dtype).view(integer)
    return bits, np.where(mask, integer.type(0), pattern) if pattern != 0 else None


def scattered(g: Any, index: Any, out: Array) -> Array:
    """Write g to some elements of `out`, 0 to the others; no element is named twice."""
    out.fill(0)
    out[index] = g
    return out


def accumulated(p: Array, g: Any, index: Any, out: Array) -> Array:
    """Add g to some elements of p; no element is named twice. `out` may be p."""
    if out is not p:
        np.copyto(out, p)
    out[index] += g
    return out


def accumulated_at(p: Array, g: Any, index: Any, out: Array) -> Array:
    """Add g to elements of p that may be named more than once. `out` may be p."""
    if out is not p:
        np.copyto(out, p)
    np.add.at(out, index, g)
    return out


def assembled(parts: tuple[Array, ...], indices: tuple[Any, ...], whole: bool, out: Array) -> Array:
    """Write parts to their places, 0 to what they leave of `out` unless they are the whole of it.

    A part may have another shape than its place, of which that is a view.
    """
    if not whole:
        out.fill(0)
    for part, index in zip(parts, indices, strict=True):
        place = out[index]
        if place.shape != part.shape and place.size == part.size:
            place = place.reshape(part.shape)
        place[...] = part
    return out


def sech2(x: float) -> float:
    """Return 1/cosh(x)², as `ops.stable.sech2` does for arrays."""
    e = math.exp(-2 * abs(x))
    return 4 * e / (1 + e * (2 + e))


def expit(x: float) -> float:
    """Return 1/(1 + exp(-x)), as `ops.special_forward.expit` does for arrays."""
    e = math.exp(-abs(x))
    return 1 / (1 + e) if x >= 0 else e / (1 + e)


def softplus(x: float) -> float:
    """Return log(1 + exp(x)), as `ops.special_forward.softplus` does for arrays."""
    return (x if x > 0 else 0.0) + math.log1p(math.exp(-abs(x)))
