"""Broadcasting: a column, a row and a scalar stretch to one matrix.

Wherever an axis was stretched, the gradient is the sum along it, in the shape before the stretch:
(3, 1) and not (3,), (4,) and not (1, 4), a scalar and not (1, 1). Every hand-written autodiff gets
one of these wrong at first. Division makes the two operands' rules different.
"""

from diffcheck import Case, real, sym


def definition(column, row, scale):
    return (scale * column + sym.exp(row)) / (2 + row**2)


def program(xp, column, row, scale):
    return (scale * column + xp.exp(row)) / (2 + row * row)


broadcasting = Case(
    definition,
    programs={"plain": program},
    inputs={
        "column": real(-2, 2, shape=(3, 1)),
        "row": real(-2, 2, shape=(4,)),
        "scale": real(-2, 2),
    },
    orders=(0, 1, 2),
    points=[
        {"column": [[1.0], [-0.5], [2.0]], "row": [0.25, -1.0, 1.5, 0.0], "scale": 0.75},
    ],
)
