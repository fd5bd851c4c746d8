"""The rounding of a program's literals: as balls carry it through, and where it left nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np
from flint import arb

from diffcheck.programs import Program
from diffcheck.programs.exact import FLOATING

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


def holds_zeros(program: Program) -> bool:
    """Whether a float literal is 0, as one is that was too small for its format."""
    return any(_is_zero(value) for value in program.literals.values())


def with_lost_literals(narrow: Program, wide: Program) -> Program:
    """Return a program with the literals that became 0 in its format as a wider format has them.

    `wide` is the same program there; where its steps are others, nothing is replaced.
    """
    if _outline(narrow) != _outline(wide):
        return narrow
    lost = {
        slot: value
        for slot, value in wide.literals.items()
        if _is_zero(narrow.literals[slot]) and not _is_zero(value)
    }
    return replace(narrow, literals={**narrow.literals, **lost})


def _is_zero(value: Any) -> bool:
    if getattr(getattr(value, "dtype", None), "kind", "") not in FLOATING:
        return False  # no array, or of a kind that only the backend knows
    array = np.asarray(value)
    return array.size > 0 and not array.any()


def _outline(program: Program) -> Any:
    steps = [(getattr(s, "name", type(s)), s.operands, s.results) for s in program.steps]
    return steps, program.size, program.literals.keys()
