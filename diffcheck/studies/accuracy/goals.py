"""What is asked of the engine's derivatives, and what misses it for a known reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from diffcheck.studies.accuracy.truths import Component
from diffcheck.studies.accuracy.walk import Row

OF_UFUNC, OF_OTHERS, OF_SECOND = 2.0, 4.0, 16.0  # ulps
Key = tuple[str, str, int]  # op, format, order of the derivative


def limit(row: Row) -> float:
    """Return the ulps that a derivative may be off: 2 where NumPy has the op, 4, 16 for order 2."""
    if row.order > 1:
        return OF_SECOND
    return OF_UFUNC if row.elementary else OF_OTHERS


def misses(row: Row) -> bool:
    """Whether the engine's worst error is beyond the limit."""
    return row.engine.ulps > limit(row)


def key(row: Row) -> Key:
    """Return what a declaration of a miss names."""
    return row.op, row.format, row.order


@dataclass(frozen=True, slots=True)
class Miss:
    """A declared miss: why, and a derivative at a point that shows it."""

    reason: str
    component: Component
    point: tuple[float, ...]


# Strict: one that is not found any more is to be taken out.
DECLARED: Final[dict[Key, Miss]] = {
    ("exp", "float32", 1): Miss(
        reason="the value itself, by NumPy's exp; by way of float64 it would take four times as"
        " long",
        component=(0,),
        point=(-0.3213483,),
    ),
    ("tanh", "float64", 1): Miss(
        reason="1 + e(2 + e) is rounded once; to make that good would cost a small network a tenth"
        " of its gradient's time",
        component=(0,),
        point=(2.4231519909570287,),
    ),
    ("pow", "float64", 1): Miss(
        reason="x^y, its quotient by x, since y - 1 would be rounded, and the product with y round"
        " once each",
        component=(0,),
        point=(0.9693079188322667, -0.003643493139794831),
    ),
}
