"""softplus(x) = log(1 + exp(x)): a smooth relu, whose derivative is the logistic sigmoid.

The naive form overflows for large x and rounds 1 + exp(x) to 1 for very negative x. The library's
logaddexp cures value and gradient, but its second derivative, written s (1 - s), is lost where s
rounds to 1. The stable form puts the rounding where it does no harm at any order; it has no
abs(x), whose derivative at 0 is a convention and would be wrong here.

It exists because a gradient that is right says nothing of the Hessian.
"""

from diffcheck import Case, Defect, real, sym


def definition(x):
    return sym.log(1 + sym.exp(x))


def naive(xp, x):
    return xp.log(1 + xp.exp(x))


def library(xp, x):
    return xp.logaddexp(x, 0.0)


def stable(xp, x):
    positive = x > 0
    return xp.where(positive, x, 0.0) + xp.log1p(xp.exp(xp.where(positive, -x, x)))


softplus = Case(
    definition,
    programs=(naive, library, stable),
    inputs={"x": real(-80, 1000)},
    orders=(0, 1, 2),
    points=[{"x": 0.0}, {"x": -17.0}, {"x": -40.0}, {"x": 40.0}, {"x": 800.0}],
    known_defects=[
        Defect(
            reason="exp(x) overflows, or 1 + exp(x) rounds to 1: use the stable program",
            verdicts=("lost", "range", "wrong"),
            program="naive",
        ),
        Defect(
            reason="the second derivative s (1 - s) is lost where the sigmoid s rounds to 1",
            verdicts=("lost", "range"),
            program="library",
        ),
    ],
)
