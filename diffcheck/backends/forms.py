"""The nested form in which transforms give a quantity: one level per derivative axis."""

from __future__ import annotations

from typing import Final

from diffcheck.case import Quantity
from diffcheck.case.quantities import Kind

# How deep the tuples over the `wrt` inputs are nested: the count of trailing "n" axes.
DEPTHS: Final[dict[Kind, int]] = {
    "value": 0,
    "gradient": 1,
    "jacobian": 1,
    "jvp": 0,
    "vjp": 1,
    "hessian": 2,
    "hvp": 1,
    "third": 3,
}


def leading_axes(quantity: Quantity) -> tuple[int, ...]:
    """Return the shape of a result in front of its derivative axes: the outputs, or nothing."""
    return quantity.shape[: len(quantity.shape) - DEPTHS[quantity.kind]]
