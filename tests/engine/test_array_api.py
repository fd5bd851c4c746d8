"""The array API 2024.12 on plain arrays: present by name, and NumPy's own answers by dtype."""

import numpy as np
import pytest

from diffcheck import engine as xp

NAMES = [
    "arange",
    "asarray",
    "empty",
    "empty_like",
    "eye",
    "from_dlpack",
    "full",
    "full_like",
    "linspace",
    "meshgrid",
    "ones",
    "ones_like",
    "tril",
    "triu",
    "zeros",
    "zeros_like",
    "astype",
    "broadcast_arrays",
    "broadcast_to",
    "can_cast",
    "finfo",
    "iinfo",
    "isdtype",
    "result_type",
    "abs",
    "acos",
    "acosh",
    "add",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "bitwise_and",
    "bitwise_left_shift",
    "bitwise_invert",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "ceil",
    "clip",
    "conj",
    "copysign",
    "cos",
    "cosh",
    "divide",
    "equal",
    "exp",
    "expm1",
    "floor",
    "floor_divide",
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
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "maximum",
    "minimum",
    "multiply",
    "negative",
    "nextafter",
    "not_equal",
    "positive",
    "pow",
    "real",
    "reciprocal",
    "remainder",
    "round",
    "sign",
    "signbit",
    "sin",
    "sinh",
    "square",
    "sqrt",
    "subtract",
    "tan",
    "tanh",
    "trunc",
    "take",
    "take_along_axis",
    "matmul",
    "matrix_transpose",
    "tensordot",
    "vecdot",
    "concat",
    "expand_dims",
    "flip",
    "moveaxis",
    "permute_dims",
    "repeat",
    "reshape",
    "roll",
    "squeeze",
    "stack",
    "tile",
    "unstack",
    "argmax",
    "argmin",
    "count_nonzero",
    "nonzero",
    "searchsorted",
    "where",
    "unique_all",
    "unique_counts",
    "unique_inverse",
    "unique_values",
    "argsort",
    "sort",
    "cumulative_prod",
    "cumulative_sum",
    "max",
    "mean",
    "min",
    "prod",
    "std",
    "sum",
    "var",
    "all",
    "any",
    "diff",
    "e",
    "inf",
    "nan",
    "newaxis",
    "pi",
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float32",
    "float64",
    "complex64",
    "complex128",
]
LINALG = [
    "cholesky",
    "cross",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "inv",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "matrix_transpose",
    "outer",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "svd",
    "svdvals",
    "tensordot",
    "trace",
    "vecdot",
    "vector_norm",
]
FFT = [
    "fft",
    "ifft",
    "fftn",
    "ifftn",
    "rfft",
    "irfft",
    "rfftn",
    "irfftn",
    "hfft",
    "ihfft",
    "fftfreq",
    "rfftfreq",
    "fftshift",
    "ifftshift",
]
DTYPES = [
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float32",
    "float64",
    "complex64",
]
UNARY = [
    "abs",
    "negative",
    "positive",
    "square",
    "sign",
    "cos",
    "exp",
    "sqrt",
    "floor",
    "round",
    "trunc",
    "isnan",
    "real",
    "conj",
]
BINARY = [
    "add",
    "subtract",
    "multiply",
    "pow",
    "maximum",
    "equal",
    "less",
    "floor_divide",
    "remainder",
    "divide",
]
REDUCTIONS = [
    "sum",
    "prod",
    "mean",
    "max",
    "min",
    "std",
    "var",
    "all",
    "any",
    "argmax",
    "count_nonzero",
    "cumulative_sum",
]


def outcome(function, *args):
    """Return what a call gives: an array with its dtype, or the kind of its error."""
    try:
        result = function(*args)
    except (TypeError, ValueError) as error:
        return type(error)
    return result.dtype, np.asarray(result).tobytes()


@pytest.mark.parametrize("name", NAMES)
def test_the_standard_is_there(name):
    assert hasattr(xp, name)
    assert name in xp.__all__


@pytest.mark.parametrize(("space", "names"), [("linalg", LINALG), ("fft", FFT)])
def test_its_extensions_are_there(space, names):
    assert [name for name in names if not hasattr(getattr(xp, space), name)] == []


def test_it_says_what_it_is():
    assert xp.__array_api_version__ >= "2024.12"
    info = xp.__array_namespace_info__()
    assert info.capabilities()["boolean indexing"]
    assert "float32" in info.dtypes()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", UNARY + REDUCTIONS)
def test_functions_of_one_plain_array_are_numpys(name, dtype):
    x = np.array([[3, 1, 2], [0, 1, 5]]).astype(dtype)
    with np.errstate(all="ignore"):
        ours, numpys = getattr(xp, name), getattr(np, name)
        if name == "cumulative_sum":
            assert outcome(ours, x[0]) == outcome(numpys, x[0])
        elif name == "prod" and dtype.startswith("float"):
            assert ours(x) == numpys(x)
        else:
            assert outcome(ours, x) == outcome(numpys, x)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", BINARY)
def test_functions_of_two_plain_arrays_are_numpys(name, dtype):
    x, y = np.array([3, 1, 2]).astype(dtype), np.array([[1], [2]]).astype(dtype)
    with np.errstate(all="ignore"):
        ours, numpys = getattr(xp, name), getattr(np, name)
        assert outcome(ours, x, y) == outcome(numpys, x, y)
        assert outcome(ours, x, 2) == outcome(numpys, x, 2)


def test_python_scalars_stay_weak():
    assert type(xp.sqrt(2.0)) is float
    assert (np.float32(1) * xp.sqrt(2.0)).dtype == np.float32


@pytest.mark.parametrize(
    ("program", "slope"),
    [
        (lambda x: xp.sum(xp.sort(x, descending=True)[:2]), [1, 0, 1, 0]),
        (lambda x: xp.sum(xp.cumulative_sum(x, include_initial=True)), [4, 3, 2, 1]),
        (lambda x: xp.sum(xp.diff(x, n=2)), [1, -1, -1, 1]),
        (lambda x: xp.sum(xp.pad(x, 1, mode="reflect")), [1, 2, 2, 1]),
        (lambda x: xp.unstack(xp.reshape(x, (2, 2)), axis=1)[1][0], [0, 1, 0, 0]),
        (lambda x: xp.sum(xp.remainder(x, 1.5)), [1, 1, 1, 1]),
        (lambda x: xp.sum(xp.copysign(x, -1.0)), [-1, -1, -1, -1]),
        (lambda x: xp.sum(xp.meshgrid(x, x)[0]), [4, 4, 4, 4]),
        (lambda x: xp.sum(xp.gradient(x)), [-1.5, 0.5, -0.5, 1.5]),
        (lambda x: xp.sum(xp.diag(x, 1)) + xp.sum(xp.rot90(xp.reshape(x, (2, 2)))), [2, 2, 2, 2]),
        (lambda x: xp.sum(xp.nan_to_num(x * 0 / (x - 1.0))), [0, 0, 0, 0]),
    ],
)  # fmt: skip
def test_what_only_arranges_passes_cotangents_on(program, slope):
    x = np.array([4.0, 1.0, 2.0, 0.25])
    assert xp.grad(program)(x).tolist() == slope


AXES = {
    "all": "xp.all(x, axis=2)",
    "cumulative_sum": "xp.cumulative_sum(x, axis=2)",
    "diagonal": "xp.diagonal(x, axis1=0, axis2=2)",
    "diff": "xp.diff(x, axis=2)",
    "expand_dims": "xp.expand_dims(x, 5)",
    "gradient": "xp.gradient(x, axis=-3)",
    "insert": "xp.insert(x, 0, 1.0, axis=2)",
    "median": "xp.median(x, axis=2)",
    "moveaxis": "xp.moveaxis(x, 0, 2)",
    "partition": "xp.partition(x, 1, axis=2)",
    "prod": "xp.prod(x, axis=(0, 2))",
    "rollaxis": "xp.rollaxis(x, 2)",
    "split": "xp.array_split(x, 2, axis=2)",
    "squeeze": "xp.squeeze(x, axis=-3)",
    "take": "xp.take(x, np.array([0]), axis=2)",
    "take_along_axis": "xp.take_along_axis(x, np.array([[0]]), axis=2)",
    "trapezoid": "xp.trapezoid(x, axis=2)",
    "unstack": "xp.unstack(x, axis=2)",
}


@pytest.mark.parametrize("name", AXES)
def test_an_axis_that_a_tensor_lacks_is_an_error_and_not_another_axis(name):
    def program(x):
        return eval(AXES[name], {"xp": xp, "np": np, "x": x})

    for call in (program, xp.grad(program)):
        with pytest.raises((IndexError, ValueError, xp.OperationError)):
            call(np.ones((2, 3)))


def test_options_of_array_making_that_a_tensor_ignores():
    def program(x):
        y = xp.asarray(x, device="cpu", copy=True)
        return xp.sum(xp.asarray([y[0], 1.0], copy=None)) + xp.sum(xp.asarray(np.ones(2)))

    assert xp.grad(program)(np.array([2.0, 3.0])).tolist() == [1, 0]
    assert xp.asarray([1, 2], dtype=np.float32, device="cpu", copy=True).dtype == np.float32


def test_a_triangular_factor_has_no_negative_zeros():
    r = xp.linalg.qr(np.full((3, 2), 11.0)).R
    assert not np.signbit(np.tril(r, -1)).any()


@pytest.mark.parametrize("mode", ["clip", "wrap"])
def test_positions_out_of_bounds_are_brought_within(mode):
    def program(x):
        return xp.sum(xp.take(x, [1, 9, -5], mode=mode) * np.array([1.0, 2.0, 4.0]))

    x = np.array([3.0, 5.0, 7.0])
    value, slope = xp.value_and_grad(program)(x)
    assert value == program(x)
    expected = np.zeros(3)
    np.add.at(expected, np.take(np.arange(3), [1, 9, -5], mode=mode), [1.0, 2.0, 4.0])
    assert slope.tolist() == expected.tolist()


def test_positions_in_x_as_a_vector():
    x = np.arange(6.0).reshape(2, 3)
    slope = xp.grad(lambda x: xp.sum(xp.take_along_axis(x, np.array([0, 5, 5]), axis=None)))(x)
    assert slope.tolist() == [[1, 0, 0], [0, 0, 2]]
