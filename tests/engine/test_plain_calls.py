"""Functions called without any transform: on what NumPy takes, in its shape and dtype."""

import inspect

import ml_dtypes
import numpy as np
import pytest

from diffcheck import engine as xp
from diffcheck.engine.table import TABLE

NEURAL = (
    "sigmoid", "relu6", "mish", "selu", "celu", "leaky_relu", "hard_sigmoid", "hard_swish",
    "log_sigmoid",
)  # fmt: skip
LEADING = {"polygamma": (1,), "polylog": (1.5,)}  # an order comes first
OF_OPERATORS = ("leaky_relu", "hard_sigmoid", "hard_swish")  # Python's, which know no lists
OTHERS = {"where", "clip"}  # not of operands alone
FUNCTIONS = [
    name
    for name, op in TABLE.items()
    if op.kind == "elementwise" and callable(getattr(xp, name, None)) and name not in OTHERS
] + [name for name in NEURAL if hasattr(xp, name)]


def called(name, x):
    """Return a function of the namespace at x in every operand."""
    parameters = inspect.signature(getattr(xp, name)).parameters.values()
    needed = [p for p in parameters if p.default is p.empty and p.kind in (0, 1)]
    op = TABLE.get(name)
    count = len(op.vjp) if op and isinstance(op.vjp, tuple) else len(needed) or 1
    with np.errstate(all="ignore"):
        if name in LEADING:
            return getattr(xp, name)(*LEADING[name], x)
        return getattr(xp, name)(*[x] * count)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("number", [0.5, 1, True])
def test_a_python_number_gives_a_python_number(name, number):
    y, expected = called(name, number), called(name, np.float64(number))
    assert type(y) in (float, int, bool, np.bool)
    assert float(y) == pytest.approx(float(expected), rel=1e-12, nan_ok=True)


@pytest.mark.parametrize("name", [n for n in FUNCTIONS if n != "reciprocal"])  # of integers NumPy's
def test_integers_have_the_values_of_reals(name):
    found, expected = called(name, np.array([1, 2])), called(name, np.array([1.0, 2.0]))
    assert np.allclose(found, expected, rtol=1e-12, atol=0, equal_nan=True)


@pytest.mark.parametrize("name", [n for n in FUNCTIONS if n not in OF_OPERATORS])
def test_a_list_is_taken_as_an_array(name):
    found = called(name, [0.5, 0.25])
    assert np.array_equal(found, called(name, np.array([0.5, 0.25])), equal_nan=True)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_shapes_and_dtypes_stay(name):
    for x in (np.zeros(0), np.zeros((0, 3), np.float32), np.array(0.5, np.float16)):
        y = called(name, x)
        assert np.shape(y) == x.shape
        assert y.dtype in (x.dtype, np.bool)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "sigmoid", "gelu", "silu", "glu"])
def test_nothing_has_a_gradient_of_nothing(name):
    x = np.zeros((2, 0))
    assert xp.grad(lambda x: xp.sum(getattr(xp, name)(x)))(x).shape == (2, 0)


def test_of_nothing_the_logarithm_of_the_sum_is_that_of_0():
    with np.errstate(divide="ignore"):
        assert xp.logsumexp(np.zeros((2, 0)), axis=1).tolist() == [-np.inf, -np.inf]


def test_an_error_of_numbers_names_the_op():
    with pytest.raises(xp.OperationError, match=r"relu\(0.5, 1\)|polygamma"):
        xp.polygamma(-1, 0.5)


@pytest.mark.parametrize("function", [xp.linalg.eigh, xp.linalg.svd])
def test_vectors_of_bfloat16_have_a_derivative(function):
    x = np.array([[2.0, 0.5], [0.5, 1.0]], ml_dtypes.bfloat16)
    gradient = xp.grad(lambda x: xp.sum(function(x)[0] ** 2 * np.array([1.0, 2.0])))(x)
    assert gradient.dtype == x.dtype
    exact = xp.grad(lambda x: xp.sum(function(x)[0] ** 2 * np.array([1.0, 2.0])))(x.astype(float))
    assert np.allclose(gradient.astype(float), exact, atol=0.05)
