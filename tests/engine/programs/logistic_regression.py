"""Logistic regression by Newton's method, written for the array API."""

import numpy as xp  # noqa: ICN001 - the namespace that the program is to run in


def data():
    k = xp.arange(60, dtype=xp.float64)
    features = xp.stack([xp.sin(k), xp.cos(3.0 * k), xp.ones_like(k)], axis=1)
    labels = xp.astype(xp.sin(k) - xp.cos(3.0 * k) + xp.sin(11.0 * k) > 0.25, xp.float64)
    return features, labels


def loss(weights, features, labels):
    z = xp.matmul(features, weights)
    penalty = 0.5 * xp.linalg.vector_norm(weights) ** 2
    return xp.sum(xp.logaddexp(xp.zeros_like(z), z) - labels * z) + penalty


def step(weights, features, labels):
    """One step of Newton's method, by hand."""
    p = 1 / (1 + xp.exp(-xp.matmul(features, weights)))
    slope = xp.vecdot(features, xp.expand_dims(p - labels, axis=1), axis=0) + weights
    scaled = features * xp.expand_dims(p * (1 - p), axis=1)
    curvature = xp.matmul(xp.matrix_transpose(features), scaled) + xp.eye(3)
    return weights - xp.linalg.solve(curvature, slope)


def main():
    features, labels = data()
    weights = xp.zeros(3)
    for _ in range(6):
        weights = step(weights, features, labels)
    order = xp.argsort(xp.abs(xp.matmul(features, weights)))
    hardest = xp.take(labels, order[:10])
    return xp.concat([weights, xp.reshape(loss(weights, features, labels), (1,)), hardest])
