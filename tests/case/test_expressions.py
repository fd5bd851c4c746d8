from types import SimpleNamespace

import numpy as np
import pytest
import scipy.special
import sympy

from diffcheck import Case, real
from diffcheck.case import CaseError, build_definition
from diffcheck.case.expression_rules import RULES
from diffcheck.case.expressions import program_of

x, y, a = sympy.symbols("x y a")
XP = SimpleNamespace(
    **{**vars(np), **{n: getattr(scipy.special, n) for n in scipy.special.__all__}}
)
POINT = {"x": 0.7, "y": 0.3, "a": 1.6}

EXPRESSIONS = [
    x + y,
    1 - x,
    -x - y,
    2 * x / 3 - sympy.Rational(7, 5),
    x * y / (1 + a) ** 2,
    -x / y,
    1 / x,
    5 / x,
    x**2,
    x**5,
    x**-3,
    sympy.sqrt(x),
    x ** sympy.Rational(3, 2),
    x ** sympy.Rational(-1, 2),
    x ** sympy.Rational(1, 3),
    x**y,
    2**x,
    sympy.pi * x + sympy.E,
    sympy.sqrt(2) * x,
    x * sympy.Float(0.5),
    x + 10**12,
    *(f(x) for f in (sympy.exp, sympy.log, sympy.sign, sympy.floor, sympy.ceiling, sympy.Abs)),
    *(f(x) for f in (sympy.sin, sympy.cos, sympy.tan, sympy.sec, sympy.csc, sympy.cot)),
    *(f(x) for f in (sympy.asin, sympy.acos, sympy.atan)),
    *(f(x) for f in (sympy.sinh, sympy.cosh, sympy.tanh, sympy.sech, sympy.csch, sympy.coth)),
    *(f(x) for f in (sympy.asinh, sympy.atanh, sympy.erf, sympy.erfc, sympy.gamma)),
    *(f(x) for f in (sympy.loggamma, sympy.digamma, sympy.Heaviside)),
    sympy.acosh(1 + x),
    sympy.polygamma(2, x),
    sympy.atan2(x, y),
    sympy.beta(x, y),
    *(sympy.besselj(n, x) for n in (0, 1, 3)),
    *(sympy.besseli(n, x) for n in (0, 1)),
    sympy.lowergamma(a, x),
    sympy.uppergamma(a, x),
    y * sympy.lowergamma(a, x) / sympy.gamma(a),
    sympy.Max(x, y, sympy.Rational(1, 2)),
    sympy.Min(x, y),
    sympy.Piecewise((x, x > y), (y, True)),
    sympy.Piecewise((1, x < 0), (3, True)),
    sympy.Heaviside(sympy.floor(x), sympy.Rational(1, 3)),
    sympy.Piecewise((1, x < 0), (x, (x < 1) & (y > 0)), (2, True)),
    sympy.Piecewise((1, sympy.Or(x <= 0, sympy.Eq(x, y))), (x, sympy.Ne(x, 1)), (2, True)),
    sympy.Piecewise((1, sympy.Not(x >= y, evaluate=False)), (3 * x, True)),
]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_the_program_agrees_with_sympy(expression):
    values = {name: POINT[name] for name in sorted(s.name for s in expression.free_symbols)}
    expected = float(
        sympy.N(expression.subs({k: sympy.Rational(v) for k, v in values.items()}), 30)
    )
    got = program_of(expression)(XP, **{k: np.asarray(v) for k, v in values.items()})
    np.testing.assert_allclose(got, expected, rtol=1e-14)


def test_every_rule_is_met_by_an_expression_above():
    met = {part.func for expression in EXPRESSIONS for part in sympy.preorder_traversal(expression)}
    assert set(RULES) <= met


def test_float32_stays_float32():
    from diffcheck import engine

    values = {name: np.asarray(v, dtype=np.float32) for name, v in POINT.items()}
    for expression in EXPRESSIONS:
        used = {s.name: values[s.name] for s in expression.free_symbols}
        assert program_of(expression)(engine, **used).dtype == np.float32, expression


def test_the_regularised_function_is_called_so_that_gamma_does_not_overflow():
    expression = sympy.lowergamma(a, x) / sympy.gamma(a)
    got = program_of(expression)(XP, a=np.asarray(300.0), x=np.asarray(300.0))
    assert got == pytest.approx(scipy.special.gammainc(300.0, 300.0), rel=1e-15)


def test_shared_parts_are_evaluated_once():
    calls = []
    xp = SimpleNamespace(exp=lambda v: calls.append(v) or np.exp(v), square=np.square)
    program_of(sympy.exp(x) ** 2 + sympy.exp(x) + sympy.exp(x) * y)(xp, x=1.0, y=2.0)
    assert len([v for v in calls if v == 1.0]) == 1


UNKNOWN = [
    (sympy.zeta(x), "zeta"),
    (sympy.LambertW(x), "LambertW"),
    (sympy.Function("f")(x), "f in f(x)"),
    (sympy.besselj(y, x), "besselj"),
    (sympy.besseli(2, x), "besseli"),
    (sympy.Integral(x, x), "Integral"),
    (x + sympy.I, "ImaginaryUnit"),
    (x + sympy.oo * sympy.exp(x), "Infinity"),
]


@pytest.mark.parametrize(("expression", "name"), UNKNOWN, ids=[row[1] for row in UNKNOWN])
def test_a_function_without_a_rule_is_named(expression, name):
    with pytest.raises(CaseError) as caught:
        Case.from_expression(expression)
    assert f"got {name}" in caught.value.expected_got
    assert caught.value.where.startswith("tests/case/test_expressions.py:")


def test_a_formula_alone_is_a_case():
    case = Case.from_expression(x * sympy.exp(-y), name="formula", orders=(0, 1, 2))
    assert (list(case.inputs), case.wrt, case.orders) == (["x", "y"], ("x", "y"), (0, 1, 2))
    assert case.inputs["x"] == real()
    assert list(case.programs) == ["expression"]
    assert case.location[0] == "tests/case/test_expressions.py"


def test_domains_and_wrt_are_taken():
    case = Case.from_expression(x * y, inputs={"y": real(0, 1)}, wrt="x", points=[{"x": 1, "y": 1}])
    assert (case.inputs["y"], case.wrt, len(case.points)) == (real(0, 1), ("x",), 1)


def test_the_definition_is_the_expression_in_the_cases_own_symbols():
    positive = sympy.Symbol("x", positive=True)
    definition = build_definition(Case.from_expression(sympy.log(positive) ** 2))
    assert definition.outputs == (sympy.log(sympy.Symbol("x", real=True)) ** 2,)


def test_a_domain_of_a_symbol_that_does_not_occur_is_told():
    with pytest.raises(CaseError, match="expected the free symbols x, got 'z'"):
        Case.from_expression(x**2, inputs={"z": real(0, 1)})
