"""The log-likelihood of a small Gaussian process in its two hyperparameters.

log p = -(yᵀ K⁻¹ y + log det K)/2 without the constant, with K_ij = σ² exp(-(t_i - t_j)²/2ℓ²) and
noise 1/4 on the diagonal. Kernel, Cholesky factor and solve follow each other as in every such
library; the gradient needs all three rules at once, and the two terms of opposite sign cancel near
the optimum.
"""

from diffcheck import Case, real, sym

TIMES = (0.0, 0.5, 1.25)
NOISE = 0.25


def definition(scale, length, y):
    t = sym.array(TIMES)
    gaps = t[:, None] - t
    K = sym.let(scale**2 * sym.exp(-(gaps**2) / (2 * length**2)) + NOISE * sym.eye(3))
    return -(y @ sym.solve(K, y) + sym.log(sym.det(K))) / 2


def program(xp, scale, length, y):
    t = xp.asarray(TIMES)
    gaps = (t[:, None] - t) / length
    K = scale * scale * xp.exp(-gaps * gaps / 2) + NOISE * xp.eye(3)
    factor = xp.linalg.cholesky(K)
    log_det = 2 * xp.sum(xp.log(xp.linalg.diagonal(factor)))
    return -(xp.vecdot(y, xp.linalg.solve(K, y)) + log_det) / 2


gaussian_process = Case(
    definition,
    programs={"cholesky": program},
    inputs={"scale": real(0.5, 2), "length": real(0.25, 2), "y": real(-2, 2, shape=(3,))},
    wrt=("scale", "length"),
    points=[{"scale": 1.0, "length": 0.5, "y": [1.0, -0.5, 0.75]}],
    slow=True,
)
