"""max(x, y) and the larger of four, with ties.

Where two arguments are equal, the derivative in each jumps from 0 to 1. Libraries split the
cotangent evenly (1/2 each), or give it all to the first: each share must lie between 0 and 1. It
exists because an implementation that gives every tied argument the whole cotangent is inside the
hull for each of them and yet wrong along the diagonal, where max(x, x) has slope 1: the second
case is that diagonal, and there the truth is smooth.
"""

from diffcheck import Case, real, sym


def largest(x, y):
    return sym.maximum(x, y)


def library(xp, x, y):
    return xp.maximum(x, y)


def branch(xp, x, y):
    return xp.where(x > y, x, y)


maximum_of_two = Case(
    largest,
    programs=(library, branch),
    inputs={"x": real(-100, 100), "y": real(-100, 100)},
    points=[{"x": 1.0, "y": 1.0}, {"x": 0.0, "y": -0.0}, {"x": 1.0, "y": 2.0}],
    slow=True,
)


def square(x):
    return x**2


def through_maximum(xp, x):
    return xp.maximum(x**2, x * x)


maximum_of_equals = Case(
    square,
    programs=(through_maximum,),
    inputs={"x": real(-8, 8)},
    points=[{"x": 1.0}, {"x": 3.0}, {"x": 0.0}],
)
