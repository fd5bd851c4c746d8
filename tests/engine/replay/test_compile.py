"""Replay gives what eager gives, to the bit, on the arguments recorded and on others."""

from __future__ import annotations

import numpy as np
import pytest
from alike import same

from diffcheck import engine as xp
from diffcheck.engine.trees import leaves

RNG = np.random.default_rng(20261123)


def draw(*shape, low=0.2, high=0.8, dtype=np.float64):
    return RNG.uniform(low, high, shape).astype(dtype)


def attention(q, k, v):
    scores = xp.matmul(q, xp.matrix_transpose(k)) / 2.0
    mask = np.tril(np.ones(scores.shape[-2:], dtype=bool))
    return xp.sum(xp.matmul(xp.softmax(xp.where(mask, scores, -np.inf), -1), v) ** 2)


def rosenbrock(x):
    return xp.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def network(x, y, weights):
    for W, b in weights:
        x = xp.relu(x @ W + b)
    return xp.mean((x - y) ** 2)


def cross_entropy(W, x, labels):
    logits = xp.log_softmax(x @ W, -1)
    return -xp.mean(logits[np.arange(4), labels])


def two_scalars(x, y):
    return xp.log(x) ** 2 * y**1.5 + xp.where(x > y, x, y)


def elementwise(x, y):
    return xp.sum(xp.exp(-x * y) + xp.hypot(x, y) / xp.sqrt(y))


def twice(f):
    def first(*args):
        return xp.sum(xp.cos(leaves(xp.grad(f)(*args))[0]))

    return xp.grad(first)


def weights():
    return [(draw(3, 5, low=-1), draw(5, low=-1)), (draw(5, 2, low=-1), draw(2, low=-1))]


PROGRAMS = {
    "scalar": (lambda x: xp.sin(x) * xp.exp(x) / (x * x + 1), lambda: (float(draw()),)),
    "scalar64": (lambda x: xp.sin(x) * xp.exp(x) / (x * x + 1), lambda: (np.float64(draw()),)),
    "scalar32": (lambda x: xp.tanh(x) * 0.3 - x**3, lambda: (np.float32(draw()),)),
    "zero-d": (lambda x: xp.tanh(x) * 0.3 - x**3, lambda: (np.asarray(draw()),)),
    "two scalars": (two_scalars, lambda: (float(draw()), np.float64(draw()))),
    "weak": (lambda x, y: xp.sum(x * y), lambda: (float(draw()), draw(3, dtype=np.float32))),
    "logistic": (lambda w, x: -xp.log(xp.expit(w @ x)), lambda: (draw(10), draw(10))),
    "sums": (lambda x: xp.sum(xp.mean(x, axis=0) * x[1] ** 2), lambda: (draw(4, 3),)),
    "elementwise": (elementwise, lambda: (draw(4, 3), draw(3))),
    "float32": (
        lambda x, y: xp.sum(xp.gelu(x @ y) * 0.1),
        lambda: (draw(4, 3, dtype=np.float32), draw(3, 2, dtype=np.float32)),
    ),
    "longdouble": (lambda x: xp.sum(xp.exp(x) * 0.1), lambda: (draw(4, dtype=np.longdouble),)),
    "float16": (lambda x: xp.sum(xp.exp(x) * 0.1), lambda: (draw(4, dtype=np.float16),)),
    "attention": (attention, lambda: (draw(2, 4, 3), draw(2, 4, 3), draw(2, 4, 3))),
    "rosenbrock": (rosenbrock, lambda: (draw(7),)),
    "network": (lambda w, x, y: network(x, y, w), lambda: (weights(), draw(6, 3), draw(6, 2))),
    "cross entropy": (cross_entropy, lambda: (draw(3, 5), draw(4, 3), RNG.integers(0, 5, 4))),
    "embedding": (
        lambda E, i: xp.sum(xp.take(E, i, 0) ** 2) + xp.sum(E[1:]) * E[0, 0],
        lambda: (draw(5, 3), RNG.integers(0, 5, 4)),
    ),
    "concat": (
        lambda x, y: xp.sum(xp.concat([x, y * x], 1) ** 3),
        lambda: (draw(2, 3), draw(2, 3)),
    ),
    "transposed": (
        lambda x: xp.sum(xp.exp(x.T) * x.T, 1)[0] * xp.max(x),
        lambda: (draw(4, 3),),
    ),
    "sorted": (lambda x: xp.sum(xp.sort(x) * np.arange(5.0)), lambda: (draw(5),)),
    "norm": (lambda x: xp.sqrt(xp.sum(x * x)), lambda: (draw(5),)),
    "cumulated": (lambda x: xp.sum(xp.cumulative_sum(x * x) ** 2), lambda: (draw(5),)),
    "products": (xp.prod, lambda: (draw(5),)),
    "clipped": (lambda x: xp.sum(xp.clip(x, 0.4, 0.6) * xp.abs(x)), lambda: (draw(9),)),
    "einsum": (
        lambda a, b: xp.sum(xp.einsum("ij,kj->ik", a, b) ** 2),
        lambda: (draw(3, 4), draw(2, 4)),
    ),
    "logsumexp": (lambda x: xp.logsumexp(x * 3), lambda: (draw(4, 3),)),
    "dict": (
        lambda p: xp.sum(p["W"] @ p["b"]) * p["c"][0],
        lambda: ({"W": draw(2, 3), "b": draw(3), "c": [float(draw())]},),
    ),
    "aliases": (lambda x, y: xp.sum(x + y), lambda: (draw(3), draw(3))),
    "constant": (lambda x: 2.0 + 0 * xp.sum(x), lambda: (draw(3),)),
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize(
    "transform",
    [xp.value, xp.grad, xp.value_and_grad, twice],
    ids=["value", "grad", "value_and_grad", "grad of grad"],
)
def test_replay_is_eager_to_the_bit(name, transform):
    f, arguments = PROGRAMS[name]
    if name == "products" and transform is xp.value:
        return  # of plain arrays NumPy multiplies in another order than any derivative does
    eager = transform(f)
    replayed = xp.compile(eager)
    for _ in range(3):
        args = arguments()
        assert same(replayed(*args), eager(*args))


@pytest.mark.parametrize("name", ["rosenbrock", "logistic", "elementwise", "attention"])
def test_forward_over_reverse_is_replayed(name):
    f, arguments = PROGRAMS[name]

    def product(primals, tangents):
        return xp.hvp(f, primals, tangents)

    replayed = xp.compile(product)
    for _ in range(3):
        args = (arguments(), arguments())
        assert same(replayed(*args), product(*args))
