"""autograd as a guest: what it refuses, and what it counts; `test_guests` has the rest."""

from functools import partial

import numpy as np
import pytest
from backend_cases import run_by

from diffcheck.backends import BackendError, Unsupported, get

pytest.importorskip("autograd", reason="the extra `autograd` is not installed")

from diffcheck.backends.autograd_namespace import namespace
from diffcheck.backends.autograd_operations import count_operations

AUTOGRAD = get("autograd")
run = partial(run_by, AUTOGRAD)


def test_a_rule_that_is_missing_is_unsupported():
    with pytest.raises(Unsupported, match="autograd lacks a rule: JVP of gammaln"):
        run(lambda xp, x: xp.gammaln(x), kind="jvp")


def test_a_rule_that_leaves_the_format_is_unsupported():
    with pytest.raises(Unsupported, match="autograd answers in float64 where float32 was asked"):
        run(lambda xp, x: xp.where(x > 0, x, 0.0), kind="jvp")


def test_a_program_that_leaves_the_format_is_reported():
    with pytest.raises(BackendError, match="expected float32, got float64"):
        run(lambda xp, x: x * np.ones(1))


def test_a_constant_has_the_derivative_0():
    np.testing.assert_array_equal(run(lambda xp, x: 1.5), [0.0])


def test_a_program_of_its_own_may_fail():
    with pytest.raises(IndexError):
        run(lambda xp, x: xp.stack([x])[3], own=True)
    with pytest.raises(Unsupported, match="autograd cannot run this program: IndexError"):
        run(lambda xp, x: xp.stack([x])[3])


def test_sums_count_as_deep_as_they_are():
    xp = namespace("float32")

    def squares(x):
        return xp.sum(x[0] * x[0])

    assert count_operations(squares, (np.ones(64, np.float32),)) == 1 + 7
    assert count_operations(lambda x: xp.reshape(-x[0], (8, 8)), (np.ones(64),)) == 0
