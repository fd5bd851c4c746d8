"""Ops that move, join, sum and multiply arrays, each by itself.

The definition is the program's own text, read with `sym`. A weight for each column keeps the
entries of a gradient apart, so that none can stand in another's place unseen.
"""

from diffcheck import Case, real, sym
from diffcheck.atlas_defects import declared

SQUARE = real(-2, 2, shape=(3, 3))
ROW = real(-2, 2, shape=(3,))


def weighted(xp, y):
    return xp.sum(y**2 * xp.array([1.0, 2.0, 3.0]))


def moves(program):
    """Return the case of the weighted squares of what `program` makes of a matrix."""
    return Case(
        lambda x: weighted(sym, program(sym, x)),
        programs={"plain": lambda xp, x: weighted(xp, program(xp, x))},
        inputs={"x": SQUARE},
        points=[{"x": [[0.5, -1.0, 1.5], [0.25, 2.0, -0.75], [1.25, -0.5, 1.0]]}],
        orders=(0, 1, 2),
        slow=True,
    )


def plain(program, **inputs):
    """Return the case whose definition is the program's own text."""
    return Case(
        lambda **values: program(sym, **values),
        programs={"plain": program},
        inputs=inputs,
        orders=(0, 1, 2),
        slow=True,
    )


# Shapes and positions
op_reshape = moves(lambda xp, x: xp.reshape(xp.reshape(x, (9,))[3:], (2, 3)))
op_broadcast_to = moves(lambda xp, x: xp.broadcast_to(x, (2, 3, 3)))
op_permute_dims = moves(lambda xp, x: xp.permute_dims(x, (1, 0)))
op_matrix_transpose = moves(lambda xp, x: xp.matrix_transpose(x))
op_astype = moves(lambda xp, x: x if xp is sym else xp.astype(x, x.dtype))
op_flip = moves(lambda xp, x: xp.flip(x, axis=1))
op_roll = moves(lambda xp, x: xp.roll(x, 1, axis=1))
op_tril = moves(lambda xp, x: xp.tril(x))
op_triu = moves(lambda xp, x: xp.triu(x))
op_getitem = moves(lambda xp, x: x[1:, :])
op_concat = moves(lambda xp, x: xp.concat([x, 2 * x], axis=0))
op_stack = moves(lambda xp, x: xp.stack([x, 2 * x], axis=0))


# Adding back where elements were taken from is the rule of taking them: here the derivative of a
# derivative needs it, and JAX has it as a function.
def cubes_of_two(x):
    return sym.array([3 * x[0] ** 2, 3 * x[1] ** 2, 0])


op_scatter_add = Case(
    cubes_of_two,
    programs={"plain": lambda xp, x: xp.grad(lambda t: xp.sum(t[:2] ** 3))(x)},
    backend_programs={"jax": {"plain": lambda xp, x: xp.zeros(3).at[:2].add(3 * x[:2] ** 2)}},
    inputs={"x": ROW},
    slow=True,
)

# Reductions and products
op_sum = plain(lambda xp, x: xp.sum(x, axis=0) ** 2, x=SQUARE)
op_max = plain(lambda xp, x: xp.max(x, axis=1) ** 2, x=SQUARE)
op_min = plain(lambda xp, x: xp.min(x, axis=1) ** 2, x=SQUARE)
op_cumulative_sum = plain(lambda xp, x: xp.cumulative_sum(x, axis=1) ** 2, x=SQUARE)
op_einsum = plain(
    lambda xp, x, y, z: xp.einsum("ij,jk,k->ik", x, y, z),
    x=real(-2, 2, shape=(2, 3)),
    y=real(-2, 2, shape=(3, 2)),
    z=real(-2, 2, shape=(2,)),
)
op_matmul = plain(lambda xp, x, y: x @ y, x=real(-2, 2, shape=(2, 3)), y=real(-2, 2, shape=(3, 2)))

globals().update(declared(globals()))
