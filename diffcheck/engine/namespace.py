# ruff: noqa: A004 - the names of an array namespace shadow builtins
"""The array namespace: the array API's names, and NumPy's spellings of them."""

from __future__ import annotations

from numpy import arange, asarray, eye, float32, float64, int32, int64, ones, zeros

from diffcheck.engine.ops.comparison import (
    ceil, equal, floor, greater, greater_equal, isfinite, isinf, isnan, less, less_equal,
    not_equal, sign, stop_gradient, trunc,
)  # fmt: skip
from diffcheck.engine.ops.elementwise import (
    abs, acos, acosh, add, asin, asinh, atan, atan2, atanh, cbrt, clip, cos, cosh, divide, exp,
    exp2, expm1, hypot, log, log1p, log2, log10, maximum, minimum, multiply, negative, pow,
    reciprocal, sin, sinh, sqrt, square, subtract, tan, tanh, where,
)  # fmt: skip
from diffcheck.engine.ops.indexing import take
from diffcheck.engine.ops.joining import concat, stack
from diffcheck.engine.ops.linalg import matmul
from diffcheck.engine.ops.manipulation import (
    astype, broadcast_to, matrix_transpose, permute_dims, reshape,
)  # fmt: skip
from diffcheck.engine.ops.reduction import mean, sum
from diffcheck.engine.values import ones_like, zeros_like

concatenate = concat
transpose = permute_dims
power = pow
absolute = abs
arcsin, arccos, arctan, arctan2 = asin, acos, atan, atan2
arcsinh, arccosh, arctanh = asinh, acosh, atanh

__all__ = [name for name in dir() if not name.startswith("_") and name != "annotations"]  # noqa: PLE0605 - a list, made once
