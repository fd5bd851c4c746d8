"""sqrt(x) from 0 on: the derivative at 0 is infinite, and next to 0 it is huge but right.

It exists to separate the point where nothing can be right from its neighbours, where everything
must be: at 0 the verdict is undefined, at 1e-30 the derivative is 5e14 to the last digit.
"""

from diffcheck import Case, real, sym


def definition(x):
    return sym.sqrt(x)


def library(xp, x):
    return xp.sqrt(x)


def power(xp, x):
    return x**0.5


square_root = Case(
    definition,
    programs=(library, power),
    inputs={"x": real(0, 1e30)},
    points=[{"x": 0.0}, {"x": 1e-30}, {"x": 2.0}],
)
