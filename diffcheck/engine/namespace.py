# ruff: noqa: A004, F401, I001 - a namespace re-exports, in rows by kind, and shadows builtins
"""The array namespace: the array API's names, and NumPy's spellings of them."""

from __future__ import annotations

from math import prod as _count
from typing import Any

import numpy as np
from numpy import (
    __array_api_version__, __array_namespace_info__, arange, bool, complex64, complex128, e, empty,
    euler_gamma, eye, float16, float32, float64, inf, int8, int16, int32, int64, isdtype,
    longdouble, nan, newaxis, ones, pi, uint8, uint16, uint32, uint64, zeros,
)  # fmt: skip

from diffcheck.engine import fft, integrate, linalg, stats
from diffcheck.engine.conformance import (
    WITHOUT_DERIVATIVE, finfo, like_numpy, on_dtypes, on_values, stably,
)  # fmt: skip
from diffcheck.engine.numpy_names import ALIASES, CONSTANT, DIFFERENTIABLE, PLAIN
from diffcheck.engine.ops.arithmetic import (
    add, cbrt, divide, multiply, negative, reciprocal, sqrt, square, subtract,
)  # fmt: skip
from diffcheck.engine.ops.arrangement import (
    array_split, atleast_1d, atleast_2d, atleast_3d, broadcast_arrays, diag, diff, dsplit, fliplr,
    flipud, gradient, hsplit, inner, interp, meshgrid, partition, rollaxis, rot90, split,
    trapezoid, unstack, unwrap, vsplit,
)  # fmt: skip
from diffcheck.engine.ops.arrangement import diagonal_between as diagonal
from diffcheck.engine.ops.arrangement import trace_between as trace
from diffcheck.engine.ops.choices import abs, clip, maximum, minimum, where
from diffcheck.engine.ops.comparison import (
    ceil, equal, floor, greater, greater_equal, isfinite, isinf, isnan, less, less_equal,
    logical_and, logical_not, logical_or, not_equal, sign, stop_gradient, trunc,
)  # fmt: skip
from diffcheck.engine.ops.complex import angle, conj, imag, real
from diffcheck.engine.ops.creation import (
    empty_like, full, full_like, geomspace, kaiser, linspace, logspace, ones_like, zeros_like,
)  # fmt: skip
from diffcheck.engine.ops.einsum import (
    dot, einsum, kron, matvec, outer, tensordot, vdot, vecdot, vecmat,
)  # fmt: skip
from diffcheck.engine.ops.exponential import exp, exp2, expm1, log, log1p, log2, log10
from diffcheck.engine.ops.indexing import repeat, take, take_along_axis
from diffcheck.engine.ops.joining import asarray, concat, stack
from diffcheck.engine.ops.linalg_norms import cross_between as cross
from diffcheck.engine.ops.manipulation import (
    astype, broadcast_to, expand_dims, flip, matrix_transpose, moveaxis, permute_dims, ravel,
    reshape, roll, squeeze, swapaxes, tile, tril, triu,
)  # fmt: skip
from diffcheck.engine.ops.neural import (
    gelu, log_softmax, relu, sigmoid, silu, softmax,
)  # fmt: skip
from diffcheck.engine.ops.neural_layers import (
    attention, batch_norm, binary_cross_entropy, dropout, embedding, fused_attention, group_norm,
    layer_norm, one_hot, rms_norm, softmax_cross_entropy,
)  # fmt: skip
from diffcheck.engine.ops.neural_more import (
    avg_pool1d, avg_pool2d, celu, conv1d, conv2d, convolve, correlate, elu, glu, hard_sigmoid,
    hard_swish, hard_tanh, leaky_relu, max_pool1d, max_pool2d, mish, relu6, rotary_embedding, selu,
)  # fmt: skip
from diffcheck.engine.ops.padding import pad
from diffcheck.engine.ops.plane import atan2, hypot
from diffcheck.engine.ops.polynomials import (
    poly, polyadd, polyder, polyfit, polyint, polymul, polysub, polyval, roots, vander,
)  # fmt: skip
from diffcheck.engine.ops.powers import pow
from diffcheck.engine.ops.predicates import (
    all, allclose, any, array_equal, bitwise_and, bitwise_invert, bitwise_or, bitwise_xor,
    count_nonzero, digitize, isclose, iscomplex, isin, isreal, logical_xor, searchsorted,
)  # fmt: skip
from diffcheck.engine.ops.products import matmul
from diffcheck.engine.ops.quantiles import median, percentile, quantile
from diffcheck.engine.ops.reduction import (
    argmax, argmin, argsort, cumprod, cumsum, cumulative_prod, cumulative_sum, max, mean, min, prod,
    sort, sum,
)  # fmt: skip
from diffcheck.engine.ops.rounding import (
    copysign, deg2rad, divmod, fabs, float_power, floor_divide, fmax, fmin, fmod, frexp, heaviside,
    ldexp, modf, nan_to_num, nextafter, positive, rad2deg, remainder, round, signbit,
)  # fmt: skip
from diffcheck.engine.ops.sets import (
    bincount, histogram, intersect1d, setdiff1d, setxor1d, union1d, unique, unique_all,
    unique_counts, unique_inverse, unique_values,
)  # fmt: skip
from diffcheck.engine.ops.special import (
    entr, erf, erfc, expit, log_expit, logaddexp, logit, ndtr, sinc, softplus, xlog1py, xlogy,
)  # fmt: skip
from diffcheck.engine.ops.special_bessel import (
    airy, i0, i0e, i1, i1e, j0, j1, jn, k0, k0e, k1, k1e, kn, y0, y1, yn,
)  # fmt: skip
from diffcheck.engine.ops.special_gamma import (
    beta, betaln, digamma, gamma, gammainc, gammaincc, gammaln, polygamma,
)  # fmt: skip
from diffcheck.engine.ops.special_hypergeometric import betainc, hyp1f1, hyp2f1
from diffcheck.engine.ops.special_integrals import ci, exp1, expi, polylog, si, sici, spence
from diffcheck.engine.ops.special_inverse import (
    erfcinv, erfcx, erfinv, log_ndtr, ndtri, owens_t,
)  # fmt: skip
from diffcheck.engine.ops.special_more import (
    ellipe, ellipk, ellipkm1, kl_div, lambertw, logaddexp2, rel_entr, zeta,
)  # fmt: skip
from diffcheck.engine.ops.special_orders import iv, ive, jv, kv, struve, yv
from diffcheck.engine.ops.special_products import gammasgn, multigammaln, rgamma
from diffcheck.engine.ops.stacking import (
    append, apply_along_axis, apply_over_axes, array, block, choose, column_stack, compress, delete,
    diagflat, dstack, ediff1d, extract, hstack, insert, piecewise, resize, select, vstack,
)  # fmt: skip
from diffcheck.engine.ops.statistics import average, corrcoef, cov, ptp, std, var
from diffcheck.engine.ops.trigonometric import (
    acos, acosh, asin, asinh, atan, atanh, cos, cosh, sin, sinh, tan, tanh,
)  # fmt: skip
from diffcheck.engine.ops.weighted_sums import logsumexp
from diffcheck.engine.ops.without_nan import (
    nancumprod, nancumsum, nanmax, nanmean, nanmedian, nanmin, nanpercentile, nanprod, nanquantile,
    nanstd, nansum, nanvar,
)  # fmt: skip
from diffcheck.engine.tensor import Tensor, bind_methods as _bind_methods, looked_into
from diffcheck.engine.tensor import shape_of as shape

can_cast = on_dtypes(np.can_cast)
iinfo = on_dtypes(np.iinfo)
result_type = on_dtypes(np.result_type)
for _name in WITHOUT_DERIVATIVE:
    if _name not in globals():
        globals()[_name] = on_values(getattr(np, _name))

STANDARD = [
    "abs",
    "acos",
    "acosh",
    "add",
    "all",
    "any",
    "argmax",
    "argmin",
    "argsort",
    "asarray",
    "asin",
    "asinh",
    "astype",
    "atan",
    "atan2",
    "atanh",
    "broadcast_arrays",
    "broadcast_to",
    "ceil",
    "clip",
    "concat",
    "conj",
    "copysign",
    "cos",
    "cosh",
    "cumulative_prod",
    "cumulative_sum",
    "diff",
    "divide",
    "empty_like",
    "equal",
    "exp",
    "expand_dims",
    "expm1",
    "flip",
    "floor",
    "floor_divide",
    "full_like",
    "greater",
    "greater_equal",
    "hypot",
    "imag",
    "isfinite",
    "isinf",
    "isnan",
    "less",
    "less_equal",
    "log",
    "log10",
    "log1p",
    "log2",
    "logaddexp",
    "logical_and",
    "logical_not",
    "logical_or",
    "matmul",
    "matrix_transpose",
    "max",
    "maximum",
    "mean",
    "meshgrid",
    "min",
    "minimum",
    "moveaxis",
    "multiply",
    "negative",
    "nextafter",
    "not_equal",
    "ones_like",
    "permute_dims",
    "positive",
    "pow",
    "prod",
    "real",
    "reciprocal",
    "remainder",
    "repeat",
    "reshape",
    "roll",
    "round",
    "sign",
    "signbit",
    "sin",
    "sinh",
    "sort",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "std",
    "subtract",
    "sum",
    "take",
    "take_along_axis",
    "tan",
    "tanh",
    "tensordot",
    "tile",
    "tril",
    "triu",
    "trunc",
    "unique_all",
    "unique_counts",
    "unique_inverse",
    "unique_values",
    "unstack",
    "var",
    "vecdot",
    "where",
    "zeros_like",
]
for _name in (*STANDARD, *DIFFERENTIABLE):
    _rounds = _name in ("prod", "cumulative_prod", "mean", "var", "std")  # in an order of our own
    _makes = _name in ("full", "geomspace", "linspace", "logspace")
    globals()[_name] = like_numpy(
        globals()[_name], getattr(np, _name), keep_real=_rounds, scalars=_makes
    )
for _name in CONSTANT:
    globals()[_name] = on_values(getattr(np, _name))
for _name in PLAIN:
    globals()[_name] = getattr(np, _name)
for _name, _other in ALIASES.items():
    globals()[_other] = globals()[_name]

argsort = like_numpy(argsort, stably(np.argsort))
invert = bitwise_not = bitwise_invert
rint = round
log_sigmoid = log_expit
lgamma = gammaln
psi = digamma


def ascontiguousarray(a: Any, dtype: Any = None) -> Any:
    """Return an array that lies in memory row by row; of a tensor nobody sees how it lies."""
    return asarray(a, dtype=dtype) if isinstance(a, Tensor) else np.ascontiguousarray(a, dtype)


def asfortranarray(a: Any, dtype: Any = None) -> Any:
    """Return an array that lies in memory column by column; of a tensor nobody sees how it lies."""
    return asarray(a, dtype=dtype) if isinstance(a, Tensor) else np.asfortranarray(a, dtype)


def ndim(x: Any) -> int:
    """Return how many axes x has."""
    return len(shape(x))


def size(x: Any, axis: int | None = None) -> int:
    """Return how many elements x has, in all or along an axis."""
    return _count(shape(x)) if axis is None else shape(x)[axis]


def copy(x: Any) -> Any:
    """Return a copy of an array; a tensor is its own, since nothing can be written into it."""
    return x if isinstance(x, Tensor) else np.copy(x)


def real_if_close(x: Any, tol: float = 100) -> Any:
    """Return the real part where no imaginary part exceeds `tol` units of rounding, else x."""
    plain = looked_into(x)
    close = np.iscomplexobj(plain) and np.isrealobj(np.real_if_close(plain, tol))
    return real(x) if close else x


_bind_methods(globals())

_HELPERS = {
    "annotations", "np", "like_numpy", "on_dtypes", "on_values", "stably", "Any", "Tensor",
    "looked_into",
    "ALIASES", "CONSTANT", "DIFFERENTIABLE", "PLAIN", "STANDARD", "WITHOUT_DERIVATIVE",
}  # fmt: skip
__all__ = [name for name in dir() if not name.startswith("_") and name not in _HELPERS]
__all__ += ["__array_api_version__", "__array_namespace_info__"]
