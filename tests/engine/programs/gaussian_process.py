"""Hyperparameters of a Gaussian process by gradient ascent, written for autograd."""

import autograd.numpy as np
import autograd.scipy.stats.multivariate_normal as mvn
from autograd import grad, value_and_grad

X = np.linspace(-2.0, 2.0, 9)
Y = np.sin(2 * X) + 0.25 * np.cos(7 * X)


def covariance(parameters, x, z):
    amplitude, length = np.exp(parameters[0]), np.exp(parameters[1])
    distance = np.expand_dims(x, 1) - np.expand_dims(z, 0)
    return amplitude * np.exp(-0.5 * (distance / length) ** 2)


def log_likelihood(parameters):
    noise = np.exp(parameters[2])
    k = covariance(parameters, X, X) + noise * np.eye(len(X))
    return mvn.logpdf(Y, np.zeros(len(X)), k)


def main():
    parameters = np.array([0.0, 0.0, -1.0])
    values = []
    for _ in range(20):
        value, slope = value_and_grad(log_likelihood)(parameters)
        parameters = parameters + 0.05 * slope
        values.append(value)
    curvature = grad(lambda p: np.sum(grad(log_likelihood)(p) ** 2))(parameters)
    return np.concatenate([np.array(values), parameters, curvature])
