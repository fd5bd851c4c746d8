"""Kinks, jumps, removable points and boundaries: what SymPy's derivative gets wrong."""

# ruff: noqa: PLW0108 - a definition's parameter has the name of its input

import pytest
import sympy
from truth_support import outcome, outcomes, truth_of

from diffcheck import sym


def _removable(x):
    return sym.where(sym.not_equal(x, 0), (sym.exp(x) - 1) / x, 1)


def _hat(x):
    return sym.maximum(1 - sym.abs(x), 0)


def _bowl(x, y):
    return sym.where(sym.not_equal(x**2 + y**2, 0), x * y * (x**2 - y**2) / (x**2 + y**2), 0)


def _far_branch(x):
    return sym.where(x > 1, sym.log(x - 1), sym.abs(x - 4))


CERTIFIED = [
    ("removable", _removable, "gradient", 0.0, 0.5),
    ("removable", _removable, "hessian", 0.0, 1 / 3),
    ("removable", _removable, "third", 0.0, 0.25),
    ("x|x|", lambda x: x * sym.abs(x), "gradient", 0.0, 0.0),
    ("|x|³", lambda x: sym.abs(x) ** 3, "hessian", 0.0, 0.0),
    ("sinc", lambda x: sympy.sinc(x), "gradient", 0.0, 0.0),
    ("sinc", lambda x: sympy.sinc(x), "hessian", 0.0, -1 / 3),
    (
        "huber",
        lambda x: sym.where(sym.abs(x) <= 1, x**2 / 2, sym.abs(x) - 0.5),
        "gradient",
        1.0,
        1.0,
    ),
    ("LambertW", lambda x: sympy.LambertW(x), "gradient", 0.0, 1.0),
    ("sqrt(x²)²", lambda x: sym.sqrt(x**2) ** 2, "gradient", 0.0, 0.0),
    ("max(x, x)", lambda x: sym.maximum(x, x), "gradient", 1.0, 1.0),
    ("far branch", _far_branch, "gradient", 0.5, -1.0),
    ("clip inside", lambda x: sym.clip(x, -1, 1), "gradient", 0.5, 1.0),
    ("clip outside", lambda x: sym.clip(x, -1, 1), "gradient", 1.5, 0.0),
    ("floor off integers", lambda x: sym.floor(x), "gradient", 2.5, 0.0),
    ("x^2.5 inside", lambda x: x ** sympy.Rational(5, 2), "gradient", 4.0, 20.0),
    ("nearest float to a kink", lambda x: sym.abs(x), "gradient", 5e-324, 1.0),
]


@pytest.mark.parametrize(("name", "f", "kind", "at", "expected"), CERTIFIED)
def test_differentiable_after_all(name, f, kind, at, expected):
    found = outcome(truth_of(f, "x"), kind, x=at)
    assert found.status == "certified", (name, found.reason)
    assert float(found.ball.mid()) == expected


KINKS = [
    ("relu", lambda x: sym.relu(x), "gradient", 0.0, 0.0, 1.0),
    ("abs", lambda x: sym.abs(x), "gradient", 0.0, -1.0, 1.0),
    ("clip low", lambda x: sym.clip(x, -1, 1), "gradient", -1.0, 0.0, 1.0),
    ("clip high", lambda x: sym.clip(x, -1, 1), "gradient", 1.0, 1.0, 0.0),
    ("sqrt(x²)", lambda x: sym.sqrt(x**2), "gradient", 0.0, -1.0, 1.0),
    ("x|x|", lambda x: x * sym.abs(x), "hessian", 0.0, -2.0, 2.0),
    ("hat", _hat, "gradient", 0.0, 1.0, -1.0),
    ("hat's foot", _hat, "gradient", 1.0, -1.0, 0.0),
    ("exp(|x|)", lambda x: sym.exp(sym.abs(x)), "gradient", 0.0, -1.0, 1.0),
    ("leaky", lambda x: sym.where(x >= 0, x, x / 4), "gradient", 0.0, 0.25, 1.0),
    (
        "huber's second",
        lambda x: sym.where(sym.abs(x) <= 1, x**2 / 2, sym.abs(x) - 0.5),
        "hessian",
        1.0,
        1.0,
        0.0,
    ),
]


@pytest.mark.parametrize(("name", "f", "kind", "at", "left", "right"), KINKS)
def test_kinks_have_both_sides(name, f, kind, at, left, right):
    found = outcome(truth_of(f, "x"), kind, x=at)
    assert found.status == "kink", (name, found)
    assert (float(found.left), float(found.right)) == (left, right)


UNDEFINED = [
    ("floor", lambda x: sym.floor(x), "gradient", 2.0, "discontinuous"),
    ("sign", lambda x: sym.sign(x), "gradient", 0.0, "discontinuous"),
    ("step", lambda x: sym.where(x > 0, 1, 0), "gradient", 0.0, "discontinuous"),
    ("sqrt at 0", lambda x: sym.sqrt(x), "gradient", 0.0, "leaves its domain"),
    ("x^1.5 at 0", lambda x: x ** sympy.Rational(3, 2), "gradient", 0.0, "leaves its domain"),
    ("asin at 1", lambda x: sym.asin(x), "gradient", 1.0, "domain"),
    ("sqrt(|x|)", lambda x: sym.sqrt(sym.abs(x)), "gradient", 0.0, "infinite"),
    ("relu's second", lambda x: sym.relu(x), "hessian", 0.0, "order 1 has a kink"),
    ("log outside", lambda x: sym.log(x), "gradient", -1.0, "not defined here"),
    ("1/x at 0", lambda x: 1 / x, "gradient", 0.0, "division by zero"),
    ("sin(x)/x without its value", lambda x: sym.sin(x) / x, "gradient", 0.0, "not defined here"),
]


@pytest.mark.parametrize(("name", "f", "kind", "at", "reason"), UNDEFINED)
def test_no_derivative_is_proved_in_words(name, f, kind, at, reason):
    found = outcome(truth_of(f, "x"), kind, x=at)
    assert found.status == "undefined", (name, found)
    assert reason in found.reason


def test_an_unprovable_breakpoint_is_undecided():
    found = outcome(truth_of(lambda x: sym.abs(sympy.sin(sympy.pi * x)), "x"), "gradient", x=1.0)
    assert found.status == "undecided"
    assert "too near to tell" in found.reason


@pytest.mark.parametrize("kind", ["gradient", "hessian"])
def test_the_end_of_a_domain_is_never_certified_by_the_formula_alone(kind):
    truth = truth_of(lambda x: sym.besselj(sympy.Rational(5, 2), x), "x")
    assert outcome(truth, "value", x=0.0).status == "certified"
    assert outcome(truth, kind, x=0.0).status == "undecided"


def test_norm_at_zero_kinks_in_every_direction():
    truth = truth_of(lambda x, y: sym.sqrt(x**2 + y**2), "x", "y")
    assert [o.status for o in outcomes(truth, "gradient", x=0.0, y=0.0)] == ["kink", "kink"]
    tiny = outcomes(truth, "gradient", x=3e-30, y=4e-30)
    assert [float(o.ball) for o in tiny] == [pytest.approx(0.6, rel=1e-15), pytest.approx(0.8)]


@pytest.mark.parametrize(
    ("x", "y", "statuses"),
    [
        (0.0, 2.0, ["certified", "certified"]),
        (0.0, 0.5, ["undefined", "certified"]),
        (2.0, 0.0, ["certified", "certified"]),
        (-2.0, 2.0, ["certified", "undefined"]),
        (0.0, 0.0, ["undefined", "undefined"]),
    ],
)
def test_variable_powers_at_the_edge(x, y, statuses):
    found = outcomes(truth_of(lambda x, y: x**y, "x", "y"), "gradient", x=x, y=y)
    assert [o.status for o in found] == statuses


def test_ties_of_max_share_the_kink():
    truth = truth_of(lambda x, y, z: sym.maximum(x, sym.maximum(y, z)), "x", "y", "z")
    found = outcomes(truth, "gradient", x=1.0, y=1.0, z=0.0)
    assert [o.status for o in found] == ["kink", "kink", "certified"]
    assert [(float(o.left), float(o.right)) for o in found[:2]] == [(0.0, 1.0)] * 2


def test_only_what_reaches_the_kink_is_touched():
    def network(w, u):
        hidden = [sym.relu(2 * w[0]), sym.relu(w[1]), sym.exp(u)]
        return hidden[0] + hidden[1] ** 2 * hidden[2]

    truth = truth_of(network, "w", "u", shapes={"w": (2,)})
    found = outcomes(truth, "gradient", w=[0.0, 3.0], u=0.0)
    assert [o.status for o in found] == ["kink", "certified", "certified"]
    assert [float(o.ball) for o in found[1:]] == [6.0, 9.0]


def test_a_strictly_decided_condition_passes_no_kink():
    truth = truth_of(lambda x, y: sym.where(sym.abs(x) < 1, y, x), "x", "y")
    found = outcomes(truth, "gradient", x=0.0, y=2.0)
    assert [o.routes for o in found if "jets" in o.routes] == []
    assert [float(o.ball) for o in found] == [0.0, 1.0]


def test_mixed_second_derivative_that_depends_on_the_direction():
    truth = truth_of(_bowl, "x", "y")
    found = outcomes(truth, "hessian", x=0.0, y=0.0)
    assert [o.status for o in found] == ["certified", "undefined", "undefined", "certified"]


def test_mixed_second_derivative_across_a_removable_point():
    def f(x, y):
        return y * sym.where(sym.not_equal(x, 0), sym.sin(x) / x, 1) + x * y

    found = outcomes(truth_of(f, "x", "y"), "hessian", x=0.0, y=3.0)
    assert [o.status for o in found] == ["certified"] * 4
    assert [float(o.ball) for o in found] == [-1.0, 1.0, 1.0, 0.0]


@pytest.mark.parametrize(("kind", "left", "right"), [("jvp", 0.0, 1.0), ("vjp", 0.0, 1.0)])
def test_products_with_vectors_kink_too(kind, left, right):
    truth = truth_of(lambda x: sym.relu(x), "x", name="tie")
    v, w = truth.programs.v[0], truth.programs.w[0]
    scale = v if kind == "jvp" else w
    found = outcome(truth, kind, x=0.0)
    sides = sorted([float(found.left) / scale, float(found.right) / scale])
    assert found.status == "kink"
    assert sides == [left, right]


@pytest.mark.parametrize(
    ("f", "statuses"),
    [
        (lambda x, y: x * sym.Abs(y), ("undefined", "undefined")),
        (lambda x, y: sym.Abs(x) * y, ("undefined", "undefined")),
        (lambda x, y: (x + y) * sym.Abs(x + y), ("kink", "kink")),
        (lambda x, y: x * y * sym.Abs(x + y), ("certified", "certified")),
    ],
)
def test_mixed_partials_at_a_breakpoint_do_not_depend_on_the_order_of_inputs(f, statuses):
    truth = truth_of(f, "x", "y")
    found = [o.status for o in outcomes(truth, "hessian", x=0.0, y=0.0)]
    assert (found[1], found[2]) == statuses
