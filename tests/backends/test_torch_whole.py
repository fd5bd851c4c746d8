"""Gradients of whole programs by PyTorch, where it is installed."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra `torch` is not installed")

from diffcheck import engine
from diffcheck.backends.torch_whole import operation, value_and_grad
from diffcheck.models import small_network


def test_the_gradient_of_a_network_is_the_engines():
    x, y = small_network.samples(8, 0)
    p = small_network.parameters(0)

    def loss(xp, q):
        return small_network.loss(xp, q, xp.asarray(x), xp.asarray(y))

    value, gradient = value_and_grad(loss, "float32")(p)
    expected, slopes = engine.value_and_grad(lambda q: loss(engine, q))(p)
    assert float(value) == pytest.approx(float(expected), rel=1e-6)
    for name, g in gradient.items():
        assert g.dtype == np.float32
        assert g == pytest.approx(slopes[name], rel=1e-4, abs=1e-7)


def test_an_operation_and_its_pullback_are_pytorchs():
    forward, pullback = operation("multiply", "float32")
    a, b = np.float32([2, 3]), np.float32([5, 7])
    assert forward(a, b).tolist() == [10, 21]
    assert [g.tolist() for g in pullback((a, b), np.float32([1, 2]))] == [[5, 14], [2, 6]]
