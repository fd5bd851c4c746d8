"""One element-wise function, x sin x + s, on tensors of rank 0, 1, 2 and 3.

The mathematics is the same at every rank: the Jacobian in x is diagonal. What differs is the
bookkeeping: a scalar that comes back with shape (1,), axes of rank 3 flattened in another order,
or the gradient of the scalar s, which meets every element and so is a sum over all of them.
"""

from diffcheck import Case, real, sym


def definition(x, s):
    return x * sym.sin(x) + s


def program(xp, x, s):
    return x * xp.sin(x) + s


def of_shape(shape):
    return {"x": real(-4, 4, shape=shape), "s": real(-1, 1)}


scalar = Case(
    definition,
    programs={"plain": program},
    inputs=of_shape(()),
    orders=(0, 1, 2),
    points=[{"x": 2.0, "s": 0.5}],
)

vector = Case(
    definition,
    programs={"plain": program},
    inputs=of_shape((4,)),
    slow=True,
)

matrix = Case(definition, programs={"plain": program}, inputs=of_shape((2, 3)))

rank_three = Case(definition, programs={"plain": program}, inputs=of_shape((2, 2, 2)))
