"""Gradients of whole programs by JAX, against the engine's."""

import numpy as np
import pytest

from diffcheck import engine
from diffcheck.backends.jax_whole import operation, value_and_grad
from diffcheck.models import gpt2

TINY = gpt2.Configuration(vocabulary=5, context=3, width=4, heads=2, layers=1)


def test_the_gradient_of_a_model_is_the_engines():
    tokens, targets = gpt2.text(TINY, 3, seed=0)
    kept = gpt2.masks(TINY, 3, seed=0)
    p = {name: x.astype(np.float64) for name, x in gpt2.weights(TINY, 0).items()}

    def loss(xp, q):
        return gpt2.loss(xp, q, tokens, targets, kept, TINY)

    value, gradient = value_and_grad(loss, "float64", jit=True)(p)
    expected, slopes = engine.value_and_grad(lambda q: loss(engine, q))(p)
    assert float(value) == pytest.approx(float(expected), rel=1e-14)
    for name, g in gradient.items():
        assert g.dtype == np.float64
        assert g == pytest.approx(slopes[name], rel=1e-9, abs=1e-16)


def test_a_program_stays_in_its_format():
    value, gradient = value_and_grad(lambda xp, p: xp.sum(p["x"] / 3), "float32", jit=False)(
        {"x": np.float32([1, 2])}
    )
    assert (value.dtype, gradient["x"].dtype) == (np.float32, np.float32)


def test_an_operation_and_its_pullback_are_jaxs():
    forward, pullback = operation("softplus", "float32")
    x, g = np.float32([-1, 0, 3]), np.float32([1, 2, 3])
    assert forward(x) == pytest.approx(np.logaddexp(0, x), rel=1e-6)
    (slope,) = pullback((x,), g)
    assert slope.dtype == np.float32
    assert slope == pytest.approx(g / (1 + np.exp(-x)), rel=1e-6)
