"""The table of measured rounding bounds: `diffcheck study rounding` writes it."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files


@cache
def table() -> dict[str, dict[str, dict[str, float]]]:
    """Return the bounds in ulps, by backend, operation and dtype."""
    found: dict[str, dict[str, dict[str, float]]] = json.loads(
        files(__package__).joinpath("measured_rounding.json").read_text()
    )
    return found


def bound(backend: str, operation: str, dtype: str) -> float | None:
    """Return the bound on an operation's own error in ulps, None where it was not measured.

    >>> bound("jax", "no such operation", "float64") is None
    True
    """
    return table().get(backend, {}).get(operation, {}).get(dtype)
