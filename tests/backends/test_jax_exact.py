"""The exact meaning of JAX's primitives: balls beside what JAX computes in float64."""

import jax
import jax.numpy as jnp
import jax.scipy.special as jsp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jax import lax

from diffcheck.backends.jax_exact import EXACT
from diffcheck.backends.jax_reader import read
from diffcheck.programs import FloatArithmetic, MissingFormError, enclose, operations, run

X = np.array([0.3, 0.7, 0.45, 1.9])
A = np.array([[2.0, 0.3, 0.1], [0.2, 1.5, 0.4], [0.1, 0.2, 1.25]])
S = A @ A.T
T = np.linspace(-1.7, 2.3, 24).reshape(2, 3, 4)
IMAGE = np.sin(np.arange(1.0, 61.0)).reshape(1, 2, 5, 6)  # batch, channel, height, width
KERNEL = np.cos(np.arange(1.0, 25.0)).reshape(2, 2, 2, 3)


def gather(x, mode):
    return jnp.take(x, jnp.array([2, 0, 3, 9, -1]), mode=mode)


def conv(x, k, **params):
    return lax.conv_general_dilated(
        x, k, **({"window_strides": (1, 1), "padding": "SAME"} | params)
    )


# Each name is that of a primitive of `EXACT`, with a suffix where one example is not enough.
EXAMPLES = {
    "add": (lambda x: x + x[0], X),
    "clamp": (lambda x: lax.clamp(0.4, x, 1.5), X),
    "cumlogsumexp": (lax.cumlogsumexp, X),
    "cummax": (lax.cummax, T[0, 0]),
    "cummin": (lambda x: lax.cummin(x, axis=1), T),
    "cumprod": (lambda x: lax.cumprod(x, axis=2, reverse=True), T),
    "cumsum": (lambda x: lax.cumsum(x, axis=1), T),
    "conv_general_dilated": (conv, IMAGE, KERNEL),
    "conv_general_dilated:strides": (
        lambda x, k: conv(x, k, window_strides=(2, 1), padding=((1, 2), (0, 1))), IMAGE, KERNEL,
    ),
    "conv_general_dilated:dilations": (
        lambda x, k: conv(
            x, k, padding=((0, 1), (-1, 2)), lhs_dilation=(2, 3), rhs_dilation=(1, 2)
        ),
        IMAGE, KERNEL,
    ),
    "conv_general_dilated:features": (
        lambda x, k: conv(x, k[:, :1], feature_group_count=2), IMAGE, KERNEL,
    ),
    "conv_general_dilated:batches": (
        lambda x, k: conv(jnp.concatenate([x, 2 * x]), k, batch_group_count=2), IMAGE, KERNEL,
    ),
    "conv_general_dilated:layout": (
        lambda x, k: conv(
            x.transpose(0, 2, 3, 1), k.transpose(2, 3, 1, 0),
            dimension_numbers=("NHWC", "HWIO", "NHWC"),
        ),
        IMAGE, KERNEL,
    ),
    "convert_element_type": (lambda x: x.astype(jnp.int32).astype(x.dtype) + (x != 0), T),
    "cholesky": (jnp.linalg.cholesky, S),
    "div": (lambda x: x / x[::-1], X),
    "dot_general": (lambda x, y: jnp.einsum("bij,bkj->bik", x, y), T, 2 * T),
    "dynamic_slice": (lambda x: lax.dynamic_slice(x, (1, 5), (1, 2)), T[0]),
    "dynamic_update_slice": (lambda x: lax.dynamic_update_slice(x, x[:1] * 2, (7, 0)), A),
    "eigh": (jnp.linalg.eigh, S),
    "gather:clip": (lambda x: gather(x, "clip"), X),
    "gather:fill": (lambda x: gather(x, "fill")[:3], X),
    "gather:rows": (lambda x: x[jnp.array([1, 0, 1])][:, jnp.array([2, 3])], T[0]),
    "gather:batched": (lambda x: jnp.take_along_axis(x, jnp.array([[0], [2]]), 1), T[:, :, 0]),
    "integer_pow": (lambda x: x**-3 + x**5, X),
    "lu": (jax.scipy.linalg.lu, A[[1, 0, 2]]),
    "lgamma": (lax.lgamma, np.array([-1.5, -0.25, 0.5, 3.0])),
    "logistic": (jax.nn.sigmoid, X),
    "igamma": (lambda x: jsp.gammainc(1.25, x), X),
    "igamma_grad_a": (lambda a: lax.igamma_grad_a(a, 2 * a), X),
    "iota": (lambda x: x * jnp.arange(4.0), X),
    "max": (lambda x: jnp.maximum(x, x[::-1]), X),
    "pad": (lambda x: lax.pad(x, 7.0, ((1, 2, 1), (-1, 1, 0), (0, -2, 2))), T),
    "polygamma": (lambda x: jsp.polygamma(2, x), X),
    "pow": (lambda x: x ** x[::-1], X),
    "qr": (jnp.linalg.qr, A),
    "reduce_max": (lambda x: x.max((0, 2)), T),
    "reduce_prod": (lambda x: x.prod(1), T),
    "reduce_window_max": (
        lambda x: lax.reduce_window(x, -jnp.inf, lax.max, (1, 1, 2, 3), (1, 1, 2, 1), "SAME"),
        IMAGE,
    ),
    "reduce_window_sum": (
        lambda x: lax.reduce_window(x, 0.0, lax.add, (1, 1, 2, 2), (1, 1, 1, 2), "VALID"), IMAGE,
    ),
    "regularized_incomplete_beta": (lambda x: jsp.betainc(1.5, 2.5, x / 2), X),
    "rem": (lambda x: lax.rem(5 * x - 4, jnp.full_like(x, 0.75)), X),
    "rev": (lambda x: lax.rev(x, (0, 2)), T),
    "round": (lambda x: lax.round(x * 2.5, lax.RoundingMethod.TO_NEAREST_EVEN), T),
    "round:away": (lambda x: lax.round(x, lax.RoundingMethod.AWAY_FROM_ZERO), T),
    "scatter": (lambda x: x.at[jnp.array([1, 3, 9])].set(x[:3] * 2), X),
    "scatter-add": (lambda x: x.at[jnp.array([1, 1, 9])].add(x[:3]), X),
    "scatter-add:window": (lambda x: x.at[jnp.array([2, 0, 2]), 1:3].add(x[:, :2]), A),
    "scatter-max": (lambda x: x.at[jnp.array([1, 1, 0])].max(3 * x[:3]), X),
    "scatter-mul": (lambda x: x.at[jnp.array([1, 1, 0])].multiply(x[1:]), X),
    "select_and_scatter_add": (
        jax.grad(lambda x: (lax.reduce_window(
            x, -jnp.inf, lax.max, (1, 1, 2, 2), (1, 1, 1, 2), "VALID") ** 2).sum()),
        IMAGE,
    ),
    "select_and_gather_add": (
        lambda x: jax.jvp(lambda t: lax.reduce_window(
            t, -jnp.inf, lax.max, (1, 1, 2, 2), (1, 1, 1, 2), "VALID"), (x,), (3 * x,))[1],
        IMAGE,
    ),
    "select_n": (lambda x: jnp.select([x < 0.4, x < 0.6], [x, 2 * x], 3 * x), X),
    "sort": (lambda x: lax.sort((jnp.floor(2 * x), x * 2, -x), num_keys=2), X[::-1].copy()),
    "split": (lambda x: jnp.split(x, [1, 3]), X),
    "svd": (lambda x: jnp.linalg.svd(x, full_matrices=False), A),
    "top_k": (lambda x: lax.top_k(x, 2), X),
    "tridiagonal_solve": (
        lambda d: lax.linalg.tridiagonal_solve(
            jnp.array([0.0, 0.5, 0.25, 1.0]), d + 2, jnp.array([0.5, 0.25, 1.0, 0.0]), d[:, None]),
        X,
    ),
    "transpose": (lambda x: x.transpose(2, 0, 1), T),
    "triangular_solve": (
        lambda a, b: lax.linalg.triangular_solve(a, b, left_side=False, lower=True,
                                                 transpose_a=True, unit_diagonal=True),
        A, 3 * A,
    ),
    "zeta": (lambda x: jsp.zeta(x + 1, 2.5), X),
    "while": (lambda x: lax.while_loop(lambda t: t[0] < 9, lambda t: t * 1.5, x), X),
    "scan": (lambda x: lax.scan(lambda c, t: (c * t + 1, c - t), 1.0, x, reverse=True), X),
    "cond": (lambda x: lax.cond(x[0] < 1, jnp.sin, jnp.cos, x), X),
    "switch": (lambda x: lax.switch(2, [jnp.sin, jnp.cos, jnp.tan], x), X),
    "custom_linear_solve": (lambda a: jnp.linalg.solve(a, a[0]), A),
    "custom_jvp": (lambda x: jax.nn.relu(x - 0.5), X),
    "checkpoint": (jax.checkpoint(lambda x: jnp.sin(jnp.sin(x))), X),
    "random": (lambda x: x * jax.random.normal(jax.random.key(0), (4,), x.dtype), X),
    "logsumexp": (jsp.logsumexp, X),
    "log_ndtr": (jsp.log_ndtr, X),
    "signbit": (lambda x: jnp.where(jnp.signbit(x), -x, 2 * x), T),
}  # fmt: skip


def leaves(f, *args):
    with jax.enable_x64(True):
        closed = jax.make_jaxpr(lambda *t: jax.tree.leaves(f(*t)))(*args)
        return closed, [np.asarray(y) for y in jax.tree.leaves(f(*map(jnp.asarray, args)))]


def check(f, *args, ulps=2.0**14):
    """Compare balls with float64, relative to the largest element of each result."""
    closed, expected = leaves(f, *args)
    with jax.enable_x64(True):
        found = enclose(read(closed), list(args), bits=160, literal_rounding=0.0)
    for balls, floats in zip(found, expected, strict=True):
        assert np.shape(balls) == floats.shape
        middle = np.array([float(getattr(b, "mid", lambda b=b: b)()) for b in np.ravel(balls)])
        scale = np.abs(floats).max(initial=2.0**-1022)
        assert np.abs(middle - floats.reshape(-1)).max(initial=0) <= ulps * 2.0**-53 * scale


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_a_primitive_in_balls_is_what_jax_computes(name):
    f, *args = EXAMPLES[name]
    check(f, *args)


def test_examples_are_named_after_what_they_contain():
    for name, (f, *args) in EXAMPLES.items():
        primitive = name.partition(":")[0]
        if primitive in EXACT:
            closed, _ = leaves(f, *args)
            assert primitive in {step.name for step in operations(read(closed))}, name


@pytest.mark.parametrize(
    "f",
    [
        lambda x: jnp.sum(jax.nn.gelu(x) * jax.nn.softmax(x)),
        lambda x: jnp.linalg.slogdet(x[:3] * jnp.asarray(A))[1],
        lambda x: jnp.sum(jnp.sort(x) * x),
        lambda x: jnp.sum(jnp.cumsum(jnp.sinc(x)) * jnp.cumprod(x)),
        lambda x: jnp.linalg.norm(x) + jnp.prod(x) + jnp.var(x),
        lambda x: jsp.logsumexp(x) + jnp.sum(jsp.xlogy(x, x) + jsp.gammaln(x)),
        lambda x: jnp.convolve(x, x)[3],
        lambda x: jnp.interp(0.4, jnp.arange(4.0), x),
    ],
)
def test_gradients_and_their_jacobians_run_in_balls(f):
    check(jax.grad(f), X)
    check(jax.jacfwd(jax.grad(f)), X)


@pytest.mark.parametrize(
    ("f", "name"),
    [
        (lambda x: jsp.ndtri(x / 3), "_ndtri"),
        (lambda x: jax.scipy.linalg.expm(x * jnp.asarray(A[:, [0]])), "expm"),
        (lambda x: jsp.expn(2, x), "_expn"),
        (lambda x: jsp.betaln(x, x), "betaln"),
        (jax.vmap(jax.grad(jsp.i1e)), "_bessel_i1e_jvp"),
    ],
)
def test_an_approximation_in_floats_is_refused_by_name(f, name):
    closed, _ = leaves(f, X[:3])
    with pytest.raises(MissingFormError, match=rf"JAX's {name}\w* is an approximation"):
        enclose(read(closed), [X[:3]], bits=128, literal_rounding=0.0)


def test_a_primitive_without_an_exact_form_is_refused_by_name():
    closed, _ = leaves(lambda x: jnp.nextafter(x, 2 * x), X)
    with pytest.raises(MissingFormError, match="no exact form of nextafter"):
        enclose(read(closed), [X], bits=128, literal_rounding=0.0)


def test_each_operation_has_the_users_line():
    def user(x):
        return jax.nn.sigmoid(jnp.sin(x))

    with jax.enable_x64(True):
        program = read(jax.make_jaxpr(jax.grad(user))(0.5))
    line = user.__code__.co_firstlineno + 1
    sources = {step.source for step in program.steps if step.name in ("sin", "cos", "logistic")}
    assert len(sources) == 1
    assert sources.pop().endswith(f"test_jax_exact.py:{line} ({user.__qualname__})")


# Not those of `jax.numpy`, which are jitted: XLA fuses their derivatives in eager mode too.
UNARY = [lax.sin, lax.exp, lax.tanh, lax.logistic, lax.neg, lax.abs, lax.expm1, lax.atan]
BINARY = [lax.add, lax.sub, lax.mul, lax.max, lax.div, lax.atan2]


@st.composite
def expressions(draw):
    """A random straight-line function of two numbers, each operation one of JAX's primitives."""
    steps = draw(st.lists(
        st.one_of(
            st.tuples(st.sampled_from(UNARY), st.integers(0, 9)),
            st.tuples(st.sampled_from(BINARY), st.integers(0, 9), st.integers(0, 9)),
        ),
        min_size=1, max_size=8,
    ))  # fmt: skip

    def f(x, y):
        values = [x, y]
        for function, *places in steps:
            values.append(function(*(values[i % len(values)] for i in places)))
        return values[-1]

    return f


@settings(max_examples=40, deadline=None)
@given(
    f=expressions(),
    x=st.floats(-3, 3, width=32),
    y=st.floats(0.125, 3, width=32),
    dtype=st.sampled_from([np.float32, np.float64]),
)
def test_op_by_op_in_floats_is_eager_jax_bit_for_bit(f, x, y, dtype):
    with jax.enable_x64(True):
        x, y = dtype(x), dtype(y)
        value, gradient = f(x, y), jax.grad(f, argnums=(0, 1))
        for function, expected in ((f, [value]), (gradient, gradient(x, y))):
            program = read(jax.make_jaxpr(function)(x, y))
            found = run(program, [x, y], FloatArithmetic())
            assert [np.asarray(v).tobytes() for v in found] == [
                np.asarray(v).tobytes() for v in expected
            ]
