"""Balls of silu's and gelu's derivatives: finite over the whole range, and they hold the slopes."""

import numpy as np
import pytest
from flint import arb

from diffcheck import engine as xp
from diffcheck.engine.ops.activation_slopes import SERIES, derivative_ball


@pytest.mark.parametrize("order", [0, 1, 2, 3])
@pytest.mark.parametrize("x", [-1e300, -1e5, -800.0, -1.0, 0.0, 5e-324, 30.0, 1e300])
@pytest.mark.parametrize("function", SERIES)
def test_balls_are_finite_wherever_the_function_is(function, x, order):
    assert derivative_ball(arb(x), function=function, order=order).is_finite()


@pytest.mark.parametrize("x", [-1e300, -700.0, -40.0, 40.0, 1e300])
@pytest.mark.parametrize("function", [xp.silu, xp.gelu])
def test_the_gradient_on_balls_holds_the_gradient_on_floats(function, x):
    enclosure = xp.value(xp.grad(function))(xp.ball_array(np.float64(x)))[()]
    assert enclosure.is_finite()
    found = float(xp.grad(function)(x))
    assert abs(arb(found) - enclosure).upper() <= 2.0**-1000 + abs(found) * 2.0**-50
