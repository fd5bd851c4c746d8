"""How many operations a program of a case performs, counted once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from diffcheck.case import Case, Point, Quantity

Key = tuple[Case, Any, Quantity, str]
"""The case, the program's function, the quantity and the name of the format."""


class OperationCounts:
    """The counts that a backend knows."""

    def __init__(self) -> None:
        self._known: dict[Key, int] = {}

    def of(self, key: Key, points: Sequence[Point], count: Callable[[Point], int]) -> int:
        """Return the count, made at the first of the points when it is not known; 0 without any."""
        if key not in self._known and points:
            self._known[key] = count(points[0])
        return self._known.get(key, 0)

    def forget(self, case: Case) -> None:
        """Drop the counts of a case."""
        self._known = {key: n for key, n in self._known.items() if key[0] is not case}
