"""Primals of JAX functions as SymPy programs: their values are the functions' values."""

import jax
import jax.numpy as jnp
import jax.scipy.special as jsp
import numpy as np
import pytest
from jax import lax

from diffcheck.backends import Unsupported
from diffcheck.backends.jax_symbolic import symbolic
from diffcheck.case import Case, Point, Quantity, real
from diffcheck.floats import FORMATS
from diffcheck.truth import Truth

ROW = np.array([0.5, -1.25, 2.0])
SQUARE = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, -0.25], [0.5, -0.25, 2.0]])


def value(f, *arguments):
    """Return the midpoints of the truth of a function's primal, flat."""
    arguments = [np.asarray(a, np.float64) for a in arguments]
    names = [f"x{i}" for i in range(len(arguments))]
    with jax.enable_x64(True):
        read = symbolic(f, arguments)

    def definition(**symbols):
        with jax.enable_x64(True):
            return np.array(read(*symbols.values()), dtype=object)

    case = Case(
        definition,
        programs=lambda xp, **inputs: None,
        inputs={n: real(shape=a.shape) for n, a in zip(names, arguments, strict=True)},
        name="read",
    )
    truth = Truth(case)
    point = Point(values=dict(zip(names, arguments, strict=True)), format="float64", kind="given")
    outcomes = truth.outcomes(Quantity("value", truth.m, truth.n), point, FORMATS["float64"])
    return [float(outcome.ball.mid()) for outcome in outcomes]


def newton(x):
    return lax.fori_loop(0, 4, lambda _, y: (y + x / y) / 2, x)


def running(x):
    return lax.scan(lambda c, a: (c * 0.5 + a, c + a), 1.0, x, reverse=True)[1]


def doubled(x):
    return lax.while_loop(lambda c: c[0] < 3, lambda c: (c[0] + 1, 2 * c[1]), (0, x))[1]


READ = {
    "elementary": (lambda x: jnp.sin(x) * jnp.exp(-x) / jnp.sqrt(x) + x**3 + x**2.5, 0.75),
    "inverse": (lambda x: jnp.arcsin(x) + jnp.arctan2(x, 2.0) + jnp.arccosh(2 + x), 0.75),
    "logarithms": (lambda x: jnp.log1p(x) + jnp.expm1(x) + jnp.exp2(x) + jnp.cbrt(x), 0.75),
    "special": (lambda x: jsp.gammaln(x) + jsp.digamma(x) + jsp.erf(x) + jsp.i0e(x), 0.75),
    "incomplete": (lambda x: jsp.gammainc(1.5, x) + jsp.polygamma(1, x), 0.75),
    "activations": (lambda x: jax.nn.softplus(x) + jax.nn.silu(x) + jax.nn.gelu(x), 0.75),
    "softmax": (lambda x: jax.nn.softmax(x) + jax.nn.logsumexp(x), ROW),
    "normal": (jax.scipy.stats.norm.logcdf, 0.75),
    "choice": (lambda x: jnp.where(x > 0, jnp.abs(x), 3 * x) + jnp.maximum(x, 1.0), ROW),
    "rounding": (
        lambda x: lax.round(4 * x, lax.RoundingMethod.TO_NEAREST_EVEN) + lax.round(x),
        ROW,
    ),
    "moved condition": (lambda x: jnp.where((x > 0)[::-1, None], x, -x[:, None]), ROW),
    "steps": (lambda x: jnp.floor(x) + jnp.sign(x) + jnp.clip(x, -1, 1) + x % 0.7, ROW),
    "cond": (lambda x: lax.cond(x > 1, lambda y: y * y, lambda y: -y, x), 0.75),
    "switch": (lambda x: lax.switch(1, [jnp.sin, jnp.cos], x), 0.75),
    "fori_loop": (newton, 2.0),
    "scan": (running, ROW),
    "while_loop": (doubled, 0.75),
    "movements": (lambda x: jnp.pad(x.T[::-1].reshape(-1)[2:7], 1, constant_values=2.0), SQUARE),
    "gather": (lambda x: x[jnp.array([2, 0]), 1] * jnp.take(x, 1, axis=0)[:2], SQUARE),
    "join": (lambda x: jnp.concatenate([jnp.stack([x, 2 * x]), jnp.ones((1, 3))]), ROW),
    "update": (lambda x: x.at[1].set(x[0] * x[2]), ROW),
    "reductions": (lambda x: x.sum(0) + x.prod(1) + x.max(1) + x.min(0) + x.mean(), SQUARE),
    "variance": (lambda x: jnp.var(x) + jnp.linalg.norm(x), ROW),
    "cumulative": (lambda x: jnp.cumsum(x) + jnp.cumprod(x) + lax.cummax(x), ROW),
    "products": (lambda x: x @ x.T + jnp.outer(x[0], x[1]), SQUARE),
    "einsum": (lambda x: jnp.einsum("bij,bjk->bik", x[None] * 2.0, x[None]), SQUARE),
    "solve": (lambda x: jnp.linalg.solve(x, jnp.arange(3.0)), SQUARE),
    "inverse matrix": (jnp.linalg.inv, SQUARE),
    "determinant": (lambda x: jnp.linalg.det(x) + jnp.linalg.slogdet(x)[1], SQUARE),
    "cholesky": (jnp.linalg.cholesky, SQUARE),
    "triangular": (
        lambda x: jax.scipy.linalg.solve_triangular(x, jnp.ones(3), lower=True, trans=1),
        SQUARE,
    ),
}


@pytest.mark.parametrize("name", READ)
def test_the_value_is_the_functions(name):
    f, x = READ[name]
    with jax.enable_x64(True):
        expected = np.ravel(f(jnp.asarray(x)))
    scale = np.maximum(np.abs(expected), np.spacing(1.0))
    assert np.max(np.abs(np.array(value(f, x)) - expected) / scale) < 2.0**-40


@jax.custom_vjp
def ruled(x):
    return x * x


ruled.defvjp(lambda x: (0 * x, x), lambda x, g: (0 * g,))


@jax.custom_jvp
def pushed(x):
    return x * x


pushed.defjvp(lambda primals, tangents: (0 * primals[0], 0 * tangents[0]))


def test_rules_have_no_part_in_it():
    assert value(lambda x: ruled(x) + pushed(x), 3.0) == [18.0]


def test_a_constant_is_exactly_the_number_it_is():
    assert value(lambda x: x + 0.1, 2.0**-60) == [0.1]
    assert value(lambda x: x * jnp.array([0.1, 0.5]), 1.0) == [0.1, 0.5]


@pytest.mark.parametrize(
    ("f", "x", "reason"),
    [
        (jnp.sort, ROW, "the primitive sort"),
        (lambda x: x[jnp.argmax(x)], ROW, "the primitive argmax"),
        (jsp.erfinv, 0.5, "the primitive erf_inv"),
        (lambda x: lax.while_loop(lambda y: y < 9, lambda y: 2 * y, x), 0.75, "a while loop"),
        (lambda x: x * x.astype(int), 0.75, "a float converted to an integer"),
    ],
)
def test_what_cannot_be_read_is_named(f, x, reason):
    with jax.enable_x64(True):
        read = symbolic(f, [np.asarray(x)])
        with pytest.raises(Unsupported, match=f"the primal cannot be read: {reason}"):
            read(real_symbols(np.shape(x)))


def real_symbols(shape):
    from diffcheck.case.symlet import symbols_of

    return symbols_of("x", shape)
