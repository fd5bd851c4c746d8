"""The `linalg` sub-namespace: the array API's functions, and more of NumPy's and SciPy's."""

from diffcheck.engine.ops.einsum import outer, tensordot, vecdot
from diffcheck.engine.ops.indexing import diagonal
from diffcheck.engine.ops.linalg import (
    EighResult,
    SlogdetResult,
    cholesky,
    det,
    eigh,
    eigvalsh,
    expm,
    inv,
    matrix_power,
    slogdet,
    solve,
    trace,
)  # fmt: skip
from diffcheck.engine.ops.linalg_factor import (
    EigResult,
    QRResult,
    SVDResult,
    eig,
    eigvals,
    pinv,
    qr,
    svd,
    svdvals,
)  # fmt: skip
from diffcheck.engine.ops.linalg_norms import (
    LstsqResult,
    cond,
    cross,
    lstsq,
    matrix_norm,
    matrix_rank,
    multi_dot,
    norm,
    solve_triangular,
    vector_norm,
)  # fmt: skip
from diffcheck.engine.ops.manipulation import matrix_transpose
from diffcheck.engine.ops.products import matmul

__all__ = [
    "EigResult", "EighResult", "LstsqResult", "QRResult", "SVDResult", "SlogdetResult",
    "cholesky", "cond", "cross", "det", "diagonal", "eig", "eigh", "eigvals", "eigvalsh", "expm",
    "inv", "lstsq", "matmul", "matrix_norm", "matrix_power", "matrix_rank", "matrix_transpose",
    "multi_dot", "norm", "outer", "pinv", "qr", "slogdet", "solve", "solve_triangular", "svd",
    "svdvals", "tensordot", "trace", "vecdot", "vector_norm",
]  # fmt: skip
