"""Broadcasting: a column, a row and a scalar stretch to one matrix.

Wherever an axis was stretched, the gradient is the sum along it, in the shape before the stretch:
(2, 1) and not (2,), (3,) and not (1, 3), a scalar and not (1, 1). Every hand-written autodiff gets
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
        "column": real(0.25, 2, shape=(2, 1)),
        "row": real(-2, 2, shape=(3,)),
        "scale": real(0.25, 2),
    },
    points=[
        {"column": [[1.0], [0.5]], "row": [0.25, -1.0, 1.5], "scale": 0.75},
    ],
)
