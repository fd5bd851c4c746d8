# ruff: noqa: E501 - one row of a table, one line
"""Modes, orders, containers, dtypes, threads and errors: whatever is nested in whatever else."""

import inspect
import math
import re
from concurrent.futures import ThreadPoolExecutor

import ml_dtypes
import numpy as np
import pytest
from conftest import ball, same
from flint import arb, arb_series, ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from diffcheck import engine as xp
from diffcheck.engine import TABLE
from diffcheck.engine.ops.arb_forward import series_terms
from diffcheck.engine.trees import leaves

# Random expressions against Taylor series in balls, which share no rule with the engine.
# name -> (with the engine's ops, with series)
UNARY = {
    "exp of sin": (lambda u: xp.exp(xp.sin(u)), lambda u: u.sin().exp()),
    "cos": (xp.cos, lambda u: u.cos()),
    "atan": (xp.atan, lambda u: u.atan()),
    "erf": (xp.erf, lambda u: u.erf()),
    "log(2 + sin)": (lambda u: xp.log(2 + xp.sin(u)), lambda u: (u.sin() + 2).log()),
    "sqrt(1 + u²)": (lambda u: xp.sqrt(1 + u * u), lambda u: (u * u + 1).sqrt()),
    "u³": (lambda u: u**3, lambda u: u * u * u),
    "hypot": (lambda u: xp.hypot(u, 2.0), lambda u: (u * u + 4).sqrt()),
    "sum of a matrix": (lambda u: xp.sum(xp.stack([u, 2 * u]) @ np.array([[1, 2], [3, 4]], np.int8)), lambda u: 17 * u),
}  # fmt: skip
BINARY = {
    "+": (lambda a, b: a + b, lambda a, b: a + b),
    "-": (lambda a, b: a - b, lambda a, b: a - b),
    "×": (lambda a, b: a * b, lambda a, b: a * b),
    "/": (lambda a, b: a / (1 + b * b), lambda a, b: a / (b * b + 1)),
    "x[1] of a stack": (lambda a, b: xp.stack([a, a * b])[1], lambda a, b: a * b),
}


def trees():
    leaf = st.just("x")
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.tuples(st.sampled_from(list(UNARY)), inner),
            st.tuples(st.sampled_from(list(BINARY)), inner, inner),
        ),
        max_leaves=5,
    )


def evaluated(tree, x, which):
    if tree == "x":
        return x
    name, *parts = tree
    table = UNARY if len(parts) == 1 else BINARY
    return table[name][which](*(evaluated(part, x, which) for part in parts))


def forward(f):
    return lambda x: xp.jvp(f, (x,), (xp.ones_like(x),))[1]


def both(f):
    """Return a derivative by `value_and_grad`, and `vjp` within it."""
    return lambda x: xp.vjp(lambda y: xp.value_and_grad(f)(y)[1], x)[0]


TRANSFORMS = {
    "grad": xp.grad, "jvp": forward, "jacrev": xp.jacrev, "jacfwd": xp.jacfwd, "value_and_grad": both,
}  # fmt: skip


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    trees(),
    st.lists(st.sampled_from(list(TRANSFORMS)), min_size=1, max_size=4),
    st.sampled_from([-0.75, 0.5, 1.25]),
)
def test_any_nesting_to_order_four_is_taylors(tree, modes, point):
    with ctx.workprec(300), series_terms(len(modes) + 1):
        series = evaluated(tree, arb_series([arb(point), arb(1)]), 1)
        truth = arb_series([series]) if not isinstance(series, arb_series) else series
        truth = truth.coeffs()[len(modes)] if len(truth.coeffs()) > len(modes) else arb(0)
        f = lambda x: evaluated(tree, x, 0)  # noqa: E731 - a value like those that follow
        for mode in modes:
            f = TRANSFORMS[mode](f)
        assert same(xp.value(f)(ball(point))[()], truth * math.factorial(len(modes)))
    assert np.asarray(f(np.float32(point))).dtype == np.float32


def test_hessian_hvp_and_jacobians_agree_with_closed_forms():
    a = np.array([[2.0, 1.0, 0.0], [1.0, 3.0, -1.0], [0.0, -1.0, 1.5]])

    def f(x):
        return xp.exp(-0.5 * (x @ a @ x))

    x, v = np.array([0.5, -0.25, 1.0]), np.array([1.0, 2.0, -1.0])
    exact = f(x) * (np.outer(a @ x, a @ x) - a)
    np.testing.assert_allclose(xp.hessian(f)(x), exact, rtol=1e-14)
    np.testing.assert_allclose(xp.hvp(f, (x,), (v,))[0], exact @ v, rtol=1e-14)
    for outer in (xp.jacrev, xp.jacfwd):
        for inner in (xp.jacrev, xp.jacfwd, xp.grad):
            np.testing.assert_allclose(outer(inner(f))(x), exact, rtol=1e-14)
    third = xp.jacfwd(xp.hessian(f))(x)
    b = a @ x
    cyclic = sum(
        np.einsum("ij,k->ijk", a, b).transpose(p) for p in ((0, 1, 2), (2, 0, 1), (1, 2, 0))
    )
    np.testing.assert_allclose(
        third, f(x) * (cyclic - np.einsum("i,j,k->ijk", b, b, b)), rtol=1e-12, atol=1e-15
    )


def test_nested_containers_of_several_arguments():
    def f(first, second):
        return xp.sum(first["w"] @ second[0]) * second[1]["b"] + xp.sum(first["v"][0] ** 2)

    first = {"w": np.eye(2), "v": (np.array([1.0, 2.0]),)}
    second = [np.array([3.0, 4.0]), {"b": np.float64(0.5)}]
    value, gradients = xp.value_and_grad(f, (0, 1))(first, second)
    assert value == 0.5 * 7 + 5
    assert gradients[0]["w"].tolist() == [[1.5, 2.0], [1.5, 2.0]]
    assert gradients[0]["v"][0].tolist() == [2.0, 4.0]
    assert gradients[1][0].tolist() == [0.5, 0.5]
    assert gradients[1][1]["b"] == 7
    _, pushed = xp.jvp(f, (first, second), (first, second))
    pulled = sum(
        np.sum(g * x) for g, x in zip(leaves(list(gradients)), leaves([first, second]), strict=True)
    )
    assert pushed == pulled
    product = xp.hvp(f, (first, second), (first, second))
    assert product[1][1]["b"] == 2 * 7


def test_custom_rules_stops_and_checkpoints_nest():
    @xp.custom_vjp
    def cube(x):
        return x**3

    cube.defvjp(lambda x: (x**3, x), lambda x, g: (g * 3 * x * x,))
    block = xp.checkpoint(lambda x: cube(xp.sin(x)))

    def f(x):
        return block(x) * xp.stop_gradient(x)

    s, c = math.sin(0.5), math.cos(0.5)
    assert xp.grad(f)(0.5) == pytest.approx(0.5 * 3 * s * s * c, rel=1e-15)
    assert forward(f)(0.5) == pytest.approx(0.5 * 3 * s * s * c, rel=1e-15)
    second = xp.grad(xp.grad(block))(0.5)
    assert second == pytest.approx(6 * s * c * c - 3 * s**3, rel=1e-14)
    third = xp.grad(forward(xp.grad(block)))(0.5)
    assert third == pytest.approx(6 * c**3 - 21 * s * s * c, rel=1e-13)


# No unasked-for change of dtype, over the whole table
FORMATS = [np.float16, ml_dtypes.bfloat16, np.float32, np.float64, np.longdouble]
PARAMETERS = {
    "branch": 0, "s": 1.5, "alpha": 1.0, "order": 1, "half": True, "down": 1, "v": 1.5, "decimals": 0,
}  # fmt: skip
OPTIONS = {
    **{f: {"orders": (1, 0)} for f in ("beta_derivative", "betaln_derivative", "owens_in_h")},
    "lambertw": {"branch": 0}, "exp2_slope": {"order": 1},
    "lambert_slope": {"branch": 0, "order": 1}, "inverse_power": {"n": 1, "part": 0},
    "gauss": {"half": True, "order": 0}, "power_derivative": {"k": 1, "m": 0},
    "activation_slope": {"function": "silu", "order": 1},
    "airy_derivative": {"which": 0, "order": 1},
    "gamma_derivative": {"order": 1},
    **{f"{name}_derivative": {"orders": (1, 1)} for name in ("jv", "yv", "iv", "kv", "ive")},
    **{f"{name}_derivative": {"orders": (1, 1)} for name in ("struve", "gammainc", "zeta")},
    **{f"{name}_derivative": {"orders": (1, 0, 1)} for name in ("hyp1f1", "betainc")},
    "hyp2f1_derivative": {"orders": (1, 0, 0, 1)},
    "sine_over": {"order": 0}, "cosine_over": {"order": 0}, "polylog": {"s": 1.5}, "polylog_slope": {"s": 1.5, "order": 1},
}  # fmt: skip
KINDS = {"cylinder": "j", "scaled_cylinder": "i", "elliptic": "k"}
ELEMENTWISE = [
    name for name, op in TABLE.items() if op.kind == "elementwise" and op.vjp is not None
]


def options(op):
    """Return values for the parameters of an elementwise op, None if a test does not know one."""
    functions = [f for f in (op.forward, op.rule(len(op.vjp) - 1)) if inspect.isfunction(f)]
    found = {}
    for f in functions:
        for p in inspect.signature(f).parameters.values():
            if p.kind is p.KEYWORD_ONLY and p.default is p.empty:
                found[p.name] = PARAMETERS.get(p.name)
    return found


@pytest.mark.filterwarnings("ignore")  # NumPy's, of overflow in half precision
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise_ops_keep_the_dtype(name):
    op = TABLE[name]
    given = OPTIONS.get(name) or options(op)
    if None in given.values() or name in KINDS:
        pytest.skip("an op beneath a function that has its own row below")
    for dtype in FORMATS:
        tried = 0
        for point in (0.5, 1.5):
            args = [dtype(point + 0.25 * k) for k in range(len(op.vjp))]
            if name == "where":
                args[0] = np.True_
            for k, rule in enumerate(op.vjp):
                if rule is None:
                    continue
                value, slope = xp.value_and_grad(
                    lambda x, k=k, args=args: op.entry(*args[:k], x, *args[k + 1 :], **given)
                )(args[k])
                assert value.dtype == slope.dtype == dtype, (dtype, k)
                tried += 1
        assert tried, name


NUMBERS = {
    **{name: getattr(xp, name) for name in ("elu", "selu", "celu", "gelu", "mish", "hard_swish", "sinc", "lambertw", "ellipk", "ellipe", "i0", "k1", "digamma", "softplus", "nan_to_num", "deg2rad", "rgamma")},
    "heaviside": lambda x: xp.heaviside(x, 0.5) * x,
    "polylog": lambda x: xp.polylog(1.5, x), "polygamma": lambda x: xp.polygamma(1, x),
    "jv": lambda x: xp.jv(1.5, x), "iv": lambda x: xp.iv(1.5, x), "kv": lambda x: xp.kv(1.5, x),
    "zeta": lambda x: xp.zeta(2.5, x), "hyp2f1": lambda x: xp.hyp2f1(0.5, 1.5, 2.5, x),
    "clip": lambda x: xp.clip(x, 0.1, 0.9), "x**0.3": lambda x: x**0.3, "2**x": lambda x: 2**x,
}  # fmt: skip
ARRAYS = {
    **{name: getattr(xp, name) for name in ("sum", "mean", "var", "std", "prod", "max", "min", "logsumexp", "softmax", "log_softmax", "cumulative_sum", "cumulative_prod", "sort", "median", "ptp", "cumsum", "layer_norm", "rms_norm", "nansum", "diff", "gradient", "trapezoid", "ravel", "flip")},
    "matmul": lambda x: x @ x, "einsum": lambda x: xp.einsum("i,i", x, x), "norm": xp.linalg.norm,
    "norm 3": lambda x: xp.linalg.norm(x, 3), "where": lambda x: xp.where(x > 0.5, 2.0, x),
    "quantile": lambda x: xp.quantile(x, 0.3), "average": lambda x: xp.average(x, weights=x),
    "polyval": lambda x: xp.polyval(x, 0.5), "kron": lambda x: xp.kron(x, x), "pad": lambda x: xp.pad(x, 1),
    "convolve": lambda x: xp.convolve(x, x), "interp": lambda x: xp.interp(x, [0.0, 1.0], [1.0, 2.0]),
    "linspace": lambda x: xp.linspace(x[0], x[1], 5), "concat": lambda x: xp.concat([x, x]),
    "ldexp": lambda x: xp.ldexp(x, 2), "cov": lambda x: xp.cov(x[None, :] * x[:, None]),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")  # NumPy's, of overflow in half precision
@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("name", [*NUMBERS, *ARRAYS])
def test_functions_keep_the_dtype(name, dtype):
    f = NUMBERS.get(name) or ARRAYS[name]
    x = dtype(0.75) if name in NUMBERS else np.array([0.25, 0.75, 0.5]).astype(dtype)
    value, slope = xp.value_and_grad(lambda x: xp.sum(f(x)))(x)
    assert value.dtype == slope.dtype == dtype
    assert xp.jvp(f, (x,), (x,))[1].dtype == dtype


@pytest.mark.parametrize("dtype", FORMATS)
def test_a_cotangent_that_is_a_python_number_is_weak(dtype):
    x = np.array([0.25, 0.75, 0.5]).astype(dtype)
    for f in (xp.sum, lambda x: xp.logsumexp(x) * 2, lambda x: x[1], xp.linalg.norm):
        for cotangent in (1.0, 1):
            (gradient,) = xp.vjp(f, x)[1](cotangent)
            assert gradient.dtype == dtype
            np.testing.assert_array_equal(gradient, xp.grad(f)(x))


# Threads, and errors
def test_threads_trace_at_once():
    def network(w, x):
        return xp.sum(xp.tanh(xp.where(x > 0, x, -x) @ w) ** 2)

    def task(k):
        draw = np.random.default_rng(k)
        w, x = draw.normal(size=(4, 3)), draw.normal(size=(5, 4))
        return (
            w,
            x,
            xp.grad(network)(w, x),
            xp.hvp(lambda w: network(w, x), (w,), (w,))[0],
            compiled(w, x),
        )

    compiled = xp.compile(xp.grad(network))
    with ThreadPoolExecutor(8) as pool:
        for w, x, gradient, product, replayed in pool.map(task, range(64)):
            np.testing.assert_array_equal(gradient, xp.grad(network)(w, x))
            np.testing.assert_array_equal(
                product, xp.hvp(lambda w, x=x: network(w, x), (w,), (w,))[0]
            )
            np.testing.assert_array_equal(replayed, gradient)


WRONG = {
    "matmul": lambda x: x @ np.ones(3),
    "add": lambda x: x + np.ones(3),
    "reshape": lambda x: xp.reshape(x, (3, 5)),
    "concat": lambda x: xp.concat([x, np.ones((2, 2))]),
    "getitem": lambda x: x[7],
    "einsum": lambda x: xp.einsum("ij,jk->ik", x, x),
    "solve": lambda x: xp.linalg.solve(np.ones((2, 3)), x),
    "cholesky": lambda x: xp.linalg.cholesky(-xp.reshape(x * x, (2, 2))),
    "broadcast_to": lambda x: xp.broadcast_to(x, (3,)),
}
HERE = re.escape(__file__)


@pytest.mark.parametrize("transform", [xp.grad, forward, lambda f: xp.grad(xp.grad(f)), xp.jacrev])
@pytest.mark.parametrize("name", WRONG)
def test_errors_name_the_op_the_operands_and_the_line(name, transform):
    line = WRONG[name].__code__.co_firstlineno
    with pytest.raises(xp.OperationError, match=rf"{name}\(.*float64\[.* at {HERE}:{line}"):
        transform(WRONG[name])(np.array([1.0, -2.0, 3.0, 4.0]))


def test_the_gradient_of_an_array_names_the_line():
    with pytest.raises(xp.OperationError, match=rf"{HERE}:\d+.*shape \(4,\).*jacrev"):
        xp.grad(lambda x: x)(np.ones(4))


@pytest.mark.parametrize(
    "program",
    [
        lambda x: x * xp.argpartition(x, 1),
        lambda x: x * xp.size(xp.unique(x)),
        xp.unwrap,
        lambda x: x if xp.all(x > 0) else -x,
        lambda x: xp.compress(x > 0, x),
    ],
)
def test_compile_refuses_what_would_freeze_a_value(program):
    x = np.array([0.25, 0.75])
    assert xp.grad(lambda x: xp.sum(program(x)))(x).shape == (2,)
    with pytest.raises(xp.OperationError, match="of a traced tensor"):
        xp.compile(xp.grad(lambda x: xp.sum(program(x))))(x)
