"""The programs that are timed, against an array namespace; and adjoints written by hand."""

import math

import numpy as np

RNG = np.random.default_rng(0)


def chain(steps):
    def f(xp, x):
        y = x
        for _ in range(steps // 2):
            y = y * x + 0.5
        return y if y.shape == () else xp.sum(y)

    return f


def logistic(xp, w, b, x, y):
    a = 1 / (1 + xp.exp(-(w * x + b)))
    return -(y * xp.log(a) + (1 - y) * xp.log(1 - a))


def logistic_by_hand(w, b, x, y):
    a = 1 / (1 + math.exp(-(w * x + b)))
    value = -(y * math.log(a) + (1 - y) * math.log(1 - a))
    return value, ((a - y) * x, a - y)


def logistic_in_numpy(w, b, x, y):
    a = 1 / (1 + np.exp(-(w * x + b)))
    value = -(y * np.log(a) + (1 - y) * np.log(1 - a))
    return value, ((a - y) * x, a - y)


def softmax_by_hand(x, weights):
    e = np.exp(x - np.maximum.reduce(x))
    e /= np.add.reduce(e)
    value = np.add.reduce(weights * e)
    return value, e * (weights - value)


def network(xp, w1, b1, w2, b2, x, y):
    error = xp.tanh(x @ w1 + b1) @ w2 + b2 - y
    return xp.mean(error * error)


def network_by_hand(w1, b1, w2, b2, x, y):
    h = np.tanh(x @ w1 + b1)
    error = h @ w2 + b2 - y
    flow = error * (2 / error.size)
    back = (flow @ w2.T) * (1 - h * h)
    value = np.add.reduce(error * error, axis=None) / error.size
    gradient = x.T @ back, np.add.reduce(back, axis=0), h.T @ flow, np.add.reduce(flow, axis=0)
    return value, gradient


def network_arguments(batch):
    sizes = (10, 5), (5,), (5, 1), (1,), (batch, 10), (batch, 1)
    return [RNG.normal(size=size) for size in sizes]


BLOCK = ("g1", "b1", "Wq", "Wo", "bo", "g2", "b2", "W1", "c1", "W2", "c2")


def block_arguments(d, positions):
    shapes = (
        (d,),
        (d,),
        (d, 3 * d),
        (d, d),
        (d,),
        (d,),
        (d,),
        (d, 4 * d),
        (4 * d,),
        (4 * d, d),
        (d,),
    )
    small = [0.02 * RNG.normal(size=shape) for shape in shapes]
    small[0] += 1
    small[5] += 1
    return [a.astype(np.float32) for a in [*small, RNG.normal(size=(positions, d))]]


def block(layers, heads):
    """Return a GPT-2 block on (positions, width), summed; `layers` has the library's own."""

    def f(xp, g1, b1, wq, wo, bo, g2, b2, w1, c1, w2, c2, x):
        positions, d = x.shape
        qkv = layers.norm(x, g1, b1) @ wq
        q, k, v = (
            layers.permute(qkv[:, i * d : (i + 1) * d].reshape(positions, heads, d // heads))
            for i in range(3)
        )
        y = layers.permute(layers.attention(q, k, v)).reshape(positions, d)
        x = x + y @ wo + bo
        x = x + layers.gelu(layers.norm(x, g2, b2) @ w1 + c1) @ w2 + c2
        return xp.sum(x * x)

    return f


def rosenbrock(xp, x):
    a = x[1:] - x[:-1] * x[:-1]
    b = 1 - x[:-1]
    return xp.sum(100 * (a * a) + b * b)


def mixture(layers):
    """Return the log-likelihood of a Gaussian mixture, ADBench's GMM without its prior."""

    def f(xp, alphas, means, scales, lower, data):
        width = data.shape[1]
        q = xp.exp(scales)
        centred = data[:, None, :] - means[None]
        strict = np.tril(np.ones((width, width)), -1)
        factor = lower * layers.constant(strict) + layers.diagonal(q)
        y = layers.einsum("kij,nkj->nki", factor, centred)
        terms = alphas + xp.sum(scales, 1) - 0.5 * xp.sum(y * y, 2)
        return xp.sum(layers.logsumexp(terms, 1)) - data.shape[0] * layers.logsumexp(alphas, 0)

    return f


def mixture_arguments(d=10, k=25, n=1000):
    shapes = (k,), (k, d), (k, d), (k, d, d), (n, d)
    return [RNG.normal(size=shape) * 0.3 for shape in shapes]
