"""Matrix products: of matrices, of a matrix and a vector, and of whole batches of matrices.

d(A B) has the cotangent rules Ā = C̄ Bᵀ and B̄ = Aᵀ C̄: a transpose forgotten or on the wrong side
is wrong here, and sizes 2, 3, 4 that all differ turn most such slips into errors of shape. In
`batched_matmul` one matrix meets every matrix of a batch, so its gradient is a sum over the batch.
"""

from diffcheck import Case, real


def product(A, B, x):
    return A @ (B @ x)


def product_program(xp, A, B, x):
    return xp.matmul(A, xp.matmul(B, x))


matmul = Case(
    product,
    programs={"plain": product_program},
    inputs={
        "A": real(-2, 2, shape=(2, 3)),
        "B": real(-2, 2, shape=(3, 4)),
        "x": real(-2, 2, shape=(4,)),
    },
    wrt=("A", "B", "x"),
)


def batched(A, B):
    return A @ B


def batched_program(xp, A, B):
    return xp.matmul(A, B)


batched_matmul = Case(
    batched,
    programs={"plain": batched_program},
    inputs={"A": real(-2, 2, shape=(2, 3)), "B": real(-2, 2, shape=(2, 3, 2))},
    wrt=("A", "B"),
    slow=True,
)
