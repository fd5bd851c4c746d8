"""Cotangents brought back to the shape of an operand that was broadcast."""

from __future__ import annotations

from typing import Any

import numpy as np

from diffcheck.engine.tensor import OPS, shape_of


def unbroadcast(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum a cotangent over the axes that broadcasting added or stretched."""
    have = shape_of(g)
    if have == shape:
        return g
    added = len(have) - len(shape)
    if added < 0 or have != np.broadcast_shapes(have, shape):
        return OPS["broadcast_to"](g, shape=shape)  # a constant rule that did not look at x
    stretched = tuple(
        axis for axis, length in enumerate(have) if axis < added or shape[axis - added] != length
    )
    return OPS["reshape"](OPS["sum"](g, axis=stretched, keepdims=False), shape=shape)


def unbroadcast_mask(mask: Any, shape: tuple[int, ...]) -> Any:
    if mask.shape == shape:
        return mask
    added = mask.ndim - len(shape)
    if added < 0:
        return np.broadcast_to(mask, shape)
    axes = tuple(a for a in range(mask.ndim) if a < added or shape[a - added] != mask.shape[a])
    return np.any(mask, axis=axes).reshape(shape)
