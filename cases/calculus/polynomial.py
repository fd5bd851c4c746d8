"""x³ - 6x² + 11x - 6 in powers and by Horner's rule, to the third derivative.

The first function of every calculus course: 3x² - 12x + 11, 6x - 12, 6. It exists as the plainest
case there is, where the third derivative is a constant and must be exact; and because near the
roots 1, 2 and 3 even a cubic is ill-conditioned.
"""

from diffcheck import Case, real


def definition(x):
    return x**3 - 6 * x**2 + 11 * x - 6


def powers(xp, x):
    return x**3 - 6 * x**2 + 11 * x - 6


def horner(xp, x):
    return ((x - 6) * x + 11) * x - 6


cubic_polynomial = Case(
    definition,
    programs=(powers, horner),
    inputs={"x": real(-10, 10)},
    orders=(0, 1, 2, 3),
    points=[{"x": 0.0}, {"x": 2.0}, {"x": 1.0}, {"x": 2.5}],
    slow=True,
)
