# ruff: noqa: A004, F401, I001 - a namespace re-exports, in rows by kind, and shadows builtins
"""The array namespace: the array API's names, and NumPy's spellings of them."""

from __future__ import annotations

from numpy import (
    arange, bool, e, empty, euler_gamma, eye, float16, float32, float64, full, inf, int8,
    int16, int32, int64, isdtype, linspace, logical_and, logical_not, logical_or, logical_xor,
    longdouble, nan, newaxis, ones, pi, result_type, uint8, uint16, uint32, uint64, zeros,
)  # fmt: skip

from diffcheck.engine import fft, linalg
from diffcheck.engine.ops.comparison import (
    ceil, equal, floor, greater, greater_equal, isfinite, isinf, isnan, less, less_equal,
    not_equal, sign, stop_gradient, trunc,
)  # fmt: skip
from diffcheck.engine.ops.complex import angle, conj, imag, real
from diffcheck.engine.ops.einsum import dot, einsum, kron, outer, tensordot, vecdot
from diffcheck.engine.ops.elementwise import (
    abs, acos, acosh, add, asin, asinh, atan, atan2, atanh, cbrt, clip, cos, cosh, divide, exp,
    exp2, expm1, hypot, log, log1p, log2, log10, maximum, minimum, multiply, negative, pow,
    reciprocal, sin, sinh, sqrt, square, subtract, tan, tanh, where,
)  # fmt: skip
from diffcheck.engine.ops.indexing import diagonal, repeat, take, take_along_axis
from diffcheck.engine.ops.joining import asarray, concat, stack
from diffcheck.engine.ops.linalg import trace
from diffcheck.engine.ops.manipulation import (
    astype, broadcast_to, expand_dims, flip, matrix_transpose, moveaxis, permute_dims, ravel,
    reshape, roll, squeeze, swapaxes, tile, tril, triu,
)  # fmt: skip
from diffcheck.engine.ops.neural import (
    gelu, log_softmax, logsumexp, relu, sigmoid, silu, softmax,
)  # fmt: skip
from diffcheck.engine.ops.products import matmul
from diffcheck.engine.ops.reduction import (
    all, any, argmax, argmin, argsort, cumulative_prod, cumulative_sum, max, mean, min, prod, sort,
    std, sum, var,
)  # fmt: skip
from diffcheck.engine.ops.special import (
    entr, erf, erfc, expit, log_expit, logaddexp, logit, ndtr, sinc, softplus, xlog1py, xlogy,
)  # fmt: skip
from diffcheck.engine.ops.special_bessel import (
    airy, i0, i0e, i1, i1e, iv, ive, j0, j1, jn, jv, k0, k0e, k1, k1e, kn, kv, struve, y0, y1, yn,
    yv,
)  # fmt: skip
from diffcheck.engine.ops.special_gamma import (
    beta, betaln, digamma, gamma, gammainc, gammaincc, gammaln, polygamma,
)  # fmt: skip
from diffcheck.engine.ops.special_integrals import ci, exp1, expi, polylog, si, sici, spence
from diffcheck.engine.ops.special_inverse import (
    erfcinv, erfcx, erfinv, log_ndtr, ndtri, owens_t,
)  # fmt: skip
from diffcheck.engine.ops.special_more import (
    betainc, ellipe, ellipk, ellipkm1, hyp1f1, hyp2f1, kl_div, lambertw, logaddexp2, rel_entr, zeta,
)  # fmt: skip
from diffcheck.engine.tensor import shape_of as shape
from diffcheck.engine.values import full_like, ones_like, zeros_like

concatenate = concat
transpose = permute_dims
power = pow
absolute = abs
amax, amin = max, min
cumsum, cumprod = cumulative_sum, cumulative_prod
arcsin, arccos, arctan, arctan2 = asin, acos, atan, atan2
arcsinh, arccosh, arctanh = asinh, acosh, atanh
log_sigmoid = log_expit
lgamma = gammaln
psi = digamma

__all__ = [name for name in dir() if not name.startswith("_") and name != "annotations"]
