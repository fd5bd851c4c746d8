"""The matrix exponential, where its closed form is known: a rotation, and a triangular matrix.

exp of ((a, -b), (b, a)) is e^a times the rotation by b. Of ((a, c), (0, b)) the corner is
c (e^a - e^b)/(a - b), a removable 0/0 where a = b and the matrix cannot be diagonalised: a rule by
eigenvectors fails there, scaling and squaring does not. The points stand at, near and far from it.
"""

from diffcheck import Case, real, sym


def rotation(a, b):
    return sym.exp(a) * sym.array([[sym.cos(b), -sym.sin(b)], [sym.sin(b), sym.cos(b)]])


def rotation_program(xp, a, b):
    return xp.linalg.expm(xp.stack([xp.stack([a, -b]), xp.stack([b, a])]))


rotation_exponential = Case(
    rotation,
    programs={"library": rotation_program},
    inputs={"a": real(-1, 1), "b": real(-3, 3)},
    points=[{"a": 0.5, "b": 1.25}],
)


def triangular(a, b, c):
    corner = sym.Piecewise(
        (c * sym.exp(b) * (sym.exp(a - b) - 1) / (a - b), sym.not_equal(a, b)),
        (c * sym.exp(b), True),
    )
    return sym.stack([sym.exp(a), corner, sym.exp(b)])


def triangular_program(xp, a, b, c):
    matrix = xp.stack([xp.stack([a, c]), xp.stack([xp.zeros(()), b])])
    return xp.linalg.expm(matrix)[(0, 0, 1), (0, 1, 1)]


triangular_exponential = Case(
    triangular,
    programs={"library": triangular_program},
    inputs={"a": real(-2, 2), "b": real(-2, 2), "c": real(-2, 2)},
    points=[
        {"a": 1.0, "b": -0.5, "c": 2.0},
        {"a": 0.75, "b": 0.75, "c": 1.5},
        {"a": 0.75, "b": 0.7500152587890625, "c": 1.5},
    ],
)
