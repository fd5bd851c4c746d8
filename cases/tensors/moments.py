"""Mean and variance of a sample: the statistics that every normalisation is built on.

The variance passes through its own mean, so its gradient 2 (x - mean)/n needs the term from the
mean to cancel exactly: a rule that treats the mean as a constant gets this gradient right but the
second derivative wrong (2/n δ_ij instead of 2/n δ_ij - 2/n²). The points have equal numbers, where
the gradient is exactly 0, and numbers far from 0, where x - mean cancels.
"""

from diffcheck import Case, real, sym


def definition(x):
    return sym.stack([sym.mean(x), sym.var(x)])


def two_pass(xp, x):
    mean = xp.mean(x)
    return xp.stack([mean, xp.mean(xp.square(x - mean))])


def library(xp, x):
    return xp.stack([xp.mean(x), xp.var(x)])


mean_variance = Case(
    definition,
    programs={"two_pass": two_pass, "library": library},
    inputs={"x": real(-2048, 2048, shape=(4,))},
    orders=(0, 1, 2),
    points=[
        {"x": [1.0, 1.0, 1.0, 1.0]},
        {"x": [1.0, 2.0, 4.0, 0.5]},
        {"x": [1024.0, 1025.0, 1026.5, 1027.0]},
    ],
    slow=True,
)
