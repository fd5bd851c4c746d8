"""The determinant, at regular and at singular matrices.

∂det/∂A is the matrix of cofactors. The usual rule det(A) A⁻ᵀ is 0 · inf exactly where A is
singular, though the cofactors are ordinary numbers there: rank n - 1 leaves a gradient of rank one,
rank n - 2 leaves none. The points have one of each. By cofactors, nothing is divided.
"""

from diffcheck import Case, real, sym


def definition(A):
    return sym.det(A)


def library(xp, A):
    return xp.linalg.det(A)


def cofactors(xp, A):
    a, b, c = A[0, 0], A[0, 1], A[0, 2]
    d, e, f = A[1, 0], A[1, 1], A[1, 2]
    g, h, i = A[2, 0], A[2, 1], A[2, 2]
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)


determinant = Case(
    definition,
    programs={"library": library, "cofactors": cofactors},
    inputs={"A": real(-8, 8, shape=(3, 3))},
    orders=(0, 1, 2),
    points=[
        {"A": [[2.0, -1.0, 0.5], [1.0, 3.0, -2.0], [0.0, 1.5, 1.0]]},
        {"A": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [5.0, 7.0, 8.0]]},
        {"A": [[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [3.0, 5.0, 8.0]]},
        {"A": [[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [-1.0, -2.0, -1.0]]},
    ],
)
