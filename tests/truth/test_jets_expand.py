"""Several inputs and outputs at once, and what one output's failure leaves of the others."""

import pytest
import sympy as sp
from flint import arb, ctx
from jets_support import derivatives, graph_of

from diffcheck.balls import Undecided
from diffcheck.truth.graph import UNKNOWN, Graph, Node
from diffcheck.truth.jets import Failed, Infinite, LeavesDomain, one_sided

x, y = sp.symbols("x y", real=True)
ORIGIN = {x: arb(0), y: arb(0)}


@pytest.mark.parametrize(
    ("definition", "point", "direction", "left", "right"),
    [
        (sp.Max(x, y), (1, 1), (1, 0), 0, 1),
        (sp.Max(x, y), (1, 1), (0, 1), 0, 1),
        (sp.Max(x, y), (1, 1), (1, 1), 1, 1),
        (sp.Max(x, y), (1, 1), (1, -1), -1, 1),
        (sp.sqrt(x**2 + y**2), (0, 0), (3, 4), -5, 5),
        (sp.sqrt(x**2 + y**2), (0, 2), (1, 0), 0, 0),
        (sp.Abs(x * y), (0, 3), (1, 0), -3, 3),
        (sp.Abs(x) * y, (0, 0), (1, 1), 0, 0),
        (2 * sp.Max(0, x + y) - sp.Max(0, x - y), (1, 1), (1, 0), 2, 1),
        (sp.Piecewise((x * y / (x + y), sp.Ne(x, -y)), (0, True)), (0, 0), (1, 3), 0.75, 0.75),
        (x**y, (2, 0), (0, 1), "log(2)", "log(2)"),
        (sp.atan2(y, x), (-1, 0), (0, 1), -1, -1),
    ],
)
def test_directional_derivatives(definition, point, direction, left, right):
    at, along = dict(zip((x, y), point, strict=True)), dict(zip((x, y), direction, strict=True))
    for side, expected in ((-1, left), (1, right)):
        found = derivatives(definition, at, along, order=1, side=side)[1]
        assert float(found.mid()) == float(sp.N(sp.sympify(expected), 20))
        assert found.rad() < 1e-30


def test_mixed_second_partial_by_polarisation():
    """Of x·|y| + x²y at (0, 0): ∂xy is ∓1 on the two sides of the diagonal."""
    f = x * sp.Abs(y) + x**2 * y
    for side in (-1, 1):
        both, along_x, along_y = (
            derivatives(f, {x: 0, y: 0}, {x: u, y: v}, order=2, side=side)[2]
            for u, v in ((1, 1), (1, 0), (0, 1))
        )
        assert (both - along_x - along_y) / 2 == side


def test_each_output_stands_for_itself():
    graph = graph_of(sp.Abs(x), sp.log(x), 1 / x, sp.sqrt(x), sp.sin(1 / x))
    found = one_sided(graph, {x: arb(0)}, {x: arb(1)}, order=1, side=-1, bits=64)
    assert found[0].derivative(1) == -1
    for k, error in ((1, LeavesDomain), (2, Infinite), (3, LeavesDomain), (4, Undecided)):
        with pytest.raises(error):
            found[k].derivative(1)
        with pytest.raises(error):
            found[k].value()


def test_outputs_may_need_different_variables():
    graph = graph_of(sp.sqrt(x), x ** sp.Rational(1, 3), x**2, (1 - sp.cos(x)) / x**2)
    root, cube, square, versine = one_sided(graph, {x: arb(0)}, {x: arb(1)}, 2, 1, 64)
    assert root.branch.ramification == 2
    assert cube.branch.ramification % 3 == 0
    assert square.derivative(2) == 2
    assert versine.derivative(2).overlaps(arb(-1) / 12)


def test_fixed_inputs_are_constants():
    graph = graph_of(sp.exp(y) * x)
    (found,) = one_sided(graph, {x: arb(1), y: arb(1)}, {x: arb(1)}, 1, 1, 64)
    assert found.exact
    assert found.derivative(1).overlaps(arb(1).exp())


def test_an_unknown_class_is_undecided():
    graph = Graph((Node("input", payload=x), Node(UNKNOWN, (0,), sp.Function("f")(x))), (x,), (1,))
    (found,) = one_sided(graph, {x: arb(0)}, {x: arb(1)}, 1, 1, 64)
    assert isinstance(found, Failed)
    with pytest.raises(Undecided, match="no one-sided expansion"):
        found.value()


def test_the_context_is_left_as_it_was():
    before = ctx.prec, ctx.cap
    derivatives(sp.exp(x) / x, {x: 0}, {x: 1}, order=3, side=1)
    assert (ctx.prec, ctx.cap) == before


def test_wide_balls_are_undecided():
    graph = graph_of(sp.Abs(x))
    (found,) = one_sided(graph, {x: arb(0, 1e-30)}, {x: arb(1)}, 1, 1, 64)
    with pytest.raises(Undecided):
        found.derivative(1)
