"""Witch of Agnesi 1/(x² + 1) and a quotient with poles, (x² - 1)/(x - 3).

The quotient rule, with its sign that is easily swapped, and repeated quotients for the higher
orders. They exist because a rule for division that is wrong in the denominator's argument alone is
seen here at once, and because next to the pole at 3 the derivatives grow without losing digits.
"""

from diffcheck import Case, real


def witch_definition(x):
    return 1 / (x**2 + 1)


def quotient(xp, x):
    return 1 / (x * x + 1)


witch_of_agnesi = Case(
    witch_definition,
    programs=(quotient,),
    inputs={"x": real(-1e3, 1e3)},
    orders=(0, 1, 2),
    points=[{"x": 0.0}, {"x": 1.0}, {"x": -2.0}],
)


def pole_definition(x):
    return (x**2 - 1) / (x - 3)


def with_pole(xp, x):
    return (x - 1) * (x + 1) / (x - 3)


quotient_with_pole = Case(
    pole_definition,
    programs=(with_pole,),
    inputs={"x": real(-8, 8)},
    orders=(0, 1, 2),
    points=[{"x": 0.0}, {"x": 2.0}, {"x": 3.0078125}, {"x": 3.0}],
)
