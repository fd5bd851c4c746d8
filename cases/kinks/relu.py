"""relu(x) = max(x, 0): the commonest kink of all.

Left derivative 0, right derivative 1; any number between them is a subgradient at 0, and libraries
choose 0 by convention. It exists because differentiating Heaviside-style gives 1/2 here, and
because the sign of zero must not matter: the points ask at +0 and -0.
"""

from diffcheck import Case, real, sym


def definition(x):
    return sym.Max(x, 0)


def library(xp, x):
    return xp.relu(x)


def maximum(xp, x):
    return xp.maximum(x, 0.0)


relu = Case(
    definition,
    programs={"library": library, "maximum": maximum},
    inputs={"x": real(-1e30, 1e30)},
    points=[{"x": 0.0}, {"x": -0.0}, {"x": 3.0}, {"x": -3.0}],
)
