"""Domains as the op table writes them: intervals such as `(-1, inf)`, round ends left out."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

PATTERN: Final = re.compile(r"([\[(])(\S+), (\S+)([\])])")


@dataclass(frozen=True, slots=True)
class Interval:
    """The reals from `lower` to `upper`; an open end does not belong to it."""

    lower: float
    upper: float
    open_below: bool
    open_above: bool

    def __contains__(self, x: float) -> bool:
        above = x > self.lower if self.open_below else x >= self.lower
        return above and (x < self.upper if self.open_above else x <= self.upper)

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the greatest float64 inside, infinite where there is no end."""
        lower = math.nextafter(self.lower, math.inf) if self.open_below else self.lower
        upper = math.nextafter(self.upper, -math.inf) if self.open_above else self.upper
        return (
            lower if math.isfinite(self.lower) else self.lower,
            upper if math.isfinite(self.upper) else self.upper,
        )


def interval(text: str) -> Interval:
    """Return the interval that a domain's text names; `ValueError` if it names none.

    >>> 0.0 in interval("(0, inf)"), interval("[-1, 1]").ends
    (False, (-1.0, 1.0))
    """
    found = PATTERN.fullmatch(text)
    if not found:
        raise ValueError(f"expected an interval such as '(0, inf)', got {text!r}")
    below, lower, upper, above = found.groups()
    return Interval(float(lower), float(upper), below == "(", above == ")")


def domains(domain: str | tuple[str, ...], count: int) -> tuple[Interval, ...]:
    """Return the intervals of so many arguments; `ValueError` if they are of another number."""
    texts = (domain,) * count if isinstance(domain, str) else domain
    if len(texts) != count:
        raise ValueError(f"expected domains of {count} arguments, got {len(texts)}: {texts}")
    return tuple(map(interval, texts))
