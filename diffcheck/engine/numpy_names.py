"""NumPy's names beside the array API's: differentiable ones, constants, and NumPy's own objects."""

from __future__ import annotations

from typing import Final

DIFFERENTIABLE: Final = (
    "append", "apply_along_axis", "apply_over_axes", "array", "array_split", "atleast_1d",
    "atleast_2d", "atleast_3d", "average", "block", "choose", "column_stack", "compress",
    "corrcoef", "cov", "cross", "cumprod", "cumsum", "delete", "diag", "diagflat", "diagonal",
    "divmod", "dsplit", "dstack", "ediff1d", "extract", "fliplr", "flipud", "float_power", "frexp",
    "full", "geomspace", "gradient", "heaviside", "histogram", "hsplit", "hstack", "insert",
    "intersect1d", "kaiser", "kron", "ldexp", "linspace", "logspace", "matvec", "median", "modf",
    "nan_to_num", "nancumprod", "nancumsum", "nanmax", "nanmean", "nanmedian", "nanmin",
    "nanpercentile", "nanprod", "nanquantile", "nanstd", "nansum", "nanvar", "outer", "pad",
    "partition", "percentile", "piecewise", "poly", "polyadd", "polyder", "polyfit", "polyint",
    "polymul", "polysub", "polyval", "ptp", "quantile", "resize", "rollaxis", "roots", "rot90",
    "select", "setdiff1d", "setxor1d", "split", "swapaxes", "trace", "trapezoid", "union1d",
    "unique", "unwrap", "vander", "vdot", "vecmat", "vsplit", "vstack",
)  # fmt: skip
"""Functions that are the engine's for tensors and balls, and NumPy's for plain arrays.

einsum, convolve, correlate, dot, inner and interp are the engine's everywhere: they add in an order
of their own, and `compile` must give what eager gives.
"""

CONSTANT: Final = (
    "argpartition", "argwhere", "array2string", "array_equiv", "array_repr", "array_str",
    "bitwise_count", "common_type", "flatnonzero", "gcd", "histogram2d", "histogram_bin_edges",
    "histogramdd", "iscomplexobj", "isfortran", "isneginf", "isposinf", "isrealobj", "lcm",
    "left_shift", "lexsort", "may_share_memory", "nanargmax", "nanargmin", "packbits",
    "ravel_multi_index", "right_shift", "shares_memory", "spacing", "tril_indices_from",
    "triu_indices_from", "unpackbits", "unravel_index",
)  # fmt: skip
"""Functions without derivative, which look through tensors at their values."""

PLAIN: Final = (
    "False_", "ScalarType", "True_", "asarray_chkfinite", "bartlett",
    "base_repr", "binary_repr", "blackman", "bool_", "broadcast", "broadcast_shapes", "byte",
    "bytes_", "c_", "cdouble", "character", "clongdouble", "complexfloating", "copyto", "csingle",
    "diag_indices", "diag_indices_from", "double", "dtype", "dtypes", "einsum_path", "emath",
    "errstate", "exceptions", "fill_diagonal", "flatiter", "flexible", "floating",
    "format_float_positional", "format_float_scientific", "frombuffer", "fromfunction", "fromiter",
    "fromstring", "frompyfunc", "generic", "get_printoptions", "geterr", "geterrcall", "half",
    "hamming", "hanning", "identity", "index_exp", "indices", "inexact", "int_", "intc", "integer",
    "intp", "issubdtype", "iterable", "isscalar", "ix_", "little_endian", "long", "longlong",
    "mask_indices", "mgrid", "min_scalar_type", "ndarray", "ndenumerate", "ndindex", "nditer",
    "number", "object_", "ogrid", "place", "poly1d", "polydiv", "polynomial", "printoptions",
    "promote_types", "put", "put_along_axis", "putmask", "r_", "random", "require", "s_",
    "sctypeDict", "set_printoptions", "seterr", "seterrcall", "short", "signedinteger", "single",
    "sort_complex", "str_", "testing", "tri", "tril_indices", "trim_zeros", "triu_indices",
    "typecodes", "typename", "ubyte", "ufunc", "uint", "uintc", "uintp", "ulong", "ulonglong",
    "unsignedinteger", "ushort", "vectorize", "void",
)  # fmt: skip
"""NumPy's own objects: types, printing, index tricks, constant arrays, and what writes in place."""

ALIASES: Final = {
    "acos": "arccos", "acosh": "arccosh", "asin": "arcsin", "asinh": "arcsinh", "atan": "arctan",
    "atan2": "arctan2", "atanh": "arctanh", "concat": "concatenate", "permute_dims": "transpose",
    "pow": "power", "abs": "absolute", "conj": "conjugate", "max": "amax", "min": "amin",
    "remainder": "mod", "deg2rad": "radians", "rad2deg": "degrees", "divide": "true_divide",
    "round": "around", "trunc": "fix", "asarray": "asanyarray", "vstack": "row_stack",
}  # fmt: skip
"""Names of the namespace, and NumPy's further names for them."""
