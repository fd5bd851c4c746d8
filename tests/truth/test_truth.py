# ruff: noqa: PLW0108 - a definition's parameter has the name of its input

import time
from itertools import pairwise

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from truth_support import F64, outcome, outcomes, point, truth_of

from diffcheck import sym
from diffcheck.balls import error_in_ulps
from diffcheck.case import Quantity, quantities_of
from diffcheck.floats import FORMATS

F32 = FORMATS["float32"]


def logistic(w, b, x, y):
    a = 1 / (1 + sym.exp(-(w * x + b)))
    return -(y * sym.log(a) + (1 - y) * sym.log(1 - a))


def test_the_worked_example_of_backpropagation():
    truth = truth_of(logistic, "w", "b", "x", "y", wrt=("w", "b"))
    found = outcomes(truth, "gradient", w=2.2, b=0.0, x=1.1, y=1.0)
    assert [round(float(o.ball), 4) for o in found] == [-0.0898, -0.0817]
    assert [o.routes for o in found] == [("accumulate", "diff")] * 2


def test_every_quantity_has_its_shape_and_labels():
    truth = truth_of(lambda A, x: A @ x, "A", "x", shapes={"A": (2, 3), "x": (3,)})
    assert (truth.m, truth.n, truth.output_shape) == (2, 9, (2,))
    for quantity in quantities_of(truth.m, truth.n, (0, 1, 2)):
        found = truth.outcomes(quantity, point(A=np.ones((2, 3)), x=np.arange(3.0)), F64)
        assert len(found) == len(truth.labels(quantity)) == quantity.size
        assert {o.status for o in found} == {"certified"}


def test_labels_speak_the_case_language():
    truth = truth_of(lambda W: W.sum(axis=0), "W", shapes={"W": (2, 2)})
    assert truth.labels(Quantity("jacobian", 2, 4))[:2] == ["df[0]/dW[0,0]", "df[0]/dW[0,1]"]
    assert truth.labels(Quantity("value", 2, 4)) == ["f[0]", "f[1]"]
    assert truth.labels(Quantity("jvp", 2, 4)) == ["df[0]·v", "df[1]·v"]


def test_products_are_sums_of_the_full_derivatives():
    def f(x):
        return sym.stack([sym.exp(x[0]) * x[1], sym.sin(x[1] * x[2]), x[0] ** 3])

    truth = truth_of(f, "x", shapes={"x": (3,)}, name="products")
    at = {"x": [0.5, -1.25, 2.0]}
    v, w = np.array(truth.programs.v), np.array(truth.programs.w)

    def full(kind):
        found = outcomes(truth, kind, **at)
        return np.array([float(o.ball) for o in found]).reshape(Quantity(kind, 3, 3).shape)

    jacobian, hessian = full("jacobian"), full("hessian")
    np.testing.assert_allclose(full("jvp"), jacobian @ v, rtol=1e-14)
    np.testing.assert_allclose(full("vjp"), w @ jacobian, rtol=1e-14)
    np.testing.assert_allclose(full("hvp"), np.einsum("i,ijk,k->j", w, hessian, v), rtol=1e-14)
    np.testing.assert_allclose(hessian, np.swapaxes(hessian, 1, 2))


def test_third_derivatives():
    truth = truth_of(lambda x, y: sym.exp(x) * y**3, "x", "y")
    found = outcomes(truth, "third", x=0.0, y=2.0)
    assert [float(o.ball) for o in found] == [8.0, 12.0, 12.0, 12.0, 12.0, 12.0, 12.0, 6.0]


# Derivatives in which SymPy's evalf or mpmath at 30 digits go silently wrong, or float64 does.
HARD = [
    (lambda x: sym.log(1 - sym.exp(-x)), 1e-4, lambda x: 1 / mpmath.expm1(x)),
    (lambda x: 2 * sym.sin(x / 2) ** 2 / x**2, 0.01, None),
    (lambda x: sym.sqrt(x + 1) - sym.sqrt(x), 1e6, None),
    (lambda x: 1 / (1 + sym.exp(-x)), 17.0, lambda x: mpmath.sech(x / 2) ** 2 / 4),
    (lambda x: sym.sin(1 / x), 1e-4, lambda x: -mpmath.cos(1 / x) / x**2),
    (lambda x: sym.loggamma(x), 1.4616321449683623, mpmath.digamma),
    (lambda x: sym.tanh(x), 300.0, lambda x: mpmath.sech(x) ** 2),
    (lambda x: x * sym.erf(x), 30.0, None),
]


@pytest.mark.parametrize(("f", "at", "slope"), HARD)
def test_hard_derivatives_are_certified_and_right(f, at, slope):
    found = outcome(truth_of(f, "x"), "gradient", x=at)
    assert found.status == "certified"
    with mpmath.workdps(800):
        if slope is None:
            x = sympy.Symbol("x", real=True)
            slope = sympy.lambdify(x, sympy.diff(f(x), x), "mpmath")
        expected = slope(mpmath.mpf(at))
        # Floats: both must round to the same one.
        assert error_in_ulps(float(expected), found.ball, F64) <= 0.5


@pytest.mark.parametrize(
    ("computed", "at", "ulps"),
    [
        (np.float32(0.0), 17.0, 1.2e7),  # jax.nn.sigmoid's gradient in float32
        (np.float64(0.0), 17.0, 6.5e15),
    ],
)
def test_ulps_of_a_lost_sigmoid(computed, at, ulps):
    found = outcome(truth_of(lambda x: 1 / (1 + sym.exp(-x)), "x"), "gradient", x=at)
    fmt = F32 if isinstance(computed, np.float32) else F64
    assert error_in_ulps(computed, found.ball, fmt) == pytest.approx(ulps, rel=0.1)


@pytest.mark.parametrize(
    ("f", "at", "kappa"),
    [
        (lambda x: sym.log(1 - sym.exp(-x)), 1e-4, 1.0),
        (lambda x: sym.sqrt(x + 1) - sym.sqrt(x), 1e6, 1.5),
        (lambda x: 1 / (1 + sym.exp(-x)), 17.0, 17.0),
        (lambda x: sym.sin(1 / x), 1e-4, 3.2e3),
        (lambda x: x**5, 3.0, 4.0),
    ],
)
def test_conditions_of_derivatives(f, at, kappa):
    truth = truth_of(f, "x")
    assert truth.condition(Quantity("gradient", 1, 1), 0, point(x=at)) == pytest.approx(
        kappa, rel=0.02
    )


def test_conditions_count_the_data_inputs_and_know_zero():
    truth = truth_of(lambda w, x: w * x**2, "w", "x", wrt=("w",))
    gradient = Quantity("gradient", 1, 1)
    assert truth.condition(gradient, 0, point(w=5.0, x=3.0)) == 2.0
    assert truth.sensitivity(gradient, 0, point(w=5.0, x=3.0)) == 18.0
    assert truth.condition(gradient, 0, point(w=5.0, x=0.0)) == float("inf")


def test_a_wrong_route_is_an_alarm():
    truth = truth_of(lambda x: sym.sin(x), "x")
    gradient = Quantity("gradient", 1, 1)
    (component,) = truth.components(gradient)
    other = truth.components(Quantity("hessian", 1, 1))[0]
    wrong = type(component)(component.form, component.node, other.node)
    found = truth.site(point(x=1.0)).derivative(wrong, F64)
    assert found.status == "undecided"
    assert found.reason.startswith("the two routes disagree")


LEAVES = st.sampled_from(["x", "y", "1", "2", "-3/2", "1/3"])
UNARY = [
    "sin({})",
    "exp({})",
    "atan({})",
    "log(1 + ({})**2)",
    "sqrt(2 + sin({}))",
    "1/(3 + cos({}))",
]
BINARY = [
    "({}) + ({})",
    "({}) * ({})",
    "({}) - ({})",
    "Max({}, {})",
    "Piecewise(({0}, ({0}) < ({1})), (({1})**2, True))",
]


def _grow(inner):
    one = st.builds(lambda t, a: t.format(a), st.sampled_from(UNARY), inner)
    two = st.builds(lambda t, a, b: t.format(a, b), st.sampled_from(BINARY), inner, inner)
    return one | two


EXPRESSIONS = st.recursive(LEAVES, _grow, max_leaves=5)
COORDINATES = st.floats(-2, 2, width=32)
NAMES = {n: sympy.Symbol(n, real=True) for n in ("x", "y")}


@settings(max_examples=40, deadline=None)
@given(text=EXPRESSIONS, x=COORDINATES, y=COORDINATES)
def test_the_routes_never_disagree(text, x, y):
    expression = sympy.sympify(text, locals=NAMES)
    truth = truth_of(lambda x, y: expression + 0 * x * y, "x", "y")
    for kind in ("gradient", "hessian"):
        for found in outcomes(truth, kind, x=x, y=y):
            assert "disagree" not in found.reason
            assert (
                found.status != "undefined" or "kink" in found.reason or "discont" in found.reason
            )


def test_a_network_of_five_thousand_weights_is_certified_within_seconds():
    sizes = (50, 50, 50, 1)

    def unit(row, layer):
        total = sympy.Add(*(w * a for w, a in zip(row, layer, strict=True)))
        return sympy.tanh(sym.let(total))  # SymPy's tanh asks long sums whether they are even

    def definition(x, W0, W1, W2):
        layer = x
        for W in (W0, W1, W2):
            layer = [sym.let(unit(row, layer)) for row in W]
        return layer[0]

    shapes = {f"W{k}": (b, a) for k, (a, b) in enumerate(pairwise(sizes))}
    truth = truth_of(definition, "x", *shapes, shapes={"x": (50,), **shapes}, wrt=tuple(shapes))
    rng = np.random.default_rng(0)
    at = {n: rng.normal(size=s) / 8 for n, s in {"x": (50,), **shapes}.items()}
    start = time.perf_counter()
    found = outcomes(truth, "gradient", **at)
    assert time.perf_counter() - start < 10  # below 1 s on a machine of its own
    assert len(found) == 5050
    assert {o.status for o in found} == {"certified"}


def test_formulas_are_short_or_say_so():
    short = truth_of(lambda x: sym.sin(x) ** 2, "x")
    assert short.formula() == r"f = \sin^{2}{\left(x \right)}"
    assert short.derivatives()[0][0] == "df/dx"
    assert r"\cos" in short.derivatives()[0][1]
    program = truth_of(lambda x: sym.exp(sym.let(sym.sin(x))), "x")
    assert "aligned" in program.formula()
    long = truth_of(lambda x: sum(sym.sin(k * x) for k in range(100)), "x")
    assert "too long" in long.formula()
    assert long.derivatives() == []


def test_zeros_that_cancel_are_exactly_zero():
    def f(x):
        weights = sym.softmax(x)
        return weights[0] * 3 + weights[1] * 3 + weights[2] * 3

    truth = truth_of(f, "x", shapes={"x": (3,)})
    found = outcomes(truth, "gradient", x=[0.1, 0.2, 0.3])
    assert [o.status for o in found] == ["certified"] * 3
    assert all(o.ball.is_zero() and "modular" in o.routes for o in found)


def test_a_midpoint_of_floats_that_cancels_is_certified():
    tie = 1 + 2.0**-53

    def f(x):
        return sym.exp(x) / (sym.exp(x) + 1) + 1 / (sym.exp(x) + 1) + sympy.Rational(2) ** -53

    found = outcome(truth_of(f, "x"), "value", x=0.3)
    assert found.status == "certified"
    assert tie == 1.0
    assert found.ball.is_exact()
