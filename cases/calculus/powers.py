"""x^y with both variable, and x^x.

d/dx = y x^(y-1) and d/dy = x^y log x; in x^x both act at once, and at the minimum, 1/e, the
derivative is 0. They exist because a rule that treats the exponent as a constant is right in every
other case, and because the derivative in y must not be taken through log of a rounded power.
"""

from diffcheck import Case, real, sym


def power_definition(x, y):
    return x**y


def operator(xp, x, y):
    return x**y


def exponential(xp, x, y):
    return xp.exp(y * xp.log(x))


power = Case(
    power_definition,
    programs=(operator, exponential),
    inputs={"x": real(0.125, 8), "y": real(-4, 4)},
    orders=(0, 1, 2),
    points=[
        {"x": 2.0, "y": 3.0},
        {"x": 0.5, "y": -1.5},
        {"x": 1.0, "y": 2.0},
        {"x": 4.0, "y": 0.5},
    ],
)


def self_power_definition(x):
    return sym.exp(x * sym.log(x))


def self_operator(xp, x):
    return x**x


self_power = Case(
    self_power_definition,
    programs={"operator": self_operator},
    inputs={"x": real(0.0625, 8)},
    orders=(0, 1, 2),
    points=[{"x": 1.0}, {"x": 0.36787944117144233}, {"x": 2.0}],
    slow=True,
)
