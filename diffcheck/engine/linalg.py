"""The `linalg` sub-namespace of the array API, with `expm`."""

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
    norm,
    slogdet,
    solve,
    trace,
    vector_norm,
)
from diffcheck.engine.ops.manipulation import matrix_transpose
from diffcheck.engine.ops.products import matmul

__all__ = [
    "EighResult",
    "SlogdetResult",
    "cholesky",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "expm",
    "inv",
    "matmul",
    "matrix_power",
    "matrix_transpose",
    "norm",
    "outer",
    "slogdet",
    "solve",
    "tensordot",
    "trace",
    "vecdot",
    "vector_norm",
]
