"""Reshape and transpose: no arithmetic at all, only which element goes where.

A (2, 3, 2) tensor is permuted, flattened, shaped anew and transposed, then every element meets a
weight of its own. The cotangent must travel the whole way back: a permutation that is applied
where its inverse is meant gives a gradient with all the right numbers in the wrong places, and
axes (2, 0, 1), which are not their own inverse, show it.
"""

from diffcheck import Case, real, sym


def definition(x, weights):
    moved = sym.reshape(sym.permute_dims(x, (2, 0, 1)), (4, 3))
    return sym.sum(sym.square(moved.T) * weights, axis=1)


def program(xp, x, weights):
    moved = xp.reshape(xp.permute_dims(x, (2, 0, 1)), (4, 3))
    return xp.sum(xp.square(moved.T) * weights, axis=1)


reshape_transpose = Case(
    definition,
    programs={"plain": program},
    inputs={"x": real(-2, 2, shape=(2, 3, 2)), "weights": real(-2, 2, shape=(3, 4))},
    wrt=("x",),
)
