"""1 - tanh(x)²: the derivative of tanh, as textbooks write it.

Beyond 9 in float32 and 19 in float64 tanh rounds to 1 and the difference to 0; 1 / cosh(x)² is the
same function, and as accurate as cosh.

It exists to show the digits before and after this advice.
"""

from diffcheck import Case, Defect, real, sym


def definition(x):
    return 1 / sym.cosh(x) ** 2


def naive(xp, x):
    return 1 - xp.tanh(x) ** 2


def stable(xp, x):
    return 1 / xp.cosh(x) ** 2


sech_squared = Case(
    definition,
    programs=(naive, stable),
    inputs={"x": real(-20, 20)},
    orders=(0, 1),
    points=[{"x": 1.0}, {"x": 6.0}, {"x": -12.0}],
    known_defects=[
        Defect(
            reason="tanh² is near 1, and 1 minus it cancels in both tails: use stable",
            verdicts=("lost", "range"),
            program="naive",
        ),
    ],
)
