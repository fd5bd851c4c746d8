"""The inputs of a case: real arrays with a domain."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A real array input; every component lies in the closed interval [lower, upper]."""

    lower: float
    upper: float
    shape: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        return prod(self.shape)


def real(
    lower: float = float("-inf"), upper: float = float("inf"), *, shape: tuple[int, ...] = ()
) -> Input:
    """Return a real input with a closed domain and a shape, `()` for a scalar.

    >>> real(-1, 1, shape=(5, 10)).size
    50
    """
    return Input(lower=float(lower), upper=float(upper), shape=tuple(shape))
