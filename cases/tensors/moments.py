"""Mean and variance, each along its own axis: the statistics that every normalisation is built on.

The variance passes through its own mean, so its gradient 2 (x - mean) / n needs the term from the
mean to cancel exactly: a rule that treats the mean as a constant gets this gradient right but the
second derivative wrong (2/n δ_ij instead of 2/n δ_ij - 2/n²). The points have a row of equal
numbers, where the gradient is exactly 0, and a row far from 0, where x - mean cancels.
"""

from diffcheck import Case, real, sym


def definition(x):
    return sym.stack([sym.mean(x, axis=1), sym.var(x, axis=1)])


def two_pass(xp, x):
    mean = xp.mean(x, axis=1, keepdims=True)
    return xp.stack([mean[:, 0], xp.mean(xp.square(x - mean), axis=1)])


def library(xp, x):
    return xp.stack([xp.mean(x, axis=1), xp.var(x, axis=1)])


mean_variance = Case(
    definition,
    programs={"two_pass": two_pass, "library": library},
    inputs={"x": real(-2048, 2048, shape=(2, 4))},
    orders=(0, 1, 2),
    points=[
        {"x": [[1.0, 1.0, 1.0, 1.0], [1.0, 2.0, 4.0, 0.5]]},
        {"x": [[1024.0, 1025.0, 1026.5, 1027.0], [-3.0, 0.0, 3.0, 1.0]]},
    ],
)
