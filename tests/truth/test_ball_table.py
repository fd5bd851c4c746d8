"""Every entry of the ball table against mpmath at 60 digits: two libraries that share no code."""

import pytest
import sympy
from flint import arb

from diffcheck.balls import Undecided, exact, precision
from diffcheck.studies.power.ball_references import HYPER_2F1, REFERENCES, mp
from diffcheck.truth.failures import LeftDomain
from diffcheck.truth.table import BALLS
from diffcheck.truth.table.algebra import constant
from diffcheck.truth.table.conditions import CONDITIONS
from diffcheck.truth.table.steps import STEPS

ROWS = [(head, args) for head, (_, points) in REFERENCES.items() for args in points]


def _name(value):
    return getattr(value, "__name__", None)


def test_every_smooth_entry_has_a_reference():
    assert set(BALLS) - set(STEPS) - set(CONDITIONS) == set(REFERENCES)


@pytest.mark.parametrize(("head", "args"), ROWS, ids=_name)
def test_entry_encloses_what_mpmath_computes(head, args):
    reference = mp.re(REFERENCES[head][0](*(mp.mpf(a) for a in args)))
    with precision(200):
        ball = BALLS[head](*(exact(a) for a in args))
        found = mp.mpf(ball.mid().str(58, radius=False))
        assert float(ball.rad()) <= 1e-45 * max(1.0, abs(float(reference)))
    assert mp.almosteq(found, reference, rel_eps=mp.mpf(10) ** -45, abs_eps=mp.mpf(10) ** -50)


OUTSIDE = [
    (sympy.log, (-1.0,)),
    (sympy.log, (0.0,)),
    (sympy.Pow, (-1.0, 0.5)),
    (sympy.Pow, (0.0, 0.0)),
    (sympy.Pow, (0.0, -1.0)),
    (sympy.Pow, (0.0, -0.5)),
    (sympy.atan2, (0.0, 0.0)),
    (sympy.asin, (1.5,)),
    (sympy.acos, (-1.5,)),
    (sympy.acosh, (0.5,)),
    (sympy.atanh, (1.0,)),
    (sympy.acoth, (0.5,)),
    (sympy.cot, (0.0,)),
    (sympy.gamma, (-2.0,)),
    (sympy.loggamma, (-0.5,)),
    (sympy.digamma, (0.0,)),
    (sympy.polygamma, (1.0, -3.0)),
    (sympy.zeta, (1.0,)),
    (sympy.LambertW, (-0.5,)),
    (sympy.LambertW, (0.5, -1.0)),
    (sympy.erfinv, (1.0,)),
    (sympy.erfcinv, (2.0,)),
    (sympy.Ei, (0.0,)),
    (sympy.Ci, (-1.0,)),
    (sympy.expint, (1.0, 0.0)),
    (sympy.besselj, (0.5, -1.0)),
    (sympy.bessely, (0.0, 0.0)),
    (sympy.besselk, (0.0, -1.0)),
    (sympy.polylog, (2.0, 1.5)),
    (sympy.elliptic_k, (1.0,)),
    (HYPER_2F1, (0.5, 0.5, 1.5, 1.0)),
    (sympy.uppergamma, (2.0, -1.0)),
    (sympy.betainc, (1.5, 1.0, 0.0, 1.5)),
    (sympy.DiracDelta, (0.0,)),
]


@pytest.mark.parametrize(("head", "args"), OUTSIDE, ids=_name)
def test_leaving_the_real_domain_is_proved(head, args):
    with pytest.raises(LeftDomain):
        BALLS[head](*(exact(a) for a in args))


WIDE = arb(0, 0.5)  # [-1/2, 1/2]
DOUBTFUL = [
    (sympy.log, (WIDE,)),
    (sympy.sign, (WIDE,)),
    (sympy.Heaviside, (WIDE, arb(0.5))),
    (sympy.floor, (WIDE,)),
    (sympy.ceiling, (WIDE,)),
    (sympy.Pow, (WIDE, arb(0.5))),
    (sympy.Pow, (WIDE, arb(-1))),
    (sympy.Pow, (arb(-1), WIDE)),
    (sympy.gamma, (WIDE,)),
    (sympy.asin, (WIDE + 1,)),
    (sympy.StrictLessThan, (WIDE, arb(0))),
    (sympy.Equality, (WIDE, arb(0))),
    (sympy.GreaterThan, (arb(0), WIDE)),
]


@pytest.mark.parametrize(("head", "args"), DOUBTFUL, ids=_name)
def test_a_ball_that_leaves_it_open_is_undecided(head, args):
    with pytest.raises(Undecided):
        BALLS[head](*args)


@pytest.mark.parametrize(
    ("head", "args", "value"),
    [
        (sympy.Abs, (-2.0,), 2.0),
        (sympy.sign, (-2.0,), -1.0),
        (sympy.sign, (0.0,), 0.0),
        (sympy.Heaviside, (0.0, 0.25), 0.25),
        (sympy.Heaviside, (-1e-300, 0.25), 0.0),
        (sympy.floor, (-2.5,), -3.0),
        (sympy.floor, (2.0,), 2.0),
        (sympy.ceiling, (-2.5,), -2.0),
        (sympy.Max, (1.0, 3.0, 2.0), 3.0),
        (sympy.Min, (1.0, 3.0, 2.0), 1.0),
        (sympy.DiracDelta, (1.0,), 0.0),
        (sympy.acot, (0.0,), None),
    ],
    ids=_name,
)
def test_steps_are_exact(head, args, value):
    ball = BALLS[head](*(exact(a) for a in args))
    assert bool(ball == value) if value is not None else ball.overlaps(arb.pi() / 2)


@pytest.mark.parametrize(
    ("head", "less", "equal", "greater"),
    [
        (sympy.StrictLessThan, True, False, False),
        (sympy.LessThan, True, True, False),
        (sympy.StrictGreaterThan, False, False, True),
        (sympy.GreaterThan, False, True, True),
        (sympy.Equality, False, True, False),
        (sympy.Unequality, True, False, True),
    ],
    ids=_name,
)
def test_relations_of_exact_numbers(head, less, equal, greater):
    found = [CONDITIONS[head](exact(1.0), exact(b)) for b in (2.0, 1.0, 0.5)]
    assert found == [less, equal, greater]


@pytest.mark.parametrize(
    "number",
    [sympy.pi, sympy.E, sympy.EulerGamma, sympy.Catalan, sympy.GoldenRatio, sympy.Rational(1, 3)],
)
def test_constants(number):
    with precision(200):
        found = mp.mpf(constant(number).str(58, radius=False))
    assert mp.almosteq(found, mp.mpf(number.evalf(60)), rel_eps=mp.mpf(10) ** -50)


def test_a_float_is_exactly_its_dyadic_number():
    with precision(128):
        assert constant(sympy.Float(0.1)) == exact(0.1)


@pytest.mark.parametrize("number", [sympy.oo, sympy.zoo, sympy.nan, sympy.I])
def test_what_is_no_real_number_has_no_ball(number):
    with pytest.raises(LeftDomain):
        constant(number)
