"""The trace of a cube, tr(A³): the same matrix three times in one product.

Its gradient is 3 (A²)ᵀ, one term for each place where A stands. A power computed by repeated
squaring uses its intermediate values twice, and an engine that counts one of the uses only is wrong
here, as is one that forgets the transpose.
"""

from diffcheck import Case, real, sym


def definition(A):
    return sym.trace(sym.let(A @ A) @ A)


def products(xp, A):
    return xp.linalg.trace(A @ A @ A)


def library(xp, A):
    return xp.linalg.trace(xp.linalg.matrix_power(A, 3))


trace_of_cube = Case(
    definition,
    programs={"products": products, "library": library},
    inputs={"A": real(-2, 2, shape=(3, 3))},
    points=[{"A": [[1.0, -0.5, 2.0], [0.25, 1.5, -1.0], [0.0, 0.75, -2.0]]}],
    slow=True,
)
