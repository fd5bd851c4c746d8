"""The solver of differential equations: against closed forms, in every mode, to second order."""

import numpy as np
import pytest
import scipy.integrate

from diffcheck import engine as xp
from diffcheck.engine.integrate import odeint

TIMES = np.array([0.0, 0.5, 2.0])


def growth(y, _t, rate):
    return rate * y


def final(rate, start=1.5):
    return odeint(growth, xp.stack([start + 0 * rate]), TIMES, (rate,))[-1, 0]


def test_solution_is_scipys():
    def pendulum(y, _t, a):
        return xp.stack([y[1], -a * xp.sin(y[0])])

    start, times = np.array([1.0, 0.0]), np.linspace(0, 5, 6)
    theirs = scipy.integrate.odeint(
        lambda y, _t, a: [y[1], -a * np.sin(y[0])], start, times, (2.0,), rtol=1e-12, atol=1e-12
    )
    ours = odeint(pendulum, start, times, (2.0,))
    assert ours.shape == (6, 2)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-6)


def test_derivatives_in_the_rate_are_those_of_the_exponential():
    value = 1.5 * np.exp(2 * 0.75)
    assert xp.grad(final)(0.75) == pytest.approx(2 * value, rel=1e-6)
    assert xp.jvp(final, (0.75,), (1.0,))[1] == pytest.approx(2 * value, rel=1e-6)
    assert xp.grad(xp.grad(final))(0.75) == pytest.approx(4 * value, rel=1e-5)


def test_derivatives_in_the_start_and_the_times():
    def last(start, times):
        return odeint(growth, start, times, (0.75,))[-1, 0]

    in_start, in_times = xp.grad(last, (0, 1))(np.array([1.5]), TIMES)
    assert in_start[0] == pytest.approx(np.exp(1.5), rel=1e-6)
    slope = 0.75 * 1.5 * np.exp(1.5)
    np.testing.assert_allclose(in_times, [-slope, 0, slope], rtol=1e-6, atol=1e-6)


def test_goes_backward_in_time():
    y = odeint(growth, np.array([1.0]), np.array([1.0, 0.0]), (0.75,))
    assert y[-1, 0] == pytest.approx(np.exp(-0.75), rel=1e-7)


def test_equal_times_and_a_state_at_rest():
    y = odeint(lambda y, _t: 0 * y, np.array([1.0, 2.0]), np.array([0.0, 0.0, 1.0]))
    np.testing.assert_array_equal(y, [[1, 2]] * 3)


def test_a_solution_that_blows_up_is_said():
    with pytest.raises(xp.OperationError, match="blows up"), np.errstate(all="ignore"):
        odeint(lambda y, _t: y**2, np.array([1.0]), np.array([0.0, 2.0]))
