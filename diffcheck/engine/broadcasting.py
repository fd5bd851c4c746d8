"""Cotangents brought back to the shape of an operand that was broadcast."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, Final

import numpy as np

from diffcheck.engine.binding import plain_form
from diffcheck.engine.tensor import OPS, shape_of

KEEP_SMALL: Final[ContextVar[bool]] = ContextVar("keep_small", default=False)
"""Whether fewer elements stand for all here, too: where `compile` records what the sweep does."""


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


@plain_form(lambda g, _shape: g)  # over plain arrays the sweep lets fewer elements stand for all
def spread(g: Any, shape: tuple[int, ...]) -> Any:
    """Return a cotangent broadcast to the shape of its operand."""
    if shape_of(g) == shape or KEEP_SMALL.get():
        return g
    return OPS["broadcast_to"](g, shape=shape)


def unbroadcast_mask(mask: Any, shape: tuple[int, ...]) -> Any:
    """Return whether any element that broadcasting made of an operand's element is chosen."""
    if len(shape_of(mask)) < len(shape):
        return OPS["broadcast_to"](mask, shape=shape)
    return OPS["not_equal"](unbroadcast(OPS["astype"](mask, dtype=np.float64), shape), 0)
