"""Softmax and log-softmax, with and without the shift by the maximum.

∂s_i/∂x_j = s_i (δ_ij - s_j). The naive form overflows above 88 in float32; the shifted one goes
through a maximum whose derivative must drop out again, at ties as well. The points have a tie,
large logits, and one logit that dominates, where 1 - s_i has no digits left if it is subtracted.
"""

from diffcheck import Case, Defect, real, sym

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
    known_defects=[
        Defect(
            reason="exp overflows above 88 in float32: shift by the maximum first",
            verdicts=("range",),
            program="naive",
            dtype="float32",
        ),
        Defect(
            reason="s_i (w_i - w · s) cancels where one logit dominates, and no program shields it",
            verdicts=("lost",),
        ),
    ],
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
    known_defects=[
        Defect(
            reason="exp overflows above 88 in float32, and the logarithm of 0 is -inf",
            verdicts=("range",),
            program="log_of_naive",
            dtype="float32",
        ),
        Defect(
            reason="log(1 + tiny) and 1 - s where one logit dominates: the sum has rounded to 1",
            verdicts=("lost",),
        ),
    ],
    slow=True,
)
