"""Partial derivatives of each class: SymPy's rules in balls against mpmath's differences."""

import pytest
import sympy

from diffcheck.balls import exact
from diffcheck.studies.power.ball_references import REFERENCES, mp
from diffcheck.truth.builder import Builder
from diffcheck.truth.evaluate import Evaluation
from diffcheck.truth.failures import Failure
from diffcheck.truth.graph import UNKNOWN
from diffcheck.truth.partials import partials

# Arguments in which SymPy has no derivative, and points where there is none, or no simple one.
NO_RULE = {
    (sympy.polygamma, 0),
    (sympy.LambertW, 1),
    (sympy.RisingFactorial, 1),
    (sympy.FallingFactorial, 1),
}
NOT_REAL = {(head, (1.0, -2.0), 0) for head in (sympy.besselj, sympy.besseli)}
AT_AN_END = {
    (sympy.log, (1e-300,)),  # nearer to it than mpmath's step
    (sympy.asin, (-1.0,)),
    (sympy.acos, (-1.0,)),
    (sympy.acosh, (1.0,)),
    (sympy.asech, (1.0,)),
    (sympy.sinc, (0.0,)),
    (sympy.elliptic_k, (0.0,)),
    (sympy.elliptic_e, (0.0,)),
    (sympy.lowergamma, (2.0, 0.0)),
    (sympy.uppergamma, (2.0, 0.0)),
    (sympy.atan2, (0.0, -1.0)),
    (sympy.besselj, (0.5, 0.0)),
    (sympy.polylog, (2.5, 1.0)),
    (sympy.Pow, (0.0, 2.5)),
    (sympy.Pow, (-2.5, 3.0)),
    (sympy.Pow, (-2.5, -2.0)),
    (sympy.RisingFactorial, (2.5, 0.5)),  # SymPy's rule is for integers alone
    (sympy.FallingFactorial, (2.5, 0.5)),
    (sympy.betainc, (0.5, 2.5, 0.0, 0.75)),
    (sympy.betainc_regularized, (0.5, 2.5, 0.0, 0.75)),
}

ROWS = [
    (head, args, k)
    for head, (_, points) in REFERENCES.items()
    for args in points
    for k in range(len(args))
    if (head, args) not in AT_AN_END and (head, k) not in NO_RULE
    if (head, args, k) not in NOT_REAL
]


def _name(value):
    return getattr(value, "__name__", None)


def _evaluate_partial(head, args, k, bits=256):
    """Evaluate ∂head/∂arg_k where the other arguments without a rule are constants."""
    builder = Builder()
    symbols = sympy.symbols(f"x:{len(args)}", real=True)
    nodes = [
        builder.constant(sympy.Integer(int(a)) if a == int(a) else sympy.Rational(a))
        if (head, j) in NO_RULE and j != k
        else builder.input(symbol)
        for j, (symbol, a) in enumerate(zip(symbols, args, strict=True))
    ]
    node = partials(builder, builder.apply(head, *nodes))[k]
    values = {s: exact(a) for s, a in zip(symbols, args, strict=True)}
    return Evaluation(builder.nodes, values, bits).value(node)


@pytest.mark.parametrize(("head", "args", "k"), ROWS, ids=_name)
def test_partial_derivative_agrees_with_a_numerical_one(head, args, k):
    def along(t):
        moved = [mp.mpf(a) for a in args]
        moved[k] = t
        return mp.re(REFERENCES[head][0](*moved))

    ball = _evaluate_partial(head, args, k)
    found = mp.mpf(ball.mid().str(50, radius=False))
    assert mp.almosteq(found, mp.diff(along, args[k]), rel_eps=mp.mpf(10) ** -25, abs_eps=1e-40)


@pytest.mark.parametrize(("head", "k"), sorted(NO_RULE, key=str), ids=_name)
def test_a_partial_without_a_rule_is_unknown_and_never_zero(head, k):
    args = next(args for args in REFERENCES[head][1] if len(args) > k)
    ball = _evaluate_partial(head, args, k)
    assert isinstance(ball, Failure)
    assert ball.kind == "unsupported"


def test_product_partials_are_linear_in_the_number_of_factors():
    builder = Builder()
    nodes = [builder.input(s) for s in sympy.symbols("x:200", real=True)]
    before = len(builder.nodes)
    partials(builder, builder.apply(sympy.Mul, *nodes))
    assert len(builder.nodes) - before < 4 * len(nodes)


@pytest.mark.parametrize("head", [sympy.sign, sympy.floor, sympy.ceiling])
def test_steps_have_no_partials(head):
    builder = Builder()
    x = builder.input(sympy.Symbol("x", real=True))
    assert partials(builder, builder.apply(head, x)) == (None,)


def test_partial_of_an_unknown_expression_is_unknown():
    x = sympy.Symbol("x", real=True)
    builder = Builder()
    node = builder.unknown(sympy.Function("g")(x), builder.input(x))
    (partial,) = partials(builder, node)
    assert builder.nodes[partial].head == UNKNOWN
