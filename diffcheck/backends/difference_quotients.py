"""Difference quotients of a function of a flat vector, along one to three directions.

`central` takes the step that balances truncation and rounding (Numerical Recipes §5.7; as SciPy's
`approx_derivative`, relative to max(1, |x|)); `richardson` extrapolates central quotients of halved
steps to 0 and keeps the entry of the least estimated error (Ridders 1982); `complex_step` is the
imaginary part of f(x + ih d) over h (Squire & Trapp 1998), of first order only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from diffcheck.backends.perturbed import perturbed
from diffcheck.floats import Format

Vector = NDArray[Any]
VectorFunction = Callable[[Vector], Vector]
Quotient = Callable[[VectorFunction, Vector, Sequence[Vector], Format], Vector]

_LEVELS: Final = 8  # of the extrapolation
_FIRST_STEP: Final = 0.125  # of the extrapolation, relative: it wants f to change


def _power_of_two(x: float) -> float:
    """Return the power of two below: steps that are exact, by which to divide is exact."""
    return math.ldexp(1.0, math.frexp(x)[1] - 1)


def _scale(x: Vector, direction: Vector) -> float:
    """Return max(1, |x|) over the coordinates that a direction moves."""
    moved = np.abs(x[direction != 0])
    return _power_of_two(max(1.0, float(moved.max(initial=1.0))))


def _quotient(
    f: VectorFunction, x: Vector, directions: Sequence[Vector], steps: Sequence[float], fmt: Format
) -> Vector:
    """Return the nested central quotient: Σ ±f(x ± h₁d₁ ± h₂d₂ …) / Π 2h."""
    scaled = [d * fmt.dtype.type(h) for d, h in zip(directions, steps, strict=True)]
    total: Any = 0
    for signs in product((1, -1), repeat=len(directions)):
        moved = x
        for sign, step in zip(signs, scaled, strict=True):
            moved = moved + step if sign > 0 else moved - step
        total = total + math.prod(signs) * f(moved)
    return np.asarray(total / fmt.dtype.type(math.prod(2 * h for h in steps)))


def central(f: VectorFunction, x: Vector, directions: Sequence[Vector], fmt: Format) -> Vector:
    """Return the central quotient; the rounding error u/h^k and the truncation h² balance."""
    h = _power_of_two((2 * fmt.unit_roundoff) ** (1 / (2 + len(directions))))
    return _quotient(f, x, directions, [h * _scale(x, d) for d in directions], fmt)


def richardson(f: VectorFunction, x: Vector, directions: Sequence[Vector], fmt: Format) -> Vector:
    """Return the entry of least estimated error in Ridders' tableau of halved steps."""
    scales = [_scale(x, d) for d in directions]
    best: Any = None
    error: Any = None
    previous: list[Vector] = []
    for level in range(_LEVELS):
        h = math.ldexp(_FIRST_STEP, -level)
        row = [_quotient(f, x, directions, [h * scale for scale in scales], fmt)]
        for column, left in enumerate(previous):
            weight = fmt.dtype.type(4.0 ** (column + 1))
            entry = (weight * row[-1] - left) / (weight - 1)
            estimate = np.maximum(abs(entry - row[-1]), abs(entry - left))
            better = estimate < error  # never where one of them is NaN
            best, error = np.where(better, entry, best), np.where(better, estimate, error)
            row.append(entry)
        if best is None:
            best, error = row[0], np.full(row[0].shape, np.inf)
        previous = row
    return np.asarray(best)


def complex_step(f: VectorFunction, x: Vector, directions: Sequence[Vector], fmt: Format) -> Vector:
    """Return Im f(x + ih d) / h: no difference is formed, so h can be as small as one likes."""
    (direction,) = directions
    moved = np.abs(x[(direction != 0) & (x != 0)])
    # Far below the unit roundoff, so that h² vanishes, and far above the least number.
    h = _power_of_two(float(moved.min(initial=1.0))) * 2.0 ** -(1.5 * fmt.precision // 1)
    h = max(h, float(fmt.smallest_normal))
    step = direction * fmt.dtype.type(h)
    return np.asarray(np.imag(f(perturbed(x, step))) / fmt.dtype.type(h))


QUOTIENTS: Final[dict[str, Quotient]] = {
    "central": central,
    "richardson": richardson,
    "complex-step": complex_step,
}
