"""(1 - cos x)/x²: a stable value whose derivative is not.

The half-angle form 2 sin²(x/2)/x² is the classical cure, and its value is right to the last digit.
Its derivative is not: sin(x)/x² and 4 sin²(x/2)/x³ agree in most digits near 0. Only the Taylor
polynomial is stable at every order.

It exists because a formula proved stable for f says nothing of the formula that AD derives from
it.
"""

from math import factorial

from diffcheck import Case, Defect, real, sym

TAYLOR = tuple((-1) ** k / factorial(2 * k + 2) for k in range(10))  # the next term is below 1e-21


def definition(x):
    return (1 - sym.cos(x)) / x**2


def naive(xp, x):
    return (1 - xp.cos(x)) / x**2


def half_angle(xp, x):
    return 2 * xp.sin(x / 2) ** 2 / x**2


def stable(xp, x):
    small = x < 1
    near, far = xp.where(small, x, 0.0), xp.where(small, 1.0, x)
    square = near**2
    series = 0.0 * square
    for coefficient in reversed(TAYLOR):
        series = series * square + coefficient
    return xp.where(small, series, 2 * xp.sin(far / 2) ** 2 / far**2)


versine_over_square = Case(
    definition,
    programs={"naive": naive, "half_angle": half_angle, "stable": stable},
    inputs={"x": real(1e-12, 3)},
    points=[{"x": 0.01}, {"x": 1e-8}, {"x": 1.0}],
    known_defects=[
        Defect(
            reason="1 - cos x cancels near 0: use the stable program",
            verdicts=("lost", "range", "wrong"),
            program="naive",
        ),
        Defect(
            reason="the two terms of the quotient rule cancel near 0, though the value is accurate",
            verdicts=("lost", "range", "wrong"),
            program="half_angle",
        ),
    ],
)
