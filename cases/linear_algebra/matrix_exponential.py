"""The matrix exponential of a triangular matrix, whose closed form is known.

The corner of exp((a, c), (0, b)) is c (e^a - e^b)/(a - b): a removable 0/0 where a = b, and where
the matrix cannot be diagonalised. A rule by eigenvectors fails there; scaling and squaring, and the
series behind it, do not. The points stand far from it, at it, and close to it.
"""

from diffcheck import Case, real, sym


def definition(a, b, c):
    return sym.Piecewise(
        (c * sym.exp(b) * (sym.exp(a - b) - 1) / (a - b), sym.not_equal(a, b)),
        (c * sym.exp(b), True),
    )


def library(xp, a, b, c):
    matrix = xp.stack([xp.stack([a, c]), xp.stack([xp.zeros(()), b])])
    return xp.linalg.expm(matrix)[0, 1]


matrix_exponential = Case(
    definition,
    programs={"library": library},
    inputs={"a": real(-2, 2), "b": real(-2, 2), "c": real(-2, 2)},
    points=[
        {"a": 1.0, "b": -0.5, "c": 2.0},
        {"a": 0.75, "b": 0.75, "c": 1.5},
        {"a": 0.75, "b": 0.7500152587890625, "c": 1.5},
    ],
    slow=True,
)
