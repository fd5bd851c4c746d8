"""Gelu by tanh in float32: value and slope are within an ulp of the truth."""

import numpy as np
import pytest

from diffcheck import engine as xp
from diffcheck.engine.ops import gates

K, C = (np.longdouble(v) for v in (gates.LINEAR, gates.CUBIC))
ROOT = -0.7524614


def truth(x):
    """Return gelu and its slope; longdouble is enough but for the last digits next to the root."""
    z = np.asarray(x, np.longdouble)
    s = 1 / (1 + np.exp(-K * (z + C * z**3)))
    return z * s, s * (1 + K * (z + 3 * C * z**3) * (1 - s))


@pytest.mark.parametrize("count", [1, 1000, gates.BLOCK + 3])
def test_value_and_slope_are_within_an_ulp(count):
    x = np.linspace(-9, 9, count, dtype=np.float32)
    x[: count // 4] = ROOT + np.linspace(-1e-3, 1e-3, count // 4, dtype=np.float32)
    value, slope = truth(x)
    tape_value, tape_slope = xp.value_and_grad(lambda x: xp.sum(xp.gelu(x)))(x)
    for found, expected in ((xp.gelu(x), value), (tape_slope, slope)):
        assert found.dtype == np.float32
        assert np.all(np.abs(found - expected) <= np.spacing(np.abs(found)))
    assert tape_value == pytest.approx(float(np.sum(value)), rel=1e-5, abs=1e-5)


def test_far_out_the_slope_is_0_or_1():
    x = np.array([-np.inf, -3e38, -40.0, 40.0, 3e38, np.inf], np.float32)
    slope = xp.vjp(xp.gelu, x)[1](np.ones_like(x))[0]
    assert np.array_equal(slope[:-1], [0, 0, 0, 1, 1])


def test_a_transposed_array_and_one_without_elements():
    x = np.random.default_rng(0).normal(size=(3, 5)).astype(np.float32)
    slope = xp.grad(lambda x: xp.sum(xp.gelu(x)))
    assert np.array_equal(slope(x.T), slope(x).T)
    assert slope(x[:0]).shape == (0, 5)


def test_the_gate_on_the_tape_is_not_for_other_orders():
    x = np.float32([0.3, -1.2])
    twice = xp.grad(lambda x: xp.sum(xp.grad(lambda x: xp.sum(xp.gelu(x)))(x)))(x)
    wide = xp.grad(lambda x: xp.sum(xp.grad(lambda x: xp.sum(xp.gelu(x)))(x)))(x.astype(float))
    assert np.allclose(twice, wide, rtol=1e-6)
