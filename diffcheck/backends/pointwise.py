"""What the backends share that compute point by point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diffcheck.backends.base import BackendError
from diffcheck.backends.blocks import join, split
from diffcheck.backends.forms import DEPTHS, leading_axes
from diffcheck.case import Case, Point, Quantity
from diffcheck.case.quantities import directions
from diffcheck.floats import Format

Function = Callable[..., Any]  # of one array per `wrt` input


def direction_arrays(
    case: Case, quantity: Quantity, dtype: np.dtype[Any]
) -> tuple[tuple[NDArray[Any], ...], NDArray[Any]]:
    """Return the directions v, one array per `wrt` input, and w, a vector."""
    v, w = directions(case.name, quantity.m, quantity.n)
    return split(v, case, dtype), w.astype(dtype)


def named(case: Case, x: Sequence[Any]) -> dict[str, Any]:
    """Return the `wrt` inputs by name."""
    return dict(zip(case.wrt, x, strict=True))


def flatten(result: Any, case: Case, quantity: Quantity, where: str) -> NDArray[Any]:
    """Return a transform's nested result in the quantity's shape."""
    sizes = [case.inputs[name].size for name in case.wrt]
    try:
        return join(result, leading_axes(quantity), sizes, DEPTHS[quantity.kind])
    except ValueError as error:
        raise BackendError(f"{where}: expected {quantity.size} numbers: {error}") from error


def at_points(
    one: Callable[[Point], Any],
    points: Sequence[Point],
    case: Case,
    quantity: Quantity,
    fmt: Format,
    where: str,
) -> NDArray[Any]:
    """Return the quantity at every point, a row for each, from a transform's nested results."""
    rows = [flatten(one(point), case, quantity, where)[None] for point in points]
    return np.concatenate([np.empty((0, *quantity.shape), dtype=fmt.dtype), *rows])


def require(got: Any, expected: Any, where: str) -> None:
    """Raise `BackendError` unless a dtype is the one expected."""
    if got != expected:
        raise BackendError(f"{where}: expected {expected}, got {got}")
