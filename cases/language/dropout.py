"""Dropout with a given mask, in the middle of a small residual layer.

y = x + D tanh(x), where D keeps an element and doubles it (the keep rate is 1/2) or makes it 0.
With the mask given, dropout is an ordinary function: the gradient passes the same mask and the same
factor. A mask drawn anew in the backward pass, or a factor applied once too often, is wrong here.
"""

from diffcheck import Case, real, sym

KEEP = ((1, 0, 1), (0, 0, 1))
KEEP_RATE = 0.5


def definition(x):
    return x + sym.array(KEEP) * 2 * sym.tanh(x)


def program(xp, x):
    return x + xp.where(xp.asarray(KEEP) > 0, xp.tanh(x) / KEEP_RATE, 0)


dropout = Case(
    definition,
    programs={"plain": program},
    inputs={"x": real(-8, 8, shape=(2, 3))},
)
