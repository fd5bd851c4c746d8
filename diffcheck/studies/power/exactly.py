"""What a mutant changes, in exact arithmetic: decided from the two rules alone, by no verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal

import numpy as np
from flint import arb

from diffcheck.balls import Undecided, precision
from diffcheck.engine import ball_array, jvp, literal_rounding, vjp
from diffcheck.floats import FORMATS
from diffcheck.studies.power.rules import Mode
from diffcheck.studies.power.subjects import Subject

Effect = Literal["changed", "below the literals", "none", "undecided"]

BITS: Final = 400
NOTHING: Final = 2.0**-300  # relative: a difference that small, at 400 bits, is one of radii
ENTRIES: Final = (0.75, -1.25, 1.75, -0.625, 1.375)


def direction(y: Any) -> Any:
    """Return numbers of few bits in the shape and kind of an array, none of them ±1."""
    shape, dtype = np.shape(y), getattr(y, "dtype", np.dtype(np.float64))
    entries = np.resize(np.array(ENTRIES), shape)
    return ball_array(entries) if dtype.kind == "O" else entries.astype(dtype)[()]


def derivative(f: Callable[..., Any], x: Sequence[Any], mode: Mode) -> list[Any]:
    """Return the derivative's product with a fixed direction: Jᵀw for reverse mode, Jv else."""
    if mode == "jvp":
        return [jvp(f, tuple(x), tuple(map(direction, x)))[1]]
    y, pull = vjp(f, *x)
    return list(pull(direction(y)))


def enclosures(subject: Subject, dtype: str, *, rounding: bool) -> list[arb] | None:
    """Return the derivative at all points under the rules as they are, None where undecided.

    With `rounding` the program's literals have the radius that the format's rounding gives them.
    """
    found: list[arb] = []
    u = FORMATS[dtype].unit_roundoff if rounding else 0.0
    for point in subject.points:
        f = subject.function("float64", point)
        x = [ball_array(a) for a in subject.arrays(dtype, point)]
        with precision(BITS), literal_rounding(u), np.errstate(all="ignore"):
            try:
                for part in derivative(f, x, subject.site.mode):
                    found += list(ball_array(part).reshape(-1))
            except Undecided:
                return None
    return found


def effect(subject: Subject, dtype: str, right: Sequence[arb] | None) -> Effect:
    """Return what the rules as they are change of a right derivative, without literals' rounding.

    "below the literals": what they change is no more than the rounding of the program's literals.
    """
    wrong = enclosures(subject, dtype, rounding=False)
    rounded = enclosures(subject, dtype, rounding=True)
    if right is None or wrong is None or rounded is None:
        return "undecided"
    if len(wrong) != len(right):
        return "changed"
    words = {_effect(*balls) for balls in zip(right, wrong, rounded, strict=True)}
    ranked: tuple[Effect, ...] = ("changed", "below the literals", "none")
    return next(word for word in ranked if word in words)


def _effect(right: arb, wrong: arb, rounded: arb) -> Effect:
    if not right.is_finite() or not wrong.is_finite():
        return "none" if right.is_finite() == wrong.is_finite() else "changed"
    with precision(BITS):
        difference = abs(wrong - right)
        scale = max(abs(float(right.mid())), abs(float(wrong.mid())), 1e-300)
        if difference.contains(0) and float(difference.rad()) <= scale * NOTHING:
            return "none"
        radius = rounded.rad() if rounded.is_finite() else arb(float("inf"))
        return "changed" if difference > radius else "below the literals"
