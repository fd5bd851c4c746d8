"""Two losses with kinks: the hinge max(0, 1 - y (w x + b)), and Huber's.

The hinge has its kink where the margin is exactly 1. Huber's loss is quadratic up to 1 and linear
beyond, joined so that the first derivative is continuous: its kink is in the second. They exist
because a kink need not be at 0, and because an order of differentiation too low cannot see it.
"""

from diffcheck import Case, real, sym


def hinge_definition(w, b, x, y):
    return sym.relu(1 - y * (w * x + b))


def hinge(xp, w, b, x, y):
    return xp.maximum(1 - y * (w * x + b), 0.0)


hinge_loss = Case(
    hinge_definition,
    programs=(hinge,),
    inputs={"w": real(-4, 4), "b": real(-4, 4), "x": real(-4, 4), "y": real(-1, 1)},
    wrt=("w", "b"),
    points=[
        {"w": 0.5, "b": 0.0, "x": 2.0, "y": 1.0},
        {"w": 1.0, "b": 0.5, "x": 2.0, "y": -1.0},
        {"w": 2.0, "b": 0.5, "x": 2.0, "y": 1.0},
    ],
)


def huber_definition(r):
    return sym.where(sym.abs(r) <= 1, r**2 / 2, sym.abs(r) - sym.Rational(1, 2))


def branch(xp, r):
    size = xp.abs(r)
    return xp.where(size <= 1, 0.5 * r**2, size - 0.5)


def clipped(xp, r):
    inner = xp.clip(r, -1.0, 1.0)
    return inner * (r - 0.5 * inner)


huber_loss = Case(
    huber_definition,
    programs=(branch, clipped),
    inputs={"r": real(-100, 100)},
    orders=(0, 1, 2),
    points=[{"r": 1.0}, {"r": -1.0}, {"r": 0.0}, {"r": 0.5}, {"r": -7.0}],
    slow=True,
)
