# ruff: noqa: E501 - one row of a table, one line
"""The array API on plain arrays: every function gives NumPy's value, dtype and shape, or its error."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from test_array_api import FFT, LINALG, NAMES

from diffcheck import engine as xp
from diffcheck.engine.trees import leaves

INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
FLOATS = ["float32", "float64"]
COMPLEX = ["complex64", "complex128"]
DTYPES = ["bool", *INTEGERS, *FLOATS, *COMPLEX]
SPECIAL = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    np.inf,
    -np.inf,
    np.nan,
    0.5,
    -2.5,
    1e-30,
    -1e30,
    3.0,
    1e300,
    5e-324,
]

UNARY = [
    "abs",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atanh",
    "bitwise_invert",
    "ceil",
    "conj",
    "cos",
    "cosh",
    "exp",
    "expm1",
    "floor",
    "imag",
    "isfinite",
    "isinf",
    "isnan",
    "log",
    "log1p",
    "log2",
    "log10",
    "logical_not",
    "negative",
    "positive",
    "real",
    "reciprocal",
    "round",
    "sign",
    "signbit",
    "sin",
    "sinh",
    "square",
    "sqrt",
    "tan",
    "tanh",
    "trunc",
]
BINARY = [
    "add",
    "atan2",
    "bitwise_and",
    "bitwise_left_shift",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "copysign",
    "divide",
    "equal",
    "floor_divide",
    "greater",
    "greater_equal",
    "hypot",
    "less",
    "less_equal",
    "logaddexp",
    "logical_and",
    "logical_or",
    "logical_xor",
    "maximum",
    "minimum",
    "multiply",
    "nextafter",
    "not_equal",
    "pow",
    "remainder",
    "subtract",
]
# one call or more of everything else, of a 2 x 3 array x
CALLS = {
    "arange": lambda np, x: np.arange(1, 7, 2, dtype=x.dtype),
    "asarray": lambda np, x: (np.asarray(x, copy=True), np.asarray([[1, 2]], dtype=x.dtype), np.asarray(True), np.asarray(1.5, device="cpu")),
    "empty": lambda np, x: np.empty((2, 3), dtype=x.dtype) is None,
    "empty_like": lambda np, x: np.empty_like(x).shape == (2, 3),
    "eye": lambda np, x: np.eye(2, 3, k=1, dtype=x.dtype),
    "from_dlpack": lambda np, x: np.from_dlpack(x),
    "full": lambda np, x: (np.full((2,), 3, dtype=x.dtype), np.full(2, 1.5), np.full((), True)),
    "full_like": lambda np, x: np.full_like(x, 1, device="cpu"),
    "linspace": lambda np, x: (np.linspace(0, 4, 5, dtype=x.dtype), np.linspace(-1.5, 2.0, 7, endpoint=False)),
    "meshgrid": lambda np, x: (np.meshgrid(x[0], x[1]), np.meshgrid(x[0], x[:, 0], indexing="ij")),
    "ones": lambda np, x: np.ones((2, 1), dtype=x.dtype),
    "ones_like": lambda np, x: np.ones_like(x, dtype=np.float32),
    "tril": lambda np, x: np.tril(x, k=-1), "triu": lambda np, x: np.triu(x, k=1),
    "zeros": lambda np, x: np.zeros(4, dtype=x.dtype, device="cpu"),
    "zeros_like": lambda np, x: np.zeros_like(x, device="cpu"),
    "astype": lambda np, x: (np.astype(x, np.complex128), np.astype(x, x.dtype, copy=False)),
    "broadcast_arrays": lambda np, x: np.broadcast_arrays(x, x[:, :1]),
    "broadcast_to": lambda np, x: np.broadcast_to(x, (2, 2, 3)),
    "can_cast": lambda np, x: np.can_cast(x.dtype, np.float64),
    "finfo": lambda np, x: np.finfo(x.dtype).max, "iinfo": lambda np, x: np.iinfo(x.dtype).max,
    "isdtype": lambda np, x: (np.isdtype(x.dtype, "integral"), np.isdtype(x.dtype, ("bool", "real floating"))),
    "result_type": lambda np, x: (np.result_type(x, np.float32) == np.float32, np.result_type(x, 1) == x.dtype),
    "clip": lambda np, x: (np.clip(x, 0, 1), np.clip(x, min=1), np.clip(x, max=x[0])),
    "take": lambda np, x: (np.take(x, np.asarray([1, 0, -1]), axis=1), np.take(x[0], np.asarray([2]))),
    "take_along_axis": lambda np, x: np.take_along_axis(x, np.asarray([[2, 0], [1, 1]]), axis=1),
    "matmul": lambda np, x: np.matmul(x, x.T), "matrix_transpose": lambda np, x: np.matrix_transpose(x),
    "tensordot": lambda np, x: (np.tensordot(x, x.T, axes=1), np.tensordot(x, x, axes=((0, 1), (0, 1)))),
    "vecdot": lambda np, x: (np.vecdot(x, x), np.vecdot(x, x, axis=-2)),
    "concat": lambda np, x: (np.concat((x, x), axis=1), np.concat([x, x], axis=None)),
    "expand_dims": lambda np, x: (np.expand_dims(x, axis=-1), np.expand_dims(x, (0, 2)), np.expand_dims(x, axis=7)),
    "flip": lambda np, x: (np.flip(x), np.flip(x, axis=(0, 1))),
    "moveaxis": lambda np, x: (np.moveaxis(x, 0, 1), np.moveaxis(x, (0, 1), (1, 0))),
    "permute_dims": lambda np, x: np.permute_dims(x, (1, 0)),
    "repeat": lambda np, x: (np.repeat(x, 2, axis=0), np.repeat(x, np.asarray([1, 0, 2]), axis=1), np.repeat(x, 2)),
    "reshape": lambda np, x: (np.reshape(x, (3, -1)), np.reshape(x, (6,), copy=True), np.reshape(x, (4, 2))),
    "roll": lambda np, x: (np.roll(x, 2), np.roll(x, (1, -1), axis=(0, 1))),
    "squeeze": lambda np, x: (np.squeeze(x[None], axis=0), np.squeeze(x, axis=0)),
    "stack": lambda np, x: np.stack((x, x), axis=-1), "tile": lambda np, x: np.tile(x, (2, 1, 2)),
    "unstack": lambda np, x: np.unstack(x, axis=1),
    "argmax": lambda np, x: (np.argmax(x), np.argmax(x, axis=0, keepdims=True)),
    "argmin": lambda np, x: (np.argmin(x), np.argmin(x, axis=1)),
    "count_nonzero": lambda np, x: (np.count_nonzero(x), np.count_nonzero(x, axis=0, keepdims=True)),
    "nonzero": lambda np, x: np.nonzero(x),
    "searchsorted": lambda np, x: (np.searchsorted(np.sort(x[0]), x[1], side="right"), np.searchsorted(x[0], x[1], sorter=np.argsort(x[0]))),
    "where": lambda np, x: (np.where(x == 1, x, 0), np.where(x == 1, x, x.astype(np.float64))),
    "unique_all": lambda np, x: np.unique_all(x), "unique_counts": lambda np, x: np.unique_counts(x),
    "unique_inverse": lambda np, x: np.unique_inverse(x), "unique_values": lambda np, x: np.sort(np.unique_values(x)),
    "argsort": lambda np, x: (np.argsort(x, axis=0, stable=True), np.argsort(x, axis=-1)),
    "sort": lambda np, x: (np.sort(x, axis=0), np.sort(x, axis=-1, stable=True)),
    "cumulative_prod": lambda np, x: (np.cumulative_prod(x, axis=1, include_initial=True), np.cumulative_prod(x[0]), np.cumulative_prod(x)),
    "cumulative_sum": lambda np, x: (np.cumulative_sum(x, axis=0, dtype=np.float64), np.cumulative_sum(x[0]), np.cumulative_sum(x)),
    "max": lambda np, x: (np.max(x), np.max(x, axis=(0, 1), keepdims=True)),
    "min": lambda np, x: (np.min(x), np.min(x, axis=0)),
    "mean": lambda np, x: (np.mean(x), np.mean(x, axis=(0, 1), keepdims=True), np.mean(x[:0])),
    "prod": lambda np, x: (np.prod(x), np.prod(x, axis=1, dtype=np.float64), np.prod(x[:0])),
    "std": lambda np, x: (np.std(x), np.std(x, axis=1, correction=1, keepdims=True)),
    "sum": lambda np, x: (np.sum(x), np.sum(x, axis=1, keepdims=True), np.sum(x, dtype=np.float32), np.sum(x[:0])),
    "var": lambda np, x: (np.var(x), np.var(x, axis=0, correction=0.5), np.var(x, correction=2)),
    "all": lambda np, x: (np.all(x), np.all(x, axis=1, keepdims=True)), "any": lambda np, x: (np.any(x), np.any(x, axis=(0, 1))),
    "diff": lambda np, x: (np.diff(x), np.diff(x, axis=0, n=1, prepend=x[:1], append=x[:1])),
    "linalg.cholesky": lambda np, x: (np.linalg.cholesky(spd(x)), np.linalg.cholesky(spd(x), upper=True)),
    "linalg.cross": lambda np, x: np.linalg.cross(x, x[::-1]),
    "linalg.det": lambda np, x: np.linalg.det(spd(x)),
    "linalg.diagonal": lambda np, x: (np.linalg.diagonal(x, offset=1), np.linalg.diagonal(x[None])),
    "linalg.eigh": lambda np, x: np.linalg.eigh(spd(x))[0], "linalg.eigvalsh": lambda np, x: np.linalg.eigvalsh(spd(x)),
    "linalg.inv": lambda np, x: np.linalg.inv(spd(x)), "linalg.matmul": lambda np, x: np.linalg.matmul(x, x.T),
    "linalg.matrix_norm": lambda np, x: (np.linalg.matrix_norm(x), np.linalg.matrix_norm(x, ord="nuc", keepdims=True), np.linalg.matrix_norm(x, ord=1)),
    "linalg.matrix_power": lambda np, x: (np.linalg.matrix_power(spd(x), 3), np.linalg.matrix_power(spd(x), 0), np.linalg.matrix_power(spd(x), -1)),
    "linalg.matrix_rank": lambda np, x: (np.linalg.matrix_rank(x), np.linalg.matrix_rank(x, rtol=0.5)),
    "linalg.matrix_transpose": lambda np, x: np.linalg.matrix_transpose(x[None]),
    "linalg.outer": lambda np, x: np.linalg.outer(x[0], x[1]), "linalg.pinv": lambda np, x: (np.linalg.pinv(x), np.linalg.pinv(x, rtol=0.1)),
    "linalg.qr": lambda np, x: (np.linalg.qr(x)[1].shape, np.linalg.qr(x, mode="complete")[0].shape),
    "linalg.slogdet": lambda np, x: np.linalg.slogdet(spd(x)), "linalg.solve": lambda np, x: (np.linalg.solve(spd(x), x), np.linalg.solve(spd(x), x[:, 0])),
    "linalg.svd": lambda np, x: (np.linalg.svd(x).S, np.linalg.svd(x, full_matrices=False).U.shape), "linalg.svdvals": lambda np, x: np.linalg.svdvals(x),
    "linalg.tensordot": lambda np, x: np.linalg.tensordot(x, x.T, axes=1),
    "linalg.trace": lambda np, x: (np.linalg.trace(x, offset=1), np.linalg.trace(x[None], dtype=np.complex128)),
    "linalg.vecdot": lambda np, x: np.linalg.vecdot(x, x, axis=0),
    "linalg.vector_norm": lambda np, x: (np.linalg.vector_norm(x), np.linalg.vector_norm(x, axis=1, ord=1), np.linalg.vector_norm(x, ord=np.inf, keepdims=True), np.linalg.vector_norm(x, ord=3)),
    "fft.fft": lambda np, x: (np.fft.fft(x), np.fft.fft(x, n=4, axis=0, norm="ortho")), "fft.ifft": lambda np, x: np.fft.ifft(x, norm="forward"),
    "fft.fftn": lambda np, x: (np.fft.fftn(x), np.fft.fftn(x, s=(2, 4), axes=(0, 1))), "fft.ifftn": lambda np, x: np.fft.ifftn(x),
    "fft.rfft": lambda np, x: np.fft.rfft(x), "fft.irfft": lambda np, x: (np.fft.irfft(x), np.fft.irfft(x, n=5)),
    "fft.rfftn": lambda np, x: np.fft.rfftn(x), "fft.irfftn": lambda np, x: np.fft.irfftn(x),
    "fft.hfft": lambda np, x: np.fft.hfft(x), "fft.ihfft": lambda np, x: np.fft.ihfft(x),
    "fft.fftfreq": lambda np, x: np.fft.fftfreq(5, d=0.5), "fft.rfftfreq": lambda np, x: np.fft.rfftfreq(6),
    "fft.fftshift": lambda np, x: np.fft.fftshift(x, axes=(1,)), "fft.ifftshift": lambda np, x: np.fft.ifftshift(x),
}  # fmt: skip
# Real floats are added and multiplied in an order of the engine's own, where `compile` must give
# what eager gives: to the last digits NumPy's.
NEARLY = {"mean", "prod", "std", "var", "cumulative_prod", "linalg.eigh", "linalg.svd", "linalg.qr"}
THINGS = {"e", "inf", "nan", "newaxis", "pi", "bool", *INTEGERS, *FLOATS, *COMPLEX}


def spd(x):
    """Return a symmetric positive definite matrix of a 2 x 3 array."""
    return x @ x.conj().T + 4 * np.eye(2, dtype=x.dtype)


def called(call, space, *args):
    """Return what a call gives, or the kind of its error."""
    try:
        return call(space, *args)
    except (TypeError, ValueError, IndexError, np.linalg.LinAlgError) as error:
        return type(error)


def assert_same(ours, numpys, *, nearly=False):
    if isinstance(numpys, type):
        assert ours is numpys
        return
    ours, numpys = leaves(ours), leaves(numpys)
    assert len(ours) == len(numpys)
    for a, b in zip(ours, numpys, strict=True):
        assert type(a) is type(b) or {type(a), type(b)} <= {np.ndarray} | set(
            np.sctypeDict.values()
        )
        assert np.shape(a) == np.shape(b)
        dtype = np.asarray(b).dtype
        assert np.asarray(a).dtype == dtype
        if nearly and dtype.kind in "fc":
            np.testing.assert_allclose(a, b, rtol=20 * np.finfo(dtype).eps, atol=1e-30)
        else:
            assert np.asarray(a).tobytes() == np.asarray(b).tobytes()


def test_the_table_has_every_function():
    told = {*UNARY, *BINARY, *CALLS, *THINGS}
    names = {*NAMES, *(f"linalg.{name}" for name in LINALG), *(f"fft.{name}" for name in FFT)}
    assert names - told == set()


def samples(dtype):
    """Return 2 x 3 arrays of small integers in a dtype, and of special values where it has them."""
    small = np.array([[3, 1, 2], [0, 1, 5]]).astype(dtype)
    yield small
    if np.dtype(dtype).kind in "fc":
        yield (small - 1.5).astype(dtype)


@pytest.mark.filterwarnings("ignore")  # NumPy's, of empty slices and imaginary parts cast away
@pytest.mark.parametrize("name", CALLS)
def test_calls_are_numpys(name):
    for dtype in DTYPES:
        for x in samples(dtype):
            with np.errstate(all="ignore"):
                ours, numpys = called(CALLS[name], xp, x), called(CALLS[name], np, x)
            assert_same(ours, numpys, nearly=name in NEARLY)


@pytest.mark.parametrize("name", [*UNARY, *BINARY])
@pytest.mark.parametrize("dtype", DTYPES)
def test_elementwise_functions_are_numpys_at_special_values(name, dtype):
    kind = np.dtype(dtype).kind
    with np.errstate(all="ignore"):
        numbers = [0, 1, 2, 3, 5, 7] if kind in "biu" else SPECIAL
        x = np.array(numbers).astype(dtype)
        if kind == "c":
            x = (x[:, None] + 1j * x).ravel().astype(dtype)
        args = (x,) if name in UNARY else (x[:, None], x)
        ours, numpys = getattr(xp, name), getattr(np, name)
        assert_same(
            called(lambda f, *a: f(*a), ours, *args), called(lambda f, *a: f(*a), numpys, *args)
        )
        if name in BINARY:  # a Python scalar on either side is weak
            for scalar in (True, 2, 0.5):
                for pair in ((x, scalar), (scalar, x)):
                    assert_same(
                        called(lambda f, *a: f(*a), ours, *pair),
                        called(lambda f, *a: f(*a), numpys, *pair),
                    )


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.data(), st.sampled_from(BINARY), st.sampled_from(DTYPES), st.sampled_from(DTYPES))
def test_mixed_dtypes_and_shapes_are_numpys(data, name, first, second):
    shapes = data.draw(arrays.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3))
    x, y = (
        data.draw(arrays.arrays(dtype, shape, elements=st.integers(0, 7)))
        if np.dtype(dtype).kind in "iu"
        else data.draw(arrays.arrays(dtype, shape))
        for dtype, shape in zip((first, second), shapes.input_shapes, strict=True)
    )
    with np.errstate(all="ignore"):
        ours, numpys = getattr(xp, name), getattr(np, name)
        assert_same(
            called(lambda f, *a: f(*a), ours, x, y), called(lambda f, *a: f(*a), numpys, x, y)
        )


def test_descending_order_which_numpy_lacks():
    x = np.array([2, 0, 2, 1], dtype=np.uint8)
    assert xp.sort(x, descending=True).tolist() == [2, 2, 1, 0]
    assert xp.argsort(x, descending=True).tolist() == [0, 2, 3, 1]
    assert xp.sort(x, descending=True).dtype == np.uint8


def test_frequencies_take_a_dtype_which_numpys_do_not():
    assert xp.fft.fftfreq(4, dtype=np.float32).dtype == np.float32
    assert xp.fft.rfftfreq(4, d=0.5, dtype=np.float32, device="cpu").tolist() == [0, 0.5, 1]
