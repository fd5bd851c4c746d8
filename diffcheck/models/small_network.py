"""The network 10-5-1 with ReLU and logistic loss, written so that each operation is a function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

INPUTS, HIDDEN = 10, 5


def parameters(seed: int) -> dict[str, NDArray[np.float32]]:
    """Return weights and biases at the start: uniform, as wide as one over the root of the inputs.

    >>> {name: x.shape for name, x in parameters(0).items()}
    {'W1': (10, 5), 'b1': (5,), 'W2': (5, 1), 'b2': (1,)}
    """
    rng = np.random.default_rng(seed)
    shapes = {"W1": (INPUTS, HIDDEN), "b1": (HIDDEN,), "W2": (HIDDEN, 1), "b2": (1,)}
    widths = {"W1": INPUTS, "b1": INPUTS, "W2": HIDDEN, "b2": HIDDEN}
    return {
        name: rng.uniform(-1, 1, shape).astype(np.float32) / np.float32(widths[name] ** 0.5)
        for name, shape in shapes.items()
    }


def samples(count: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return inputs (count, 10) and labels (count, 1): the sign of a noisy quadratic form.

    >>> [a.shape for a in samples(8, 0)]
    [(8, 10), (8, 1)]
    """
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((count, INPUTS)).astype(np.float32)
    form = x[:, :1] * x[:, 1:2] + x[:, 2:3] + 0.5 * rng.standard_normal((count, 1))
    return x, (form > 0).astype(np.float32)


def loss(xp: Any, p: Mapping[str, Any], x: Any, y: Any) -> Any:
    """Return the mean of log(1 + exp z) - y z over the samples, a scalar."""
    h = xp.relu(xp.add(xp.matmul(x, p["W1"]), p["b1"]))
    z = xp.add(xp.matmul(h, p["W2"]), p["b2"])
    return xp.mean(xp.subtract(xp.softplus(z), xp.multiply(y, z)))
