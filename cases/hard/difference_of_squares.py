"""x² - y² against (x - y)(x + y).

The factored form has three roundings and no cancellation that matters; the squares agree in all
their leading digits when x and y do. With the derivatives it is the other way round: 2x and -2y
are exact for the squares, while the factored form gives (x - y) - (x + y), which loses y beside a
large x. It exists because a better formula for the value can be a worse one for its gradient.
"""

from diffcheck import Case, real


def definition(x, y):
    return x**2 - y**2


def naive(xp, x, y):
    return x**2 - y**2


def factored(xp, x, y):
    return (x - y) * (x + y)


difference_of_squares = Case(
    definition,
    programs={"naive": naive, "factored": factored},
    inputs={"x": real(1, 1e6), "y": real(1, 1e6)},
    orders=(0, 1),
    points=[
        {"x": 3.0, "y": 2.0},
        {"x": 1000001.0 / 8, "y": 1000000.0 / 8},
        {"x": 1.0000001192092896, "y": 1.0},
    ],
)
