"""sin(cos(tan x)) and exp(-exp(-exp x)): functions of functions of functions.

Near π/2 the tangent swings the cosine arbitrarily fast, so that the error of the argument is
amplified as the mathematics says: ill-conditioned, and nobody's fault. The second is a thrice
iterated exponential that is flat at one end. They exist to show the chain rule three deep with
factors of very different sizes.
"""

from diffcheck import Case, real, sym


def waves_definition(x):
    return sym.sin(sym.cos(sym.tan(x)))


def waves(xp, x):
    return xp.sin(xp.cos(xp.tan(x)))


nested_trigonometric = Case(
    waves_definition,
    programs={"plain": waves},
    inputs={"x": real(-1.5, 1.5)},
    orders=(0, 1, 2),
    points=[{"x": 0.0}, {"x": 0.5}, {"x": 1.25}, {"x": 1.5}],
)


def gompertz_definition(x):
    return sym.exp(-sym.exp(-sym.exp(x)))


def gompertz(xp, x):
    return xp.exp(-xp.exp(-xp.exp(x)))


nested_exponential = Case(
    gompertz_definition,
    programs={"plain": gompertz},
    inputs={"x": real(-8, 3)},
    orders=(0, 1, 2),
    points=[{"x": 0.0}, {"x": 1.0}, {"x": -4.0}],
)
