"""The log-determinant of a positive definite matrix, by three programs.

A = B Bᵀ + I, as in a Gaussian process with noise; ∂ log det A/∂B = 2 A⁻¹ B. The naive program
takes the logarithm of the determinant; the one by slogdet differentiates an LU factorisation, the
other a Cholesky factorisation, whose rule is the one most often got wrong, by a triangle or by a
factor of two on the diagonal.
"""

from diffcheck import Case, Defect, real, sym

SIZE = 3


def definition(B):
    return sym.log(sym.det(sym.let(B @ B.T + sym.eye(SIZE))))


def slogdet(xp, B):
    return xp.linalg.slogdet(B @ B.T + xp.eye(SIZE))[1]


def naive(xp, B):
    return xp.log(xp.linalg.det(B @ B.T + xp.eye(SIZE)))


def cholesky(xp, B):
    factor = xp.linalg.cholesky(B @ B.T + xp.eye(SIZE))
    return 2 * xp.sum(xp.log(xp.linalg.diagonal(factor)))


log_determinant = Case(
    definition,
    programs={"slogdet": slogdet, "cholesky": cholesky, "naive": naive},
    inputs={"B": real(-2, 2, shape=(SIZE, 2))},
    points=[{"B": [[1.0, 0.5], [0.25, 2.0], [0.5, 1.5]]}],
    known_defects=[
        Defect(
            reason="B Bᵀ + I rounds to I for small B, and the logarithm of its determinant to 0",
            verdicts="lost",
            quantity="value",
        ),
    ],
    slow=True,
)
