"""The `linalg` sub-namespace: the array API's functions, and more of NumPy's and SciPy's."""

import numpy as np
from numpy.linalg import LinAlgError

from diffcheck.engine.conformance import like_numpy
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
from diffcheck.engine.ops.linalg_equations import (
    solve_banded,
    solve_sylvester,
    sqrtm,
    tensorinv,
    tensorsolve,
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

# eigh, qr and svd fix the signs that LAPACK leaves open, on plain arrays too.
for _name in (
    "cholesky", "cross", "det", "diagonal", "eigvalsh", "inv", "matmul", "matrix_norm",
    "matrix_power", "matrix_transpose", "outer", "pinv", "slogdet", "solve", "svdvals", "tensordot",
    "trace", "vecdot", "vector_norm",
):  # fmt: skip
    globals()[_name] = like_numpy(globals()[_name], getattr(np.linalg, _name), lapack=True)
for _name in ("eigh", "qr", "svd"):
    globals()[_name] = like_numpy(
        globals()[_name], getattr(np.linalg, _name), keep_real=True, lapack=True
    )

__all__ = [
    "EigResult", "EighResult", "LinAlgError", "LstsqResult", "QRResult", "SVDResult",
    "SlogdetResult", "cholesky", "cond", "cross", "det", "diagonal", "eig", "eigh", "eigvals",
    "eigvalsh", "expm",
    "inv", "lstsq", "matmul", "matrix_norm", "matrix_power", "matrix_rank", "matrix_transpose",
    "multi_dot", "norm", "outer", "pinv", "qr", "slogdet", "solve",
    "solve_banded", "solve_sylvester", "solve_triangular", "sqrtm", "svd", "svdvals", "tensordot",
    "tensorinv", "tensorsolve", "trace", "vecdot", "vector_norm",
]  # fmt: skip
