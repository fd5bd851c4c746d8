"""Concatenation and stacking: the cotangent is cut into pieces and each goes home.

x appears twice in the joined matrix, once as it is and once squared, so its gradient is a sum of
two pieces; y is joined along the other axis. Cutting at the wrong offset, or along the wrong axis,
is wrong here.
"""

from diffcheck import Case, real, sym


def definition(x, y):
    rows = sym.stack([x, sym.square(x), x * y[0]])
    return sym.concat([rows, y[:, None]], axis=1)


def program(xp, x, y):
    rows = xp.stack([x, xp.square(x), x * y[0]])
    return xp.concat([rows, y[:, None]], axis=1)


joining = Case(
    definition,
    programs={"plain": program},
    inputs={"x": real(-2, 2, shape=(2,)), "y": real(-2, 2, shape=(3,))},
    slow=True,
)
