"""sin(1/x) towards 0: an ill-conditioned problem, not a bad program.

At x = 1e-4 the argument is known to 10^4 times an ulp, and so is everything after it: whoever
rounds x once cannot do better. It exists so that the checker can be seen to acquit: the errors are
about 10^3 ulps, the verdict must be ill-conditioned, and there is no defect to declare.
"""

from diffcheck import Case, real, sym


def definition(x):
    return sym.sin(1 / x)


def program(xp, x):
    return xp.sin(1 / x)


sine_of_reciprocal = Case(
    definition,
    programs={"program": program},
    inputs={"x": real(1e-4, 4)},
    orders=(0, 1, 2),
    points=[{"x": 1e-4}, {"x": 0.01}, {"x": 1.0}],
)
