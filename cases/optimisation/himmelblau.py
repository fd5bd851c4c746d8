"""Himmelblau's function (x² + y - 11)² + (x + y² - 7)²: four minima, one of them at (3, 2).

Himmelblau 1972, "Applied nonlinear programming". At (3, 2) value and gradient are exactly 0, and
an absolute error is all one can speak of. It exists to try the verdict where the truth is 0, and
where cancellation is what a minimum means.
"""

from diffcheck import Case, real


def definition(x, y):
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def plain(xp, x, y):
    return (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2


himmelblau = Case(
    definition,
    programs=(plain,),
    inputs={"x": real(-6, 6), "y": real(-6, 6)},
    orders=(0, 1, 2),
    points=[{"x": 3.0, "y": 2.0}, {"x": 0.0, "y": 0.0}, {"x": -2.805118, "y": 3.131312}],
)
