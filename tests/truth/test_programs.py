"""Straight-line programs: building, evaluating on demand, and the sweeps over them."""

import pytest
import sympy
from flint import arb

from diffcheck.balls import exact
from diffcheck.truth.builder import Builder
from diffcheck.truth.evaluate import Evaluation
from diffcheck.truth.expressions import graph_of, insert
from diffcheck.truth.failures import Failure
from diffcheck.truth.graph import ABSENT, CONSTANT, INPUT
from diffcheck.truth.sweeps import forward, gradient, reverse

x, y, z = sympy.symbols("x y z", real=True)


def values(graph, bits=128, **at):
    evaluation = Evaluation(
        graph.nodes, {sympy.Symbol(n, real=True): exact(v) for n, v in at.items()}, bits
    )
    return [evaluation.value(output) for output in graph.outputs]


def test_a_shared_subexpression_is_one_node():
    graph = graph_of([x], [sympy.sin(x) ** 2 + sympy.exp(sympy.sin(x))])
    assert [node.head for node in graph.nodes].count(sympy.sin) == 1


def test_equal_subexpressions_of_different_assignments_are_one_node():
    t, u = sympy.symbols("t u", real=True)
    graph = graph_of([x], [t * u], [(t, sympy.exp(x)), (u, 1 + sympy.exp(x))])
    assert [node.head for node in graph.nodes].count(sympy.exp) == 1


def test_dead_nodes_are_dropped():
    t = sympy.Symbol("t", real=True)
    graph = graph_of([x, y], [sympy.cos(x)], [(t, sympy.exp(y))])
    assert [node.head for node in graph.nodes] == [INPUT, sympy.cos]
    assert graph.inputs == (x, y)


def test_arguments_come_before_what_uses_them():
    graph = graph_of([x, y], [sympy.Max(x, y) ** sympy.Rational(1, 2) + sympy.sin(x * y)])
    assert all(a < i for i, node in enumerate(graph.nodes) for a in node.args)


def test_floats_and_rationals_stay_apart():
    graph = graph_of([x], [x + sympy.Float(0.1), x + sympy.Rational(1, 10)])
    first, second = values(graph, x=0.0)
    assert first == exact(0.1)
    assert not second.is_exact()


def test_a_very_deep_expression_needs_no_recursion():
    terms, symbols = [], sympy.symbols("t:5000", real=True)
    previous = x
    for symbol in symbols:
        terms.append((symbol, sympy.sin(previous)))
        previous = symbol
    graph = graph_of([x], [previous], terms)
    (slope,) = values(gradient(graph), x=0.0)
    assert bool(slope == 1)


def test_an_unassigned_symbol_is_refused():
    with pytest.raises(ValueError, match="z is neither an input nor assigned"):
        graph_of([x, y], [x + z])


def test_the_branch_not_taken_is_not_evaluated():
    f = sympy.Piecewise((sympy.sqrt(x), x > 0), (0, True))
    assert bool(values(graph_of([x], [f]), x=-1.0)[0].is_zero())
    assert bool(values(gradient(graph_of([x], [f])), x=-1.0)[0] is ABSENT)


@pytest.mark.parametrize(
    ("f", "at", "kind"),
    [
        (sympy.log(x), -1.0, "undefined"),
        (1 / x, 0.0, "undefined"),
        (sympy.sin(x) / x, 0.0, "undefined"),
        (x * sympy.log(x), 0.0, "undefined"),
        (sympy.Piecewise((1, x > 0)), -1.0, "undefined"),
        (sympy.sign(sympy.sin(x * sympy.pi)), 1.0, "undecided"),
        (sympy.Function("g")(x), 1.0, "unsupported"),
        (sympy.Integral(sympy.exp(-x * y**2), (y, 0, 1)), 1.0, "unsupported"),
    ],
)
def test_failures_say_what_is_proved(f, at, kind):
    (value,) = values(graph_of([x], [f]), x=at)
    assert isinstance(value, Failure)
    assert value.kind == kind


def test_a_proof_outweighs_a_doubt():
    (value,) = values(graph_of([x], [sympy.log(-x) + sympy.sign(sympy.sin(x * sympy.pi))]), x=1.0)
    assert value.kind == "undefined"


def test_logic_is_settled_by_one_argument_whatever_fails_beside_it():
    f = sympy.Piecewise((1, sympy.And(x > 0, sympy.log(x) < 1)), (2, True))
    assert bool(values(graph_of([x], [f]), x=-1.0)[0] == 2)
    g = sympy.Piecewise((1, sympy.Or(x < 0, sympy.log(x) < 1)), (2, True))
    assert bool(values(graph_of([x], [g]), x=-1.0)[0] == 1)


@pytest.mark.parametrize(
    ("f", "at", "expected"),
    [
        (sympy.Mod(x, 3), -1.0, 2.0),
        (sympy.frac(x), -0.25, 0.75),
        (sympy.Sum(x**z, (z, 0, 3)), 2.0, 15.0),
        (sympy.Piecewise((1, sympy.Xor(x > 0, x > 2)), (0, True)), 1.0, 1.0),
        (sympy.Piecewise((1, sympy.ITE(x > 0, x > 2, x < -1)), (0, True)), 3.0, 1.0),
    ],
)
def test_rewritten_classes(f, at, expected):
    assert bool(values(graph_of([x], [f]), x=at)[0] == expected)


def test_gradient_weights_are_the_vjp():
    graph = graph_of([x, y], [x * y, x + y])
    assert [float(v) for v in values(gradient(graph, [2.0, -1.0]), x=3.0, y=5.0)] == [9.0, 5.0]


def test_reverse_and_forward_agree():
    builder = Builder()
    environment = {s: builder.input(s) for s in (x, y)}
    f = insert(builder, sympy.exp(sympy.sin(x * y)) * sympy.Max(x, y) ** 3, environment)
    slopes = reverse(builder, {f: builder.one}, tuple(environment.values()))
    tangents = [forward(builder, [f], {node: builder.one})[0] for node in environment.values()]
    evaluation = Evaluation(builder.nodes, {x: arb(0.75), y: arb(-0.5)}, 256)
    for slope, tangent in zip(slopes, tangents, strict=True):
        a, b = (arb(0) if v is ABSENT else v for v in map(evaluation.value, (slope, tangent)))
        assert a.overlaps(b)
        assert a.rad() < 1e-60


def test_structural_zeros_have_no_node():
    builder = Builder()
    nodes = [builder.input(s) for s in (x, y)]
    f = insert(builder, sympy.sin(x), {x: nodes[0], y: nodes[1]})
    assert reverse(builder, {f: builder.one}, nodes)[1] is None
    assert forward(builder, [f], {nodes[1]: builder.one}) == (None,)


def test_absent_times_singular_is_absent_in_second_derivatives_too():
    f = sympy.Piecewise((x ** sympy.Rational(3, 2), x > 0), (x**2, True))
    second = gradient(gradient(graph_of([x], [f])))
    assert float(values(second, x=-1.0)[0]) == 2.0
    assert float(values(second, x=4.0)[0]) == 0.375


def test_constants_are_sympy_numbers():
    graph = graph_of([x], [2 * sympy.pi * x])
    payloads = {node.payload for node in graph.nodes if node.head is CONSTANT}
    assert payloads == {sympy.Integer(2), sympy.pi}
