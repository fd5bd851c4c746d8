"""The log-determinant of a positive definite matrix, by two programs.

A = B Bᵀ + I, as in a Gaussian process with noise; ∂ log det A/∂B = 2 A⁻¹ B. The program by
slogdet differentiates an LU factorisation, the other a Cholesky factorisation, whose rule is the
one most often got wrong, by a triangle or by a factor of two on the diagonal.
"""

from diffcheck import Case, real, sym

SIZE = 3


def definition(B):
    return sym.log(sym.det(sym.let(B @ B.T + sym.eye(SIZE))))


def slogdet(xp, B):
    return xp.linalg.slogdet(B @ B.T + xp.eye(SIZE))[1]


def cholesky(xp, B):
    factor = xp.linalg.cholesky(B @ B.T + xp.eye(SIZE))
    return 2 * xp.sum(xp.log(xp.linalg.diagonal(factor)))


log_determinant = Case(
    definition,
    programs={"slogdet": slogdet, "cholesky": cholesky},
    inputs={"B": real(0.25, 2, shape=(SIZE, 2))},
    points=[{"B": [[1.0, 0.5], [0.25, 2.0], [0.5, 1.5]]}],
    slow=True,
)
