"""Strokes in small pictures told apart by a convolutional network, written for autograd."""

import autograd.numpy as np
from autograd import grad, value_and_grad
from autograd.extend import defvjp, primitive
from autograd.misc.flatten import flatten
from autograd.misc.optimizers import adam
from autograd.scipy.signal import convolve
from autograd.scipy.special import logsumexp

SIDE = 6


def pictures():
    """Return pictures of horizontal, vertical and diagonal strokes, and their kinds, one hot."""
    strokes = []
    for k in range(SIDE):
        rows, columns = np.zeros((SIDE, SIDE)), np.zeros((SIDE, SIDE))
        rows[k], columns[:, k] = 1.0, 1.0
        strokes += [rows, columns, np.eye(SIDE, k=k - SIDE // 2)]
    grain = 0.05 * np.sin(np.arange(len(strokes) * SIDE**2) ** 2)
    kinds = np.tile(np.eye(3), (SIDE, 1))
    return np.stack(strokes)[:, None] + grain.reshape(-1, 1, SIDE, SIDE), kinds


@primitive
def softened(x):
    """Return log(1 + e^x), which neither overflows nor is traced through."""
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


defvjp(softened, lambda answer, x: lambda g: g * np.exp(x - answer))


def scores(parameters, x):
    planes = {"axes": ([2, 3], [2, 3]), "dot_axes": ([1], [0])}
    y = softened(convolve(x, parameters["kernels"], mode="valid", **planes))
    y = y.reshape((len(x), -1, (SIDE - 2) ** 2))
    y = np.concatenate([np.max(y, axis=2), np.mean(y, axis=2)], axis=1)
    weights, offset = parameters["layer"]
    y = np.dot(y, weights) + offset
    return y - logsumexp(y, axis=1, keepdims=True)


def main():
    x, kinds = pictures()
    wave = np.sin(3.7 * np.arange(4 * 9 + 24))
    start = {
        "kernels": wave[:36].reshape(1, 4, 3, 3),
        "layer": (wave[36:].reshape(8, 3), np.zeros(3)),
    }

    def loss(parameters, step):
        numbers, _ = flatten(parameters)
        return -np.mean(scores(parameters, x) * kinds) + 1e-4 * np.sum(numbers**2)

    losses = []
    end = adam(
        grad(loss), start, lambda p, step, g: losses.append(loss(p, step)),
        num_iters=60, step_size=0.1,
    )  # fmt: skip
    losses.append(value_and_grad(loss)(end, 60)[0])
    right = np.argmax(scores(end, x), axis=1) == np.argmax(kinds, axis=1)
    return np.array([*losses, np.mean(right)])
