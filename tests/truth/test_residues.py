import pytest
import sympy
from flint import arb

from diffcheck.balls import exact
from diffcheck.truth.evaluate import Evaluation
from diffcheck.truth.expressions import graph_of
from diffcheck.truth.residues import Residues

x, y = sympy.symbols("x y", real=True)
E, S = sympy.cosh(x), sympy.sin(y)


def equals(f, number, **at):
    graph = graph_of([x, y], [f])
    values = {s: exact(at.get(s.name, 0.75)) for s in (x, y)}
    evaluation = Evaluation(graph.nodes, values, 256)
    evaluation.value(graph.outputs[0])
    return Residues(evaluation).equals(graph.outputs[0], arb(number))


@pytest.mark.parametrize(
    ("f", "number"),
    [
        ((E + S) ** 2 - E**2 - 2 * E * S - S**2, 0),
        (E / (E + S) + S / (E + S), 1),
        (E * (1 / E) - sympy.Rational(1, 3) * 3, 0),
        (1 / (E - S) - (E + S) / (E**2 - S**2), 0),
        (sympy.pi * S - S * sympy.pi + 2, 2),
        (sympy.Abs(S - 2 * E) - 2 * E + S, 0),
        (sympy.Max(S, E) - E, 0),
        (sympy.Min(S, E) - S, 0),
        (sympy.Piecewise((E, x > 0), (S, True)) - E, 0),
        (sympy.sqrt(1 + E) ** 3 - sympy.sqrt(1 + E) * sympy.sqrt(1 + E) ** 2, 0),
        (sympy.sign(E) * E + sympy.floor(S) - E, 0),
        ((sympy.Float(0.1) + E) - E, 0.1),
    ],
)
def test_identities_hold(f, number):
    assert equals(f, number)


@pytest.mark.parametrize(
    ("f", "number"),
    [
        (E - S, 0),
        (E - E * (1 + sympy.Rational(1, 10**90)), 0),
        (sympy.Max(S, E) - S, 0),
        (sympy.Abs(S - 2 * E) - S + 2 * E, 0),
        (sympy.sqrt(x**2) + x, 0),
        (1 / (2 + E) - E, 0),
        (E / (E + S), 1),
    ],
)
def test_what_is_no_identity_is_told_from_one(f, number):
    assert not equals(f, number)


def test_roots_of_exact_squares_keep_their_sign():
    f = sympy.sqrt((x + y) ** 2) ** -1 - 1 / (x + y)
    assert equals(f, 0, x=1.25, y=0.5)
    assert not equals(f, 0, x=-1.25, y=0.5)
