"""Densities that are 0 outside their support."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from diffcheck.engine.ops.choices import where
from diffcheck.engine.ops.comparison import greater_equal, less_equal, logical_and


def on_interval(
    f: Callable[[Any], Any], x: Any, high: float = np.inf, *, below: float, above: float, at: float
) -> Any:
    """Return f(x) from 0 to `high`, constants below and above; `at` is any point inside."""
    reached, not_passed = greater_equal(x, 0), less_equal(x, high)
    inside = logical_and(reached, not_passed)
    y = f(where(inside, x, at))
    return where(reached, where(not_passed, y, above), below)
