"""exp(x) - 1 near 0, where it cancels, and at -40, where its derivative is tiny.

The library's expm1 cures the value; but JAX before 0.12 writes the derivative as expm1(x) + 1,
which is 0 below -37 (-17 in float32). The stable form subtracts 1 where nothing cancels.

It exists to tell two defects apart: naive loses the value near 0 and keeps every derivative, the
library keeps the value and loses the derivatives in the left tail.
"""

from diffcheck import Case, Defect, real, sym


def definition(x):
    return sym.exp(x) - 1


def naive(xp, x):
    return xp.exp(x) - 1


def library(xp, x):
    return xp.expm1(x)


def stable(xp, x):
    low = x < -1
    return xp.where(low, xp.exp(xp.where(low, x, 0.0)) - 1, xp.expm1(xp.where(low, 0.0, x)))


exponential_minus_one = Case(
    definition,
    programs=(naive, library, stable),
    inputs={"x": real(-80, 80)},
    points=[{"x": 1e-8}, {"x": -17.0}, {"x": -40.0}, {"x": 1.0}],
    known_defects=[
        Defect(
            reason="exp(x) rounds to 1 near 0, and the subtraction leaves nothing",
            verdicts=("lost", "range"),
            program="naive",
            quantity="value",
        ),
        Defect(
            reason="JAX before 0.12 differentiates expm1 as expm1(x) + 1, which rounds to 0",
            verdicts=("lost", "range"),
            program="library",
            backend="jax",
            versions="jax<0.12",
        ),
    ],
)
