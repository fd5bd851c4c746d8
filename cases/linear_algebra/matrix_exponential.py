"""The matrix exponential, of a triangular matrix and of a rotation's generator.

Both have closed forms. The corner of exp((a, c), (0, b)) is c (e^a - e^b)/(a - b): a removable
0/0 where a = b, and where the matrix cannot be diagonalised. A rule by eigenvectors fails there;
scaling and squaring, and the series behind it, do not. The points stand far from it, at it, and
close to it.

The exponential of ((0, -t), (t, 0)) is the rotation by t: its entries stay small while the matrix
grows, so that an approximation stretched too far shows.
"""

import numpy as np

from diffcheck import Case, Defect, real, sym


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


def turned(t):
    return np.array([[sym.cos(t), -sym.sin(t)], [sym.sin(t), sym.cos(t)]])


def turned_program(xp, t):
    zero = xp.zeros(())
    return xp.linalg.expm(xp.stack([xp.stack([zero, -t]), xp.stack([t, zero])]))


rotation = Case(
    turned,
    programs={"library": turned_program},
    inputs={"t": real(-10, 10)},
    orders=(0, 1, 2),
    points=[{"t": 1.0}, {"t": 10.0}],
    known_defects=[
        Defect(
            reason="JAX 0.10.2 squares floor(log2(norm/bound)) times, one too few: expm is "
            "off by 3e-9 at norm 10 in float64, and its derivatives with it",
            verdicts="wrong",
            backend="jax",
        ),
    ],
    slow=True,
)
