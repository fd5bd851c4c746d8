"""leaky_relu(x) = max(x, x/8): the kink of relu with neither slope zero.

The slope 1/8 is exact in binary, so that no rounding of a literal blurs the answer. It exists
because an implementation that returns 0 at the kink, right for relu, is outside the hull [1/8, 1].
"""

from diffcheck import Case, real, sym


def definition(x):
    return sym.maximum(x, x / 8)


def branch(xp, x):
    return xp.where(x >= 0, x, 0.125 * x)


def maximum(xp, x):
    return xp.maximum(x, 0.125 * x)


leaky_relu = Case(
    definition,
    programs=(branch, maximum),
    inputs={"x": real(-1e30, 1e30)},
    points=[{"x": 0.0}, {"x": 2.0}, {"x": -2.0}],
)
