"""Gradient descent on containers of arrays, with autograd's names, arguments and defaults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from diffcheck.engine.flattening import flatten

Gradient = Callable[[Any, int], Any]
Callback = Callable[[Any, int, Any], Any]


class _Walk:
    """Parameters as a vector, and their gradients at each step, which are shown to a callback."""

    def __init__(self, gradient: Gradient, start: Any, callback: Callback | None) -> None:
        self.x, self.unflatten = flatten(start)
        self.gradient, self.callback = gradient, callback

    def slope(self, step: int) -> Any:
        here = self.unflatten(self.x)
        g = flatten(self.gradient(here, step))[0]
        if self.callback is not None:
            self.callback(here, step, self.unflatten(g))
        return g

    def end(self) -> Any:
        return self.unflatten(self.x)


def sgd(
    grad: Gradient,
    x0: Any,
    callback: Callback | None = None,
    num_iters: int = 200,
    step_size: float = 0.1,
    mass: float = 0.9,
) -> Any:
    """Return parameters after steps of gradient descent with momentum; grad(x, step) gives slopes.

    >>> abs(float(sgd(lambda x, step: 2 * x, 1.0))) < 1e-3
    True
    """
    walk = _Walk(grad, x0, callback)
    velocity = np.zeros_like(walk.x)
    for step in range(num_iters):
        velocity = mass * velocity - (1.0 - mass) * walk.slope(step)
        walk.x = walk.x + step_size * velocity
    return walk.end()


def rmsprop(
    grad: Gradient,
    x0: Any,
    callback: Callback | None = None,
    num_iters: int = 100,
    step_size: float = 0.1,
    gamma: float = 0.9,
    eps: float = 1e-8,
) -> Any:
    """Return parameters after steps scaled by the root of mean squared slopes (Hinton 2012).

    >>> abs(float(rmsprop(lambda x, step: 2 * x, 1.0, num_iters=200, step_size=0.01))) < 0.1
    True
    """
    walk = _Walk(grad, x0, callback)
    mean_square = np.ones_like(walk.x)
    for step in range(num_iters):
        g = walk.slope(step)
        mean_square = mean_square * gamma + g**2 * (1 - gamma)
        walk.x = walk.x - step_size * g / (np.sqrt(mean_square) + eps)
    return walk.end()


def adam(
    grad: Gradient,
    x0: Any,
    callback: Callback | None = None,
    num_iters: int = 100,
    step_size: float = 0.001,
    b1: float = 0.9,
    b2: float = 0.999,
    eps: float = 1e-8,
) -> Any:
    """Return parameters after steps of Adam (Kingma and Ba 2015, algorithm 1).

    >>> abs(float(adam(lambda x, step: 2 * x, 1.0, num_iters=300, step_size=0.05))) < 0.1
    True
    """
    walk = _Walk(grad, x0, callback)
    m, v = np.zeros_like(walk.x), np.zeros_like(walk.x)
    for step in range(num_iters):
        g = walk.slope(step)
        m = (1 - b1) * g + b1 * m
        v = (1 - b2) * g**2 + b2 * v
        mhat, vhat = m / (1 - b1 ** (step + 1)), v / (1 - b2 ** (step + 1))
        walk.x = walk.x - step_size * mhat / (np.sqrt(vhat) + eps)
    return walk.end()
