"""Indexing: overlapping and strided slices, and a gather that takes some elements twice.

The derivative of an index is a scatter that adds. `slices` multiplies neighbours x[i] x[i+1] and
reads every second element backwards, so elements are reached by several windows. `gather` takes
rows 2, 0, 2, 1: the gradient of row 2 is a sum of two, and an engine that writes where it should
add keeps only the last. Row 3 is never taken, and its gradient is exactly 0.
"""

from diffcheck import Case, real, sym

ROWS = (2, 0, 2, 1)


def windows(x):
    return sym.sum(x[1:] * x[:-1]) + sym.sum(x[::-2] * x[:3])


def windows_program(xp, x):
    return xp.sum(x[1:] * x[:-1]) + xp.sum(x[::-2] * x[:3])


slices = Case(
    windows,
    programs={"plain": windows_program},
    inputs={"x": real(0.25, 4, shape=(6,))},
    points=[{"x": [1.0, 0.5, 2.0, 0.25, 3.0, 0.75]}],
)


def taken(x, y):
    return sym.take(x, ROWS, axis=0) * y


def taken_program(xp, x, y):
    return xp.take(x, xp.asarray(ROWS), axis=0) * y


gather = Case(
    taken,
    programs={"plain": taken_program},
    inputs={"x": real(-2, 2, shape=(4, 2)), "y": real(-2, 2, shape=(4, 1))},
    slow=True,
)
