"""Steps: whole in a program, written to buffers, and told from ops by their names."""

import numpy as np

from diffcheck import engine as xp
from diffcheck.engine.steps import NAMES
from diffcheck.engine.table import TABLE


def test_no_step_has_the_name_of_an_op():
    assert NAMES
    assert not set(NAMES) & set(TABLE)
    assert len(set(NAMES)) == len(NAMES)


def test_a_program_calls_steps_and_shares_them():
    x = np.random.default_rng(0).normal(size=(8, 16)).astype(np.float32)
    slope = xp.compile(xp.grad(lambda x: xp.sum(xp.gelu(x) * xp.softmax(x, -1))))
    source = slope.source(x)
    assert source.count("op_gelu_gate(") == 1  # of the value and of the slope
    assert source.count("exp(") == 1  # of softmax and of its slope
    assert "out=" in source
