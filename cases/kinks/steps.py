"""sign(x) x² and x - floor(x): steps whose own derivative is 0 everywhere else.

sign(x) x² is differentiable even at 0, with derivative 2|x| and a kink only in the second: nobody
may stumble over the jump of sign. The sawtooth x - floor(x) jumps at the integers; both one-sided
derivatives are 1 there, and yet it has no derivative. They exist because equal one-sided
derivatives are no proof of differentiability: the values must be compared as well.
"""

from diffcheck import Case, real, sym


def odd_square_definition(x):
    return sym.sign(x) * x**2


def with_sign(xp, x):
    return xp.sign(x) * x**2


def with_abs(xp, x):
    return xp.abs(x) * x


odd_square = Case(
    odd_square_definition,
    programs=(with_sign, with_abs),
    inputs={"x": real(-1e3, 1e3)},
    orders=(0, 1, 2),
    points=[{"x": 0.0}, {"x": 3.0}, {"x": -3.0}],
    slow=True,
)


def sawtooth_definition(x):
    return x - sym.floor(x)


def with_floor(xp, x):
    return x - xp.floor(x)


sawtooth = Case(
    sawtooth_definition,
    programs=(with_floor,),
    inputs={"x": real(-10, 10)},
    points=[{"x": 2.0}, {"x": 0.0}, {"x": 2.5}, {"x": -0.25}],
)
