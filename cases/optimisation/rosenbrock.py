"""Rosenbrock's banana (1 - x)² + 100 (y - x²)², in the plane and in ten dimensions.

Rosenbrock 1960, "An automatic method for finding the greatest or least value of a function". The
minimum is at (1, 1), in a curved valley where y - x² is small and its digits few. The chain in ten
dimensions couples neighbours alone, so its Hessian is tridiagonal. They exist because every
optimiser is tried on them with a gradient that somebody wrote by hand.
"""

from diffcheck import Case, real


def plane_definition(x, y):
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def plane(xp, x, y):
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2


rosenbrock = Case(
    plane_definition,
    programs={"plain": plane},
    inputs={"x": real(-2, 2), "y": real(-1, 3)},
    orders=(0, 1, 2),
    points=[{"x": 1.0, "y": 1.0}, {"x": -1.25, "y": 1.0}, {"x": 0.0, "y": 0.0}],
)


def chain_definition(x):
    return sum((1 - x[i]) ** 2 + 100 * (x[i + 1] - x[i] ** 2) ** 2 for i in range(9))


def chain(xp, x):
    head, tail = x[:-1], x[1:]
    return xp.sum((1 - head) ** 2 + 100 * (tail - head * head) ** 2)


rosenbrock_chain = Case(
    chain_definition,
    programs={"sliced": chain},
    inputs={"x": real(-2, 2, shape=(10,))},
    orders=(0, 1, 2),
    points=[{"x": [1.0] * 10}, {"x": [-1.0, 1.0, 0.5, 0.25, 0.0, -0.5, 1.5, 2.0, -2.0, 1.0]}],
    slow=True,
)
