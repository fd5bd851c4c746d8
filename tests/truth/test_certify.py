import pytest
import sympy
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from diffcheck.balls import precision, round_to_format, ulp
from diffcheck.floats import FORMATS
from diffcheck.truth.certify import AtPoint, is_certain, ladder
from diffcheck.truth.expressions import graph_of

F32, F64 = FORMATS["float32"], FORMATS["float64"]
TINY = arb(0, 2.0**-500)


@pytest.mark.parametrize(
    ("ball", "certain"),
    [
        (arb(0), True),
        (TINY, False),
        (arb(1), True),
        (arb(1) + TINY, True),
        (arb(1, 2.0**-80), True),
        (arb(1, 2.0**-70), False),
        (arb((1, 5000)), True),
        (arb((1, -5000)), True),
        (arb((1, 10**30)), True),
        (arb((-1, -(10**30))), True),
        (arb.nan(), False),
        (arb.pos_inf(), False),
    ],
)
def test_certain_in_float64(ball, certain):
    assert is_certain(ball, F64) is certain


def test_a_ball_around_a_midpoint_of_floats_is_never_certain():
    with precision(600):
        midpoint = 1 + arb((1, -24)) + TINY
    assert not is_certain(midpoint, F32)
    assert is_certain(midpoint, F64)


@given(
    mantissa=st.integers(1, 2**70),
    power=st.integers(-1160, 980),
    radius=st.integers(1, 2**20),
    below=st.integers(30, 60),
)
def test_certain_balls_round_to_one_float(mantissa, power, radius, below):
    with precision(4000):
        ball = arb((mantissa, power), (radius, power - below))
        if is_certain(ball, F64):
            assert round_to_format(ball.lower(), F64) == round_to_format(ball.upper(), F64)
        else:  # too wide, or around a midpoint
            wide = ball.rad() >= ulp(ball, F64) / 2**20
            assert wide or round_to_format(ball.lower(), F64) != round_to_format(ball.upper(), F64)


def test_a_narrow_format_needs_fewer_bits():
    assert ladder(F32)[0] < ladder(F64)[0]
    assert ladder(F32)[-1] == ladder(F64)[-1]


def test_evaluations_are_kept_by_precision():
    x = sympy.Symbol("x", real=True)
    graph = graph_of([x], [sympy.exp(x)])
    at = AtPoint(graph.nodes, {x: arb(1)})
    assert at.evaluation(64) is at.evaluation(64)
    assert at.value(1, 256).rad() < at.value(1, 64).rad()


def test_a_structural_zero_is_exactly_zero():
    assert bool(AtPoint((), {}).value(None, 64).is_zero())
