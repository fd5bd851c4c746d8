"""Random programs, replayed: buffers, views, common subexpressions, rewriting, in any mixture."""

from __future__ import annotations

import numpy as np
import pytest
from alike import same
from hypothesis import example, given, settings
from hypothesis import strategies as st

from diffcheck import engine as xp

SHAPES = [(3, 4), (4,), (3, 1), (1, 1), ()]
MASK = np.arange(12.0).reshape(3, 4) % 5 < 2

STEPS = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / (b * b + 1.0),
    "negate": lambda a, b: -a,
    "twice": lambda a, b: 2 * a - b * 1.0,
    "tanh": lambda a, b: xp.tanh(a),
    "abs": lambda a, b: xp.abs(a * -2.0),
    "square": lambda a, b: a**2,
    "where": lambda a, b: xp.where(a > b, a, b * 0.5),
    "maximum": xp.maximum,
    "sigmoid": lambda a, b: xp.expit(a - b),
    "masked": lambda a, b: xp.where(MASK, xp.broadcast_to(a, (3, 4)), 0.0) + b,
    "sum": lambda a, b: xp.sum(a, keepdims=True) * b,
    "rows": lambda a, b: xp.sum(xp.broadcast_to(a, (3, 4)), 0) + b,
    "mean": lambda a, b: a - xp.mean(b),
    "transpose": lambda a, b: (a.T * 1.5).T if a.ndim == 2 else a,
    "reshape": lambda a, b: xp.reshape(xp.reshape(a, (-1,)) * 3.0, a.shape),
    "slice": lambda a, b: a[..., ::-1] - a if a.ndim else a * b,
    "matmul": lambda a, b: (xp.broadcast_to(a, (3, 4)) @ xp.broadcast_to(b, (3, 4)).T)[:, :1],
    "softmax": lambda a, b: xp.softmax(xp.broadcast_to(a, (3, 4)), -1) * b,
    "take": lambda a, b: xp.broadcast_to(a, (3, 4))[np.array([2, 0, 2])] + b,
}  # fmt: skip

programs = st.lists(
    st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 30), st.integers(0, 30)),
    min_size=1,
    max_size=14,
)


def run(steps, inputs):
    values = list(inputs)
    for name, i, j in steps:
        values.append(STEPS[name](values[i % len(values)], values[j % len(values)]))
    return xp.sum(values[-1] * values[len(values) // 2])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@given(steps=programs, seed=st.integers(0, 2**20))
@settings(max_examples=120, deadline=None)
def test_a_random_program_is_replayed_to_the_bit(steps, seed, dtype):
    assert_replayed_to_the_bit(steps, seed, dtype)


def test_a_long_sum_of_cotangents_is_replayed_to_the_bit():
    steps = [
        ("abs", 0, 0), ("add", 0, 15), ("add", 0, 6), ("matmul", 7, 6), ("add", 0, 24),
        *[("abs", 0, 0)] * 5, ("add", 0, 9),
    ]  # fmt: skip
    assert_replayed_to_the_bit(steps, 0, np.float64)


def assert_replayed_to_the_bit(steps, seed, dtype):
    rng = np.random.default_rng(seed)
    eager = xp.value_and_grad(lambda inputs: run(steps, inputs))
    replayed = xp.compile(eager)
    for _ in range(3):
        inputs = [rng.normal(size=shape).astype(dtype)[()] for shape in SHAPES]
        assert same(replayed(inputs), eager(inputs))


@given(steps=programs, seed=st.integers(0, 2**20))
@example(steps=[("reshape", 14, 0), ("abs", 0, 0), ("abs", 5, 0)], seed=0)
@settings(max_examples=40, deadline=None)
def test_a_random_program_has_the_hessian_of_eager_times_a_direction(steps, seed):
    rng = np.random.default_rng(seed)

    def product(inputs, directions):
        return xp.hvp(lambda *leaves: run(steps, leaves), inputs, directions)

    replayed = xp.compile(product)
    for _ in range(2):
        inputs, directions = (
            tuple(rng.normal(size=shape)[()] for shape in SHAPES) for _ in range(2)
        )
        assert same(replayed(inputs, directions), product(inputs, directions))
