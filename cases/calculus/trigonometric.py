"""sin(x) eˣ/(x² + 1), and tan x up to near its pole.

The first needs the product, quotient and chain rules at once, to the third order. The second grows
like 1/(π/2 - x), and its derivative 1 + tan² x like the square of that. They exist as the cases a
textbook would choose, and because tan' by way of sin/cos has another rounding than tan' = 1 +
tan².
"""

from diffcheck import Case, real, sym


def product_definition(x):
    return sym.sin(x) * sym.exp(x) / (x**2 + 1)


def plain(xp, x):
    return xp.sin(x) * xp.exp(x) / (x * x + 1)


sine_exponential_quotient = Case(
    product_definition,
    programs=(plain,),
    inputs={"x": real(-6, 6)},
    orders=(0, 1, 2, 3),
    points=[{"x": 0.0}, {"x": 1.0}, {"x": 3.140625}],
    slow=True,
)


def tangent_definition(x):
    return sym.tan(x)


def library(xp, x):
    return xp.tan(x)


def ratio(xp, x):
    return xp.sin(x) / xp.cos(x)


tangent = Case(
    tangent_definition,
    programs=(library, ratio),
    inputs={"x": real(-1.57, 1.57)},
    points=[{"x": 0.0}, {"x": 1.0}, {"x": 1.57}],
)
