"""Softmax and log-softmax, with and without the shift by the maximum.

∂s_i/∂x_j = s_i (δ_ij - s_j). The naive form overflows above 88 in float32; the shifted one goes
through a maximum whose derivative must drop out again, at ties as well. The points have a tie,
large logits, and one logit that dominates, where 1 - s_i has no digits left if it is subtracted.
"""

from diffcheck import Case, real, sym

INPUTS = {"x": real(-100, 100, shape=(4,))}
POINTS = [
    {"x": [1.0, 2.0, 3.0, -1.0]},
    {"x": [2.5, 2.5, 2.5, 2.5]},
    {"x": [95.0, 96.0, 94.5, 90.0]},
    {"x": [40.0, 0.0, 1.0, 2.0]},
]


def probabilities(x):
    return sym.softmax(x)


def naive(xp, x):
    powers = xp.exp(x)
    return powers / xp.sum(powers)


def shifted(xp, x):
    powers = xp.exp(x - xp.max(x))
    return powers / xp.sum(powers)


softmax = Case(
    probabilities,
    programs={"naive": naive, "shifted": shifted},
    inputs=INPUTS,
    points=POINTS,
)


def log_probabilities(x):
    return sym.log_softmax(x)


def log_of_naive(xp, x):
    return xp.log(naive(xp, x))


def library(xp, x):
    return xp.log_softmax(x)


log_softmax = Case(
    log_probabilities,
    programs={"log_of_naive": log_of_naive, "library": library},
    inputs=INPUTS,
    points=POINTS,
)
