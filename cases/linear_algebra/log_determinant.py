"""The log-determinant of a positive definite matrix, by three programs.

A = B Bᵀ + I, as in a Gaussian process with noise; ∂ log det A/∂B = 2 A⁻¹ B. log(det A) overflows
where log det A does not; slogdet and the Cholesky factor do not. The gradient through a Cholesky
factorisation is the rule most often got wrong by a triangle or a factor of two.
"""

from diffcheck import Case, real, sym

SIZE = 3


def definition(B):
    return sym.log(sym.det(sym.let(B @ B.T + sym.eye(SIZE))))


def naive(xp, B):
    return xp.log(xp.linalg.det(B @ B.T + xp.eye(SIZE)))


def slogdet(xp, B):
    return xp.linalg.slogdet(B @ B.T + xp.eye(SIZE))[1]


def cholesky(xp, B):
    factor = xp.linalg.cholesky(B @ B.T + xp.eye(SIZE))
    return 2 * xp.sum(xp.log(xp.linalg.diagonal(factor)))


log_determinant = Case(
    definition,
    programs={"naive": naive, "slogdet": slogdet, "cholesky": cholesky},
    inputs={"B": real(-2, 2, shape=(SIZE, 2))},
    points=[{"B": [[1.0, 0.5], [-0.5, 2.0], [0.25, -1.0]]}],
)
