"""log(exp x₀ + exp x₁ + exp x₂): the log-partition function, whose gradient is the softmax.

The naive form overflows above 88 in float32 and returns log 0 below -104; shifting by the maximum
cures both, and the maximum drops out of the derivative, ties or not. It exists because AD must
differentiate through the shift without leaving a trace of the max's kink.
"""

from diffcheck import Case, Defect, real, sym


def definition(x):
    return sym.log(sum(sym.exp(component) for component in x))


def naive(xp, x):
    return xp.log(xp.sum(xp.exp(x)))


def shifted(xp, x):
    largest = xp.max(x)
    return largest + xp.log(xp.sum(xp.exp(x - largest)))


def library(xp, x):
    return xp.logsumexp(x)


log_sum_exp = Case(
    definition,
    programs=(naive, shifted, library),
    inputs={"x": real(-200, 200, shape=(3,))},
    orders=(0, 1),
    points=[
        {"x": [1.0, 2.0, 3.0]},
        {"x": [5.0, 5.0, 5.0]},
        {"x": [150.0, 151.0, 100.0]},
        {"x": [-150.0, -151.0, -150.0]},
    ],
    known_defects=[
        Defect(
            reason="exp overflows or underflows in float32: shift by the maximum first",
            verdicts=("lost", "range", "wrong"),
            program="naive",
            dtype="float32",
        ),
    ],
)
