"""Programs in ball arithmetic: literals with their rounding, branches, singularities."""

import numpy as np
import pytest
from conftest import ball
from flint import arb
from mpmath import mp

from diffcheck import engine as xp
from diffcheck.balls import Undecided, precision
from diffcheck.engine.ball_trace import literal
from diffcheck.engine.values import CONSTANTS, constant


def test_a_long_literal_carries_the_rounding_of_the_format():
    with xp.literal_rounding(2.0**-24):
        y = xp.value(lambda x: 0.7978845608 * x)(ball(1))[()]
    assert y.contains((2 / arb.pi()).sqrt())
    assert float(y.rad()) == pytest.approx(0.7978845608 * 2.0**-24, rel=1e-6)


@pytest.mark.parametrize("c", [1e-300, 3e-46, 2.0**-160])
def test_a_literal_below_the_normal_numbers_carries_half_the_distance_of_the_subnormal(c):
    with xp.literal_rounding(2.0**-24, smallest_normal=2.0**-126):
        small, normal = literal(c), literal(2.0**-126)
    assert small.contains(float(np.float32(c)))
    assert float(small.rad()) == pytest.approx(2.0**-150, rel=1e-6)
    assert normal.is_exact()


def test_short_literals_and_integers_are_exact():
    with xp.literal_rounding(2.0**-24):
        y = xp.value(lambda x: 0.375 * x + 1000003 * x - 2047.0)(ball(1))[()]
    assert y.is_exact()


def test_literals_in_arrays_carry_rounding_one_by_one():
    with xp.literal_rounding(2.0**-24):
        y = xp.value(lambda x: np.array([0.1, 0.5]) * x)(ball(1))
    assert [b.is_exact() for b in y] == [False, True]


def test_a_literal_in_a_rule_carries_rounding():
    with xp.literal_rounding(2.0**-24):
        y = xp.grad(lambda x: 0.3**x)(ball(1))[()]
    assert y.contains(arb(3) / 10 * (arb(3) / 10).log())


def test_rounding_of_literals_ends_with_its_block():
    with xp.literal_rounding(2.0**-24):
        pass
    assert xp.value(lambda x: 0.1 * x)(ball(1))[()].is_exact()


@pytest.mark.parametrize(
    "f",
    [
        lambda x: xp.maximum(x, 0),
        xp.abs,
        xp.relu,
        xp.sign,
        xp.floor,
        lambda x: xp.where(x > 0, x, -x),
        lambda x: xp.max(xp.stack([x, 2 * x])),
        lambda x: xp.sort(xp.stack([x, 2 * x])),
        lambda x: xp.argmax(xp.stack([x, 2 * x])),
    ],
)
def test_a_branch_that_balls_leave_open_is_undecided(f):
    wide = np.array([arb(0, 0.1)], dtype=object)
    with pytest.raises(Undecided):
        xp.value(f)(wide[0])


def test_max_of_one_wide_ball_with_itself_is_a_tie():
    x = np.empty((), dtype=object)
    x[()] = arb(1, 0.25)
    assert xp.grad(lambda x: xp.maximum(x, x))(x)[()] == 1


def test_a_singular_rule_is_not_finite():
    assert not xp.grad(lambda x: xp.sqrt(x) * xp.sqrt(x))(ball(0))[()].is_finite()


def test_an_unselected_branch_stays_out():
    assert xp.grad(lambda x: xp.where(x > 0, xp.sqrt(x), x))(ball(-1))[()] == 1


def test_argmax_and_sort_of_balls():
    x = xp.ball_array(np.array([1.0, 3.0, 2.0]))
    assert xp.value(xp.argmax)(x) == 1
    assert [float(b.mid()) for b in xp.value(xp.sort)(x)] == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("name", CONSTANTS)
def test_constants_are_right_in_every_kind(name):
    exact = constant(name, ball(1)).value[()]
    digits = arb(CONSTANTS[name][0])
    assert abs(exact - digits) < arb(10) ** -38
    assert constant(name, np.float32(1)) == float(exact.mid())
    assert constant(name, np.longdouble(1)).dtype == np.longdouble
    assert mp.dps > 40


def test_balls_come_back_as_object_arrays():
    x = xp.ball_array(np.ones((2, 3)))
    gradient = xp.grad(lambda x: xp.sum(x * x))(x)
    assert gradient.shape == (2, 3)
    assert gradient.dtype == object
    assert xp.hessian(lambda x: xp.sum(x**3))(x[0]).shape == (3, 3)


def test_a_cotangent_put_into_an_element_keeps_the_digits_of_its_ball():
    # An array without axes would become the element, and its ball a float on the way.
    third = xp.ball_array(np.array([1.0, 3.0]))
    with precision(256):
        slope = xp.grad(lambda x: x[0] * (x[1] / 7))(third)[0] - arb(3) / 7
    assert slope.contains(0)
    assert slope.rad() < arb(2) ** -200


def test_an_array_is_no_ball():
    with pytest.raises(TypeError, match="an array found"):
        literal(np.ones(()))


@pytest.mark.parametrize("f", [xp.tanh, xp.expit, xp.softplus, xp.log_ndtr])
def test_slopes_far_out_are_finite_balls(f):
    for x in (1e300, -1e300) if f is not xp.log_ndtr else (1e300,):
        slope = xp.value(xp.grad(f))(ball(x))[()]
        assert slope.is_finite(), f"{x}: {slope}"
