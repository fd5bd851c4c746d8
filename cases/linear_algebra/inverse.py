"""The inverse of a matrix and the solution of a linear system.

d(M⁻¹) = -M⁻¹ dM M⁻¹, and for M z = b the cotangents are b̄ = M⁻ᵀ z̄, M̄ = -b̄ zᵀ: a transpose
forgotten is wrong here, and so is a lost minus sign. M = 4 I + A with |A| ≤ 1 is diagonally
dominant, so that there is always an inverse.
"""

from diffcheck import Case, real, sym


def inverted(A):
    return sym.inv(4 * sym.eye(2) + A)


def inverted_program(xp, A):
    return xp.linalg.inv(4 * xp.eye(2) + A)


inverse = Case(
    inverted,
    programs={"library": inverted_program},
    inputs={"A": real(-1, 1, shape=(2, 2))},
    points=[{"A": [[0.5, -0.25], [0.75, -1.0]]}],
    slow=True,
)


def solution(A, b):
    return sym.solve(4 * sym.eye(3) + A, b)


def solution_program(xp, A, b):
    return xp.linalg.solve(4 * xp.eye(3) + A, b)


def solution_by_inverse(xp, A, b):
    return xp.linalg.inv(4 * xp.eye(3) + A) @ b


solve = Case(
    solution,
    programs={"library": solution_program, "inverse": solution_by_inverse},
    inputs={"A": real(-1, 1, shape=(3, 3)), "b": real(-2, 2, shape=(3,))},
    points=[
        {"A": [[0.5, -0.25, 1.0], [0.75, -1.0, 0.0], [0.125, 0.5, -0.5]], "b": [1.0, -2.0, 0.5]},
    ],
)
