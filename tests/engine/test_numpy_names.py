# ruff: noqa: E501 - one row of a table, one line
"""Every name of NumPy: differentiable here, NumPy's own, or not offered for a reason."""

import numpy as np
import pytest

from diffcheck import engine as xp
from diffcheck.engine.conformance import WITHOUT_DERIVATIVE
from diffcheck.engine.namespace import STANDARD
from diffcheck.engine.numpy_names import ALIASES, CONSTANT, DIFFERENTIABLE, PLAIN
from diffcheck.engine.trees import leaves

FILES = "reads or writes files"
DATES = "dates have no derivatives"
INSIDE = "NumPy's own insides"
RECORDS = "matrices of their own rules, records and text: not arrays of numbers"
NOT_OFFERED = {
    **dict.fromkeys(("fromfile", "fromregex", "genfromtxt", "load", "loadtxt", "memmap", "save", "savetxt", "savez", "savez_compressed"), FILES),
    **dict.fromkeys(("busday_count", "busday_offset", "busdaycalendar", "datetime64", "datetime_as_string", "datetime_data", "is_busday", "isnat", "timedelta64"), DATES),
    **dict.fromkeys(("__version__", "core", "ctypeslib", "f2py", "get_include", "getbufsize", "info", "lib", "mintypecode", "nested_iters", "setbufsize", "show_config", "show_runtime", "test", "typing"), INSIDE),
    **dict.fromkeys(("asmatrix", "bmat", "char", "ma", "matrix", "rec", "recarray", "record", "strings"), RECORDS),
    **dict.fromkeys(("complex256", "float128"), "longdouble and clongdouble, by names that depend on the machine"),
}  # fmt: skip

A = np.array([[0.75, -1.5, 2.25], [1.25, 0.5, -0.25]])
V = np.array([0.5, 1.25, -2.0, 3.5])
W = np.array([2.0, -0.75, 1.5])
P = np.array([0.25, 0.5, 0.875])
NAN = np.array([[1.5, np.nan, 0.25], [2.0, -1.0, np.nan]])
S = np.array([[3.0, 0.5, 0.25], [0.5, 2.0, -0.25], [0.25, -0.25, 1.0]])

# name -> (a call with NumPy's own arguments, the array to differentiate in)
CALLS = {
    "abs": (lambda np, x: np.abs(x), A),
    "acos": (lambda np, x: np.acos(x), P), "acosh": (lambda np, x: np.acosh(x + 1), P),
    "add": (lambda np, x: np.add(x, 2 * x[0]), A),
    "angle": (lambda np, x: np.angle(x + 1j * x[::-1]), A),
    "append": (lambda np, x: np.append(x, x[:1] ** 2, axis=0), A),
    "apply_along_axis": (lambda np, x: np.apply_along_axis(lambda r: r * r[0], 0, x), A),
    "apply_over_axes": (lambda np, x: np.apply_over_axes(np.sum, x * x, (0, 1)), A),
    "array": (lambda np, x: np.array([x[0, 0], x[1, 1] ** 2], ndmin=2), A),
    "array_split": (lambda np, x: np.array_split(x * x, 3)[0], V),
    "asarray": (lambda np, x: np.asarray(x) ** 2, A),
    "asin": (lambda np, x: np.asin(x), P), "asinh": (lambda np, x: np.asinh(x), A),
    "astype": (lambda np, x: np.astype(x, x.dtype) ** 2, A),
    "atan": (lambda np, x: np.atan(x), A), "atan2": (lambda np, x: np.atan2(x, x[::-1]), A),
    "atanh": (lambda np, x: np.atanh(x), P),
    "atleast_1d": (lambda np, x: np.atleast_1d(x[0], x * x)[1], V),
    "atleast_2d": (lambda np, x: np.atleast_2d(x * x), V),
    "atleast_3d": (lambda np, x: np.atleast_3d(x * x), A),
    "average": (lambda np, x: np.average(x, 1, weights=x[0] ** 2), A),
    "bincount": (lambda np, x: np.bincount([0, 2, 2, 1], x * x), V),
    "block": (lambda np, x: np.block([[x, x * x], [x, x]]), A),
    "broadcast_arrays": (lambda np, x: np.broadcast_arrays(x * x, x[:, :1])[1], A),
    "broadcast_to": (lambda np, x: np.broadcast_to(x * x, (2, 4)), V),
    "cbrt": (lambda np, x: np.cbrt(x), A),
    "ceil": (lambda np, x: np.ceil(x) * x, A),
    "choose": (lambda np, x: np.choose([0, 1, 0, 1], [x, x * x]), V),
    "clip": (lambda np, x: np.clip(x, a_min=-1, a_max=1) ** 2, A),
    "column_stack": (lambda np, x: np.column_stack([x, x * x]), V),
    "compress": (lambda np, x: np.compress([True, False, True], x * x, axis=1), A),
    "concat": (lambda np, x: np.concat([x, x * x], axis=1), A),
    "conj": (lambda np, x: np.real(np.conj(x + 1j * x) * (1 + 2j)), A),
    "convolve": (lambda np, x: np.convolve(x, x[:2], "same"), V),
    "copy": (lambda np, x: np.copy(x) ** 2, V),
    "copysign": (lambda np, x: np.copysign(x, -1.0), A),
    "corrcoef": (lambda np, x: np.corrcoef(x), A),
    "correlate": (lambda np, x: np.correlate(x, x[:2], "full"), V),
    "cos": (lambda np, x: np.cos(x), A), "cosh": (lambda np, x: np.cosh(x), A),
    "cov": (lambda np, x: np.cov(x, ddof=0), A),
    "cross": (lambda np, x: np.cross(x, x[::-1] ** 2), A),
    "cumprod": (lambda np, x: np.cumprod(x), A), "cumsum": (lambda np, x: np.cumsum(x * x), A),
    "cumulative_prod": (lambda np, x: np.cumulative_prod(x, axis=1), A),
    "cumulative_sum": (lambda np, x: np.cumulative_sum(x * x, axis=1, include_initial=True), A),
    "deg2rad": (lambda np, x: np.deg2rad(x), A),
    "delete": (lambda np, x: np.delete(x * x, 1, axis=1), A),
    "diag": (lambda np, x: np.diag(x * x, 1), V),
    "diagflat": (lambda np, x: np.diagflat(x * x), A),
    "diagonal": (lambda np, x: np.diagonal(np.stack([x, x * x, x]), 0, 0, 1), A),
    "diff": (lambda np, x: np.diff(x * x, 1, 1, append=0.5), A),
    "divide": (lambda np, x: np.divide(x, x[0] ** 2), A),
    "divmod": (lambda np, x: np.divmod(x, 0.4)[1] * x, A),
    "dot": (lambda np, x: np.dot(x, x.T), A),
    "dsplit": (lambda np, x: np.dsplit(np.reshape(x * x, (1, 2, 2)), 2)[1], V),
    "dstack": (lambda np, x: np.dstack([x, x * x]), V),
    "ediff1d": (lambda np, x: np.ediff1d(x * x, to_begin=1.0), A),
    "einsum": (lambda np, x: np.einsum(x, [0, 1], x, [2, 1], [0, 2]), A),
    "exp": (lambda np, x: np.exp(x), A), "exp2": (lambda np, x: np.exp2(x), A),
    "expand_dims": (lambda np, x: np.expand_dims(x * x, (0, 2)), V),
    "expm1": (lambda np, x: np.expm1(x), A),
    "extract": (lambda np, x: np.extract([True, False, True, False], x * x), V),
    "fabs": (lambda np, x: np.fabs(x), A),
    "flip": (lambda np, x: np.flip(x * x), A), "fliplr": (lambda np, x: np.fliplr(x * x), A),
    "flipud": (lambda np, x: np.flipud(x * x), A),
    "float_power": (lambda np, x: np.float_power(x, 2), A),
    "floor": (lambda np, x: np.floor(x) * x, A),
    "floor_divide": (lambda np, x: np.floor_divide(x, 0.4) * x, A),
    "fmax": (lambda np, x: np.fmax(x, x[::-1]), A), "fmin": (lambda np, x: np.fmin(x, x[::-1]), A),
    "fmod": (lambda np, x: np.fmod(np.abs(x), 0.4), A),
    "frexp": (lambda np, x: np.frexp(1.1 * x)[0], A),
    "full": (lambda np, x: np.full((2, 3), x[0] ** 2), V),
    "full_like": (lambda np, x: np.full_like(x, x[0] ** 2), V),
    "geomspace": (lambda np, x: np.geomspace(x[0], x[1], 5), P),
    "gradient": (lambda np, x: np.gradient(x * x, 0.5, axis=1), A),
    "heaviside": (lambda np, x: np.heaviside(x, 0.5) * x, A),
    "histogram": (lambda np, x: np.histogram([0.0, 0.5, 2.0, 9.0], 3, (0.0, 2.0), weights=x * x)[0], V),
    "hsplit": (lambda np, x: np.hsplit(x * x, 3)[1], A),
    "hstack": (lambda np, x: np.hstack([x, x * x]), A),
    "hypot": (lambda np, x: np.hypot(x, x[::-1]), A),
    "i0": (lambda np, x: np.i0(x), A),
    "imag": (lambda np, x: np.imag((x + 1j * x * x) ** 2), A),
    "inner": (lambda np, x: np.inner(x, x * x), A),
    "insert": (lambda np, x: np.insert(x * x, 1, x[0, 0], axis=1), A),
    "intersect1d": (lambda np, x: np.intersect1d(x * x, x[0] * x[0]), A),
    "interp": (lambda np, x: np.interp(x, W[[1, 2, 0]], [0.5, 2.0, 1.0]), P),
    "kaiser": (lambda np, x: np.kaiser(5, x[2]), P),
    "kron": (lambda np, x: np.kron(x, x[0]), A),
    "ldexp": (lambda np, x: np.ldexp(x, 3), A),
    "linspace": (lambda np, x: np.linspace(x[0], x[1] ** 2, 4), V),
    "log": (lambda np, x: np.log(x), P), "log10": (lambda np, x: np.log10(x), P),
    "log1p": (lambda np, x: np.log1p(x), P), "log2": (lambda np, x: np.log2(x), P),
    "logaddexp": (lambda np, x: np.logaddexp(x, x[::-1]), A),
    "logaddexp2": (lambda np, x: np.logaddexp2(x, x[::-1]), A),
    "logspace": (lambda np, x: np.logspace(x[0], x[1], 4, base=2.0), P),
    "matmul": (lambda np, x: np.matmul(x, x.T), A),
    "matrix_transpose": (lambda np, x: np.matrix_transpose(x * x), A),
    "matvec": (lambda np, x: np.matvec(x, x[0]), A),
    "max": (lambda np, x: np.max(x, axis=1), A), "maximum": (lambda np, x: np.maximum(x, x[::-1]), A),
    "mean": (lambda np, x: np.mean(x * x, axis=0, keepdims=True), A),
    "median": (lambda np, x: np.median(x, axis=1), A),
    "meshgrid": (lambda np, x: np.meshgrid(x * x, x, sparse=True)[0], V),
    "min": (lambda np, x: np.min(x, axis=1), A), "minimum": (lambda np, x: np.minimum(x, x[::-1]), A),
    "modf": (lambda np, x: np.modf(x)[0] * x, A),
    "moveaxis": (lambda np, x: np.moveaxis(np.reshape(x * x, (1, 2, 2)), (0, 2), (1, 0)), V),
    "multiply": (lambda np, x: np.multiply(x, x[0]), A),
    "nan_to_num": (lambda np, x: np.nan_to_num(x, nan=1.0) * 2, NAN),
    "nancumprod": (lambda np, x: np.nancumprod(x, axis=1), NAN),
    "nancumsum": (lambda np, x: np.nancumsum(x, axis=1), NAN),
    "nancumsum of all": (lambda np, x: np.nancumsum(x) * np.nancumprod(x), NAN),
    "nanmax": (lambda np, x: np.nanmax(x, axis=1), NAN), "nanmin": (lambda np, x: np.nanmin(x, axis=1), NAN),
    "nanmean": (lambda np, x: np.nanmean(x * x, axis=1), NAN),
    "nanmedian": (lambda np, x: np.nanmedian(x, axis=1), NAN),
    "nanpercentile": (lambda np, x: np.nanpercentile(x, [30, 60], axis=1), NAN),
    "nanprod": (lambda np, x: np.nanprod(x, axis=1), NAN),
    "nanquantile": (lambda np, x: np.nanquantile(x, 0.25, axis=1), NAN),
    "nanstd": (lambda np, x: np.nanstd(x, axis=1), NAN), "nansum": (lambda np, x: np.nansum(x * x, axis=1), NAN),
    "nanvar": (lambda np, x: np.nanvar(x, axis=1, ddof=1), NAN),
    "negative": (lambda np, x: np.negative(x), A),
    "ones_like": (lambda np, x: np.ones_like(x, dtype=x.dtype) * x, A),
    "outer": (lambda np, x: np.outer(x, x), A),
    "pad": (lambda np, x: np.pad(x * x, ((1, 0), (0, 2)), "constant", constant_values=1.5), A),
    "partition": (lambda np, x: np.partition(x, 3) ** 2, V),
    "percentile": (lambda np, x: np.percentile(x, [12.5, 50], axis=1), A),
    "permute_dims": (lambda np, x: np.permute_dims(x * x, (1, 0)), A),
    "piecewise": (lambda np, x: np.piecewise(x, [x > 1, x < 0], [lambda t: t * t, 2.0, lambda t: 3 * t]), V),
    "poly": (lambda np, x: np.poly(x), V),
    "polyadd": (lambda np, x: np.polyadd(x * x, x[:2]), V),
    "polyder": (lambda np, x: np.polyder(x * x, 2), V),
    "polyfit": (lambda np, x: np.polyfit([0.0, 1.0, 2.0, 3.0], x * x, 1), V),
    "polyint": (lambda np, x: np.polyint(x * x, 2, [1.0, 2.0]), V),
    "polymul": (lambda np, x: np.polymul(x, x[:2]), V),
    "polysub": (lambda np, x: np.polysub(x[:2], x * x), V),
    "polyval": (lambda np, x: np.polyval(x, x[:2]), V),
    "positive": (lambda np, x: np.positive(x) ** 2, A),
    "pow": (lambda np, x: np.pow(x, 2 * x[:1]), P),
    "prod": (lambda np, x: np.prod(x, axis=1), A),
    "ptp": (lambda np, x: np.ptp(x, axis=1), A),
    "quantile": (lambda np, x: np.quantile(x, [0.125, 0.5], axis=1, keepdims=True), A),
    "rad2deg": (lambda np, x: np.rad2deg(x), A),
    "ravel": (lambda np, x: np.ravel(x * x), A),
    "real": (lambda np, x: np.real((x + 1j * x * x) ** 2), A),
    "real_if_close": (lambda np, x: np.real_if_close(x * (1 + 0j)) ** 2, A),
    "reciprocal": (lambda np, x: np.reciprocal(x), A),
    "remainder": (lambda np, x: np.remainder(x, 0.4) * x, A),
    "repeat": (lambda np, x: np.repeat(x * x, 2), A),
    "reshape": (lambda np, x: np.reshape(x * x, (3, -1)), A),
    "resize": (lambda np, x: np.resize(x * x, (3, 5)), A),
    "roll": (lambda np, x: np.roll(x * x, 2), A),
    "rollaxis": (lambda np, x: np.rollaxis(x * x, 1), A),
    "roots": (lambda np, x: np.sort(np.abs(np.roots(x))), V),
    "rot90": (lambda np, x: np.rot90(x * x, 3), A),
    "round": (lambda np, x: np.round(1.1 * x) * x, A),
    "setdiff1d": (lambda np, x: np.setdiff1d(x * x, [0.5]), A),
    "setxor1d": (lambda np, x: np.setxor1d(x * x, [0.5]), A),
    "select": (lambda np, x: np.select([x > 1, x > 0], [x * x, 2 * x], 3.0), A),
    "sign": (lambda np, x: np.sign(x) * x, A),
    "sin": (lambda np, x: np.sin(x), A), "sinc": (lambda np, x: np.sinc(x), A),
    "sinh": (lambda np, x: np.sinh(x), A),
    "sort": (lambda np, x: np.sort(x, axis=None) ** 2, A),
    "split": (lambda np, x: np.split(x * x, [1, 3])[1], V),
    "sqrt": (lambda np, x: np.sqrt(x), P), "square": (lambda np, x: np.square(x), A),
    "squeeze": (lambda np, x: np.squeeze(x[:, None] ** 2), A),
    "stack": (lambda np, x: np.stack([x, x * x], axis=-1), A),
    "std": (lambda np, x: np.std(x, axis=1, ddof=1), A),
    "subtract": (lambda np, x: np.subtract(x, x[0] ** 2), A),
    "sum": (lambda np, x: np.sum(x * x, axis=(0, 1)), A),
    "swapaxes": (lambda np, x: np.swapaxes(x * x, 0, 1), A),
    "take": (lambda np, x: np.take(x * x, [4, 0, 0]), A),
    "take_along_axis": (lambda np, x: np.take_along_axis(x * x, IDX, 1), A),
    "tan": (lambda np, x: np.tan(x), P), "tanh": (lambda np, x: np.tanh(x), A),
    "tensordot": (lambda np, x: np.tensordot(x, x, ([1], [1])), A),
    "tile": (lambda np, x: np.tile(x * x, (2, 1)), A),
    "trace": (lambda np, x: np.trace(np.stack([x, x * x, x]), 0, 0, 1), A),
    "trapezoid": (lambda np, x: np.trapezoid(x * x, [0.0, 0.5, 2.0], axis=1), A),
    "tril": (lambda np, x: np.tril(x * x), A), "triu": (lambda np, x: np.triu(x * x, 1), A),
    "trunc": (lambda np, x: np.trunc(x) * x, A),
    "union1d": (lambda np, x: np.union1d(x * x, [0.5, 3.0]), A),
    "unique": (lambda np, x: np.unique(x * x), A),
    "unique_all": (lambda np, x: np.unique_all(x * x), A),
    "unique_counts": (lambda np, x: np.unique_counts(x * x), A),
    "unique_inverse": (lambda np, x: np.unique_inverse(x * x), A),
    "unique_values": (lambda np, x: np.sort(np.unique_values(x * x)), A),
    "unstack": (lambda np, x: np.unstack(x * x, axis=1)[2], A),
    "unwrap": (lambda np, x: np.unwrap(4 * x), V),
    "vander": (lambda np, x: np.vander(x, 3), V),
    "var": (lambda np, x: np.var(x, axis=1, correction=1), A),
    "vdot": (lambda np, x: np.vdot(x, x * x), A),
    "vecdot": (lambda np, x: np.real(np.vecdot(x + 2j * x * x, x * (1 + 1j), axis=0)), A),
    "vecmat": (lambda np, x: np.vecmat(x[:, 0], x), A),
    "vsplit": (lambda np, x: np.vsplit(x * x, 2)[1], A),
    "vstack": (lambda np, x: np.vstack([x, x * x]), V),
    "where": (lambda np, x: np.where(x > 0, x * x, x), A),
    "zeros_like": (lambda np, x: np.zeros_like(x, dtype=x.dtype) * x, A),
}  # fmt: skip
IDX = np.array([[2, 0], [1, 1]])
# predicates, positions, limits and the next float: constants, tested with the array API
ELSEWHERE = {
    "argmax", "argmin", "argsort", "all", "allclose", "any", "array_equal", "bitwise_and", "bitwise_invert",
    "bitwise_not", "bitwise_or", "bitwise_xor", "can_cast", "count_nonzero", "digitize", "empty_like", "equal",
    "finfo", "greater", "greater_equal", "iinfo", "invert", "isclose", "iscomplex", "isfinite", "isin", "isinf",
    "isnan", "isreal", "less", "less_equal", "logical_and", "logical_not", "logical_or", "logical_xor",
    "ndim", "nextafter", "not_equal", "result_type", "searchsorted", "shape", "signbit", "size",
}  # fmt: skip


def kinds():
    differentiable = set(CALLS) | {other for name, other in ALIASES.items() if name in CALLS}
    differentiable |= {"rint", "ascontiguousarray", "asfortranarray"}
    constant = set(CONSTANT) | set(WITHOUT_DERIVATIVE) | ELSEWHERE
    plain = {"fft", "linalg"} | {
        name for name in np.__all__ if hasattr(xp, name) and getattr(xp, name) is getattr(np, name)
    }
    return differentiable, constant, plain


@pytest.mark.parametrize("name", sorted(np.__all__))
def test_every_name_of_numpy_is_of_one_kind(name):
    differentiable, constant, plain = kinds()
    where = [name in differentiable, name in constant, name in plain, name in NOT_OFFERED]
    assert sum(where) == 1, dict(
        zip(("differentiable", "constant", "plain", "not offered"), where, strict=True)
    )
    assert hasattr(xp, name) == (name not in NOT_OFFERED)


def test_the_lists_hold_only_numpys_names():
    gone = {"row_stack"} if np.lib.NumpyVersion(np.__version__) >= "2.5.0" else set()
    names = (*DIFFERENTIABLE, *CONSTANT, *PLAIN, *ALIASES.values())
    assert {n for n in names if not hasattr(np, n)} == gone
    assert [n for n in DIFFERENTIABLE if n not in CALLS] == []
    assert [n for n in STANDARD if n not in CALLS and n not in ELSEWHERE] == []


def real(y):
    """Return all numbers of a result as one vector."""
    return np.concatenate([np.ravel(part) for part in leaves(y)])


def total(call, space):
    """Return a function of an array: the weighted sum of what a call gives."""

    def f(x):
        parts = leaves(call(space, x))
        return sum(
            space.sum(part * np.cos(np.arange(part.size)).reshape(part.shape)) for part in parts
        )

    return f


def assert_numpys(call, x):
    """Assert that values of a call are NumPy's, and its slopes those of NumPy's values."""
    with np.errstate(all="ignore"):
        ours, _ = xp.vjp(lambda x: call(xp, x), x)
        numpys = call(np, x)
        assert [np.shape(part) for part in leaves(ours)] == [
            np.shape(part) for part in leaves(numpys)
        ]
        np.testing.assert_allclose(real(ours), real(numpys), rtol=1e-14, atol=4e-15)
        gradient = xp.grad(total(call, xp))(x)
        assert gradient.dtype == x.dtype
        direction = np.where(np.isnan(x), 0, np.sin(1 + np.arange(x.size)).reshape(x.shape))
        slope = np.nansum(gradient * direction)
        _, pushed = xp.jvp(total(call, xp), (x,), (direction,))
        assert pushed == pytest.approx(slope, rel=1e-11, abs=1e-11)
        f, h = total(call, np), 2.0**-13
        near = [f(x + k * h * direction) for k in (-2, -1, 1, 2)]
        assert (near[0] - 8 * near[1] + 8 * near[2] - near[3]) / (12 * h) == pytest.approx(
            slope, rel=1e-8, abs=1e-8
        )


def test_how_arrays_lie_in_memory_is_numpys_and_no_matter_for_tensors():
    x = np.arange(6.0).reshape(2, 3)
    for name, by in (("ascontiguousarray", "c"), ("asfortranarray", "f")):
        f = getattr(xp, name)
        for given in (x, x.T):
            assert getattr(f(given).flags, f"{by}_contiguous")
        np.testing.assert_array_equal(xp.grad(lambda t, f=f: xp.sum(f(t) ** 2))(x), 2 * x)


@pytest.mark.parametrize("name", CALLS)
def test_values_are_numpys_and_slopes_those_of_its_values(name):
    assert_numpys(*CALLS[name])
