"""sqrt(x² + y²): the squares leave the range long before the root does.

In float32 both squares are 0 at (3e-30, 4e-30), where the root is 5e-30, and the naive gradient
divides by it. The scaled form multiplies by a power of two that is constant in each of three
regions (Blue 1978, "A portable Fortran program to find the Euclidean norm of a vector"). Dividing
by the larger number, as libraries do, saves the value alone: the quotient rule squares it again.

It exists to separate overflow and underflow from wrong rules and lost digits: nothing is wrong
with the mathematics at such a point, and no operation cancels.
"""

from diffcheck import Case, Defect, real, sym

HUGE, TINY = 2.0**60, 2.0**-60  # squares of what lies between are in float32's range


def definition(x, y):
    return sym.sqrt(x**2 + y**2)


def naive(xp, x, y):
    return xp.sqrt(x**2 + y**2)


def library(xp, x, y):
    return xp.hypot(x, y)


def scaled(xp, x, y):
    largest = xp.maximum(x, y)
    scale = xp.where(largest > HUGE, TINY, xp.where(largest < TINY, HUGE, 1.0))
    return xp.sqrt((x * scale) ** 2 + (y * scale) ** 2) / scale


hypotenuse = Case(
    definition,
    programs=(naive, library, scaled),
    inputs={"x": real(1e-30, 1e30), "y": real(1e-30, 1e30)},
    points=[{"x": 3.0, "y": 4.0}, {"x": 3e-30, "y": 4e-30}, {"x": 3e25, "y": 4e25}],
    known_defects=[
        Defect(
            reason="the squares overflow or underflow in float32: use the scaled program",
            verdicts=("lost", "range"),
            program="naive",
            dtype="float32",
        ),
        Defect(
            reason="JAX divides by the larger number, and the quotient rule by its square",
            verdicts=("lost", "range"),
            program="library",
            backend="jax",
            dtype="float32",
        ),
    ],
)
