"""sqrt(x² + y²): the squares leave the range long before the root does.

In float32 both squares are 0 at (3e-30, 4e-30), where the root is 5e-30, and the naive gradient
divides by it. It exists to separate overflow and underflow from wrong rules and lost digits: at
such a point nothing is wrong with the mathematics and no operation cancels.
"""

from diffcheck import Case, Defect, real, sym


def definition(x, y):
    return sym.sqrt(x**2 + y**2)


def naive(xp, x, y):
    return xp.sqrt(x**2 + y**2)


def library(xp, x, y):
    return xp.hypot(x, y)


def scaled(xp, x, y):
    scale = xp.maximum(x, y)
    ratio = xp.minimum(x, y) / scale
    return scale * xp.sqrt(1 + ratio**2)


hypotenuse = Case(
    definition,
    programs={"naive": naive, "library": library, "scaled": scaled},
    inputs={"x": real(1e-30, 1e30), "y": real(1e-30, 1e30)},
    wrt=("x", "y"),
    orders=(0, 1),
    points=[{"x": 3.0, "y": 4.0}, {"x": 3e-30, "y": 4e-30}, {"x": 3e25, "y": 4e25}],
    known_defects=[
        Defect(
            reason="the squares overflow or underflow in float32: use hypot",
            verdicts=("lost", "range", "wrong"),
            program="naive",
            dtype="float32",
        ),
    ],
)
