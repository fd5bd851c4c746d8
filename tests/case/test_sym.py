import numpy as np
import pytest
import sympy
from scipy import special

from diffcheck import sym

A = np.array([[0.25, 0.5, 0.75], [0.125, 0.625, 0.375]])
V = np.array([0.5, 1.5, 2.5])
SQUARE = np.array([[2.0, 0.5, 0.25], [0.5, 3.0, 1.0], [0.25, 1.0, 4.0]])


def rationals(x):
    return sym.array([sympy.Rational(v) for v in np.ravel(x)]).reshape(np.shape(x))


def numbers(expressions):
    return np.array(
        [float(sympy.N(e, 30)) for e in np.ravel(np.asarray(expressions, dtype=object))]
    ).reshape(np.shape(expressions))


ELEMENTWISE = [
    *((f.__name__, f) for f in (np.exp, np.expm1, np.log, np.log1p, np.log2, np.log10)),
    *((f.__name__, f) for f in (np.sqrt, np.cbrt, np.square, np.sin, np.cos, np.tan)),
    *((f.__name__, f) for f in (np.sinh, np.cosh, np.tanh, np.sign, np.floor, np.ceil, np.sinc)),
    ("abs", np.abs),
    ("asinh", np.arcsinh),
    ("asin", np.arcsin),
    ("acos", np.arccos),
    ("atan", np.arctan),
    ("atanh", np.arctanh),
    *((f.__name__, f) for f in (special.erf, special.erfc, special.gamma, special.gammaln)),
    *((f.__name__, f) for f in (special.j0, special.j1, special.i0, special.i1, special.i0e)),
    *((f.__name__, f) for f in (special.i1e, special.expit, special.log_expit, special.logit)),
    ("digamma", special.digamma),
    ("entr", special.entr),
    ("loggamma", special.gammaln),
    ("relu", lambda x: np.maximum(x, 0)),
    ("sigmoid", special.expit),
    ("log_sigmoid", special.log_expit),
    ("softplus", lambda x: np.logaddexp(0, x)),
    ("silu", lambda x: x * special.expit(x)),
    ("heaviside", lambda x: np.heaviside(x, 0.5)),
]


@pytest.mark.parametrize(("name", "reference"), ELEMENTWISE, ids=[row[0] for row in ELEMENTWISE])
def test_elementwise_function(name, reference):
    got = getattr(sym, name)(rationals(A))
    assert got.shape == A.shape
    np.testing.assert_allclose(numbers(got), reference(A), rtol=1e-13)


BINARY = [
    ("atan2", np.arctan2),
    ("hypot", np.hypot),
    ("pow", np.power),
    ("logaddexp", np.logaddexp),
    ("maximum", np.maximum),
    ("minimum", np.minimum),
    ("beta", special.beta),
    ("betaln", special.betaln),
    ("gammainc", special.gammainc),
    ("gammaincc", special.gammaincc),
    ("jv", special.jv),
    ("xlogy", special.xlogy),
    ("xlog1py", special.xlog1py),
]


@pytest.mark.parametrize(("name", "reference"), BINARY, ids=[row[0] for row in BINARY])
def test_binary_function_broadcasts(name, reference):
    got = getattr(sym, name)(rationals(V), rationals(A))
    np.testing.assert_allclose(numbers(got), reference(V, A), rtol=1e-13)


def _softmax(x):
    return special.softmax(x, axis=-1)


ARRAYS = [
    ("sum", lambda x: x.sum(), lambda: sym.sum(rationals(A))),
    ("sum axis", lambda x: x.sum(axis=0), lambda: sym.sum(rationals(A), axis=0)),
    (
        "sum keepdims",
        lambda x: x.sum(axis=-1, keepdims=True),
        lambda: sym.sum(rationals(A), axis=-1, keepdims=True),
    ),
    ("sum axes", lambda x: x.sum(axis=(0, 1)), lambda: sym.sum(rationals(A), axis=(0, 1))),
    ("sum method", lambda x: x.sum(axis=1), lambda: rationals(A).sum(axis=1)),
    ("np.sum", lambda x: x.sum(axis=1), lambda: np.sum(rationals(A), axis=1)),
    ("mean", lambda x: x.mean(axis=1), lambda: sym.mean(rationals(A), axis=1)),
    ("mean method", lambda x: x.mean(), lambda: rationals(A).mean()),
    ("var", lambda x: x.var(axis=1), lambda: sym.var(rationals(A), axis=1)),
    ("max method", lambda x: x.max(axis=0), lambda: rationals(A).max(axis=0)),
    ("min method", lambda x: x.min(), lambda: rationals(A).min()),
    ("prod method", lambda x: x.prod(axis=0), lambda: rationals(A).prod(axis=0)),
    ("prod", lambda x: x.prod(axis=0), lambda: sym.prod(rationals(A), axis=0)),
    ("max", lambda x: x.max(axis=1), lambda: sym.max(rationals(A), axis=1)),
    ("min", lambda x: x.min(), lambda: sym.min(rationals(A))),
    ("cumulative_sum", lambda x: x.cumsum(axis=1), lambda: sym.cumulative_sum(rationals(A), 1)),
    ("softmax", _softmax, lambda: sym.softmax(rationals(A))),
    ("log_softmax", lambda x: np.log(_softmax(x)), lambda: sym.log_softmax(rationals(A))),
    (
        "logsumexp",
        lambda x: special.logsumexp(x, axis=0),
        lambda: sym.logsumexp(rationals(A), axis=0),
    ),
    ("matmul", lambda x: x @ SQUARE, lambda: rationals(A) @ rationals(SQUARE)),
    ("plain left", lambda x: x @ SQUARE, lambda: np.eye(2, dtype=int) @ rationals(A @ SQUARE)),
    ("matrix vector", lambda x: x @ V, lambda: rationals(A) @ rationals(V)),
    ("vector matrix", lambda _: V @ SQUARE, lambda: rationals(V) @ rationals(SQUARE)),
    ("vector vector", lambda _: V @ V, lambda: rationals(V) @ rationals(V)),
    (
        "stacked matmul",
        lambda x: np.stack([x, 2 * x]) @ SQUARE,
        lambda: sym.stack([rationals(A), 2 * rationals(A)]) @ rationals(SQUARE),
    ),
    (
        "einsum",
        lambda x: np.einsum("ij,j->i", x, V),
        lambda: sym.einsum("ij,j->i", rationals(A), V),
    ),
    (
        "einsum transposes",
        lambda x: np.einsum("ij->ji", x),
        lambda: sym.einsum("ij->ji", rationals(A)),
    ),
    ("vecdot", lambda x: x @ V, lambda: sym.vecdot(rationals(A), rationals(V))),
    ("outer", lambda _: np.outer(V, V), lambda: sym.outer(rationals(V), rationals(V))),
    ("det", lambda _: np.linalg.det(SQUARE), lambda: sym.det(rationals(SQUARE))),
    ("inv", lambda _: np.linalg.inv(SQUARE), lambda: sym.inv(rationals(SQUARE))),
    (
        "solve",
        lambda _: np.linalg.solve(SQUARE, V),
        lambda: sym.solve(rationals(SQUARE), rationals(V)),
    ),
    ("trace", lambda _: np.trace(SQUARE), lambda: sym.trace(rationals(SQUARE))),
    ("diagonal", lambda _: np.diag(SQUARE), lambda: sym.diagonal(rationals(SQUARE))),
    (
        "matrix_power",
        lambda _: np.linalg.matrix_power(SQUARE, 3),
        lambda: sym.matrix_power(rationals(SQUARE), 3),
    ),
    ("tril", lambda _: np.tril(SQUARE, -1), lambda: sym.tril(rationals(SQUARE), -1)),
    ("triu", lambda _: np.triu(SQUARE), lambda: sym.triu(rationals(SQUARE))),
    ("transpose", lambda x: x.T, lambda: sym.transpose(rationals(A))),
    ("reshape", lambda x: x.reshape(3, 2), lambda: sym.reshape(rationals(A), (3, 2))),
    ("concat", lambda x: np.concat([x, x], 1), lambda: sym.concat([rationals(A)] * 2, axis=1)),
    ("flip", lambda x: np.flip(x, 0), lambda: sym.flip(rationals(A), 0)),
    ("take", lambda x: x[:, [2, 0]], lambda: sym.take(rationals(A), [2, 0], axis=1)),
    ("eye", lambda _: np.eye(3), lambda: sym.eye(3)),
    ("arange", lambda _: np.arange(2, 5), lambda: sym.arange(2, 5)),
    ("clip", lambda x: np.clip(x, 0.25, 0.5), lambda: sym.clip(rationals(A), 0.25, 0.5)),
    (
        "where",
        lambda x: np.where(x > 0.5, x, 0),
        lambda: sym.where(rationals(A) > 0.5, rationals(A), 0),
    ),
]


@pytest.mark.parametrize(
    ("reference", "build"), [row[1:] for row in ARRAYS], ids=[r[0] for r in ARRAYS]
)
def test_array_function(reference, build):
    got, expected = build(), reference(A)
    assert np.shape(got) == np.shape(expected)
    np.testing.assert_allclose(numbers(got), expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("approximate", [True, False])
def test_gelu_has_both_forms(approximate):
    x = sympy.Rational(3, 4)
    tanh_form = 0.375 * (1 + np.tanh(np.sqrt(2 / np.pi) * (0.75 + 0.044715 * 0.75**3)))
    erf_form = 0.375 * (1 + special.erf(0.75 / np.sqrt(2)))
    expected = tanh_form if approximate else erf_form
    assert float(sym.gelu(x, approximate=approximate)) == pytest.approx(expected, rel=1e-14)


def test_sums_are_flat_not_nested():
    x = [sympy.Symbol(f"x{k}") for k in range(300)]
    assert sym.sum(x).args.__len__() == 300


def test_comparisons_of_arrays_are_relations():
    x, y = sympy.symbols("x y", real=True)
    assert list(sym.array([x, y]) < 1) == [x < 1, y < 1]
    assert list(sym.array([x, y]) >= sym.array([y, x])) == [x >= y, y >= x]


def test_scalars_stay_scalars():
    x = sympy.Symbol("x", real=True)
    assert sym.exp(x) == sympy.exp(x)
    assert isinstance(sym.array([x, x])[0], sympy.Symbol)


def test_numpy_scalars_and_symbols_mix_with_arrays():
    x, y = sympy.symbols("x y", real=True)
    assert list(x * sym.array([x, y])) == [x**2, x * y]
    assert list(np.int64(2) * sym.array([x, y])) == [2 * x, 2 * y]


@pytest.mark.parametrize("build", [lambda a: a @ a, lambda a: a @ a.reshape(-1)[:2]])
def test_shapes_that_do_not_fit_are_refused(build):
    with pytest.raises(ValueError, match="do not fit"):
        build(rationals(A))
