"""What is asked of the engine's derivatives, and what misses it for a known reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from diffcheck.floats import FORMATS
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


_BETA = "B and ψ(a) - ψ(a + b) leave the range one by one, where their product does not"
_CARLSON = "SciPy's Carlson integral underflows early; the derivative is subnormal"
_LARGEST = "a + b overflows; the derivative is subnormal"
_OWEN = "two terms cancel at h = ±1, a root for small a"
_GREATEST = {name: float(fmt.max) for name, fmt in FORMATS.items()}
# Strict: one that is not found any more is to be taken out.
DECLARED: Final[dict[Key, Miss]] = {
    ("beta", "float32", 2): Miss(_BETA, (0, 0), (2.0**-23, 2.0**-149)),
    ("beta", "float64", 2): Miss(_BETA, (0, 1), (2.5862281576369043e-141, 8.323728108020227e-114)),
    ("betaln", "float32", 2): Miss(_LARGEST, (0, 1), (_GREATEST["float32"],) * 2),
    ("betaln", "float64", 2): Miss(_LARGEST, (0, 1), (_GREATEST["float64"],) * 2),
    ("ellipk", "float64", 1): Miss(_CARLSON, (0,), (-3.6165719341061e210,)),
    ("ellipkm1", "float64", 1): Miss(_CARLSON, (0,), (8.824730259695e206,)),
    ("owens_t", "float32", 2): Miss(_OWEN, (0, 0), (-1.0, -(2.0**-23))),
    ("owens_t", "float64", 2): Miss(_OWEN, (0, 0), (-1.0, -(2.0**-52))),
}
