"""Computational graphs with fan-out: a value used several times collects several gradients.

`fan_out` uses a = x y and b = sin(a) three times each, over paths of different lengths: a reverse
sweep that visits a node before all its users have reported, or that overwrites a gradient instead
of adding to it, is wrong here. `repeated_squaring` uses both operands of a product for the same
value, v · v: x^16 has 16 paths through 4 nodes, and the derivative must count them all.
"""

from diffcheck import Case, real, sym


def graph(x, y):
    a = x * y
    b = sym.sin(a)
    c = a * b + x
    return b * c + a / (1 + c**2)


def graph_program(xp, x, y):
    a = x * y
    b = xp.sin(a)
    c = a * b + x
    return b * c + a / (1 + c * c)


fan_out = Case(
    graph,
    programs={"plain": graph_program},
    inputs={"x": real(-3, 3), "y": real(-3, 3)},
    wrt=("x", "y"),
    orders=(0, 1, 2),
    points=[{"x": 0.5, "y": -1.5}, {"x": 2.0, "y": 1.25}],
)


def sixteenth_power(x):
    return x**16


def by_squaring(xp, x):
    for _ in range(4):
        x = xp.multiply(x, x)
    return x


repeated_squaring = Case(
    sixteenth_power,
    programs={"plain": by_squaring},
    inputs={"x": real(-1.5, 1.5)},
    wrt=("x",),
    orders=(0, 1, 2),
    points=[{"x": 1.1}, {"x": -0.75}],
)
