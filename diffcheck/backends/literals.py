"""The rounding of a program's literals, as far as balls can carry it through a long program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flint import arb

SMALL_ROUNDING: Final = 2.0**-64  # of literals, to find what their rounding does to first order


def with_rounded_literals(enclose: Callable[[float], list[arb]], roundoff: float) -> list[arb]:
    """Return the balls of `enclose(roundoff)`, where literals have the relative radius `roundoff`.

    Where that alone makes a long program's ball infinite (an interval for a variance that reaches
    0), the radius is to first order in the rounding.
    """
    balls = enclose(roundoff)
    if all(ball.is_finite() for ball in balls):
        return balls
    small = enclose(roundoff * SMALL_ROUNDING)
    return [
        ball if ball.is_finite() else arb(first.mid(), first.rad() / SMALL_ROUNDING)
        for ball, first in zip(balls, small, strict=True)
    ]
