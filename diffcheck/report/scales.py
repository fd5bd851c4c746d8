"""Axes for inputs that range over all floats: linear, or logarithmic with a sign."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_GAP: Final = 0.12  # between zero and the least magnitude, in the units of `_stretch`
_EXPONENTS: Final = (0, -3, -10, -30, -100, -300, 3, 10, 30, 100, 300, 1, 2, -1, -2, -5, -20, 20)
_SUPERSCRIPT: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Scale:
    """Positions along an axis: the number itself where `lowest` is None, else a signed logarithm.

    `lowest` is the least decimal exponent drawn; zero stands just below it.
    """

    lowest: float | None

    def position(self, x: float) -> float:
        """Return where x is drawn; increasing in x."""
        if self.lowest is None or x == 0:
            return x
        exponent = max(math.log10(abs(x)), self.lowest)
        return math.copysign(_stretch(exponent) - _stretch(self.lowest) + _GAP, x)

    def ticks(self, low: float, high: float) -> list[tuple[float, str]]:
        """Return positions and labels of round numbers in [low, high]; none for a linear axis.

        0 and ±1 go first; a label that would touch another is left out.
        """
        if self.lowest is None:
            return []
        left, right = self.position(low), self.position(high)
        chosen: list[tuple[float, str]] = [(0.0, "0")] if low <= 0 <= high else []
        for exponent in (e for e in _EXPONENTS if e >= (self.lowest or 0)):
            for sign in (1, -1):
                tick = (self.position(sign * 10.0**exponent), power_of_ten(exponent, sign))
                apart = all(_are_apart(tick, other, right - left) for other in chosen)
                if left <= tick[0] <= right and apart:
                    chosen.append(tick)
        return sorted(chosen)


def _are_apart(a: tuple[float, str], b: tuple[float, str], width: float) -> bool:
    """Whether two labels leave a gap, each character being 1/45 of the axis wide."""
    needed = (len(a[1]) + len(b[1])) / 2 / 45 + 0.03
    return abs(a[0] - b[0]) >= needed * width


def scale_of(xs: Iterable[float]) -> Scale:
    """Return a linear scale if most magnitudes are within a factor of 1000, else a logarithmic one.

    On a linear scale the few tiny numbers all stand at zero.
    """
    magnitudes = sorted(abs(x) for x in xs)
    nonzero = [m for m in magnitudes if m > 0]
    if not nonzero or magnitudes[len(magnitudes) // 2] >= magnitudes[-1] / 1000:
        return Scale(None)
    return Scale(math.log10(nonzero[0]))


def power_of_ten(exponent: int, sign: int = 1) -> str:
    """Return `−10⁻³`, in characters that every font has.

    >>> power_of_ten(-3, -1), power_of_ten(0), power_of_ten(1)
    ('−10⁻³', '1', '10')
    """
    magnitude = {0: "1", 1: "10"}.get(exponent, f"10{str(exponent).translate(_SUPERSCRIPT)}")
    return f"−{magnitude}" if sign < 0 else magnitude


def _stretch(exponent: float) -> float:
    """Give the decades around 1 more room than those near the ends of the format's range."""
    return math.asinh(exponent / 8)
