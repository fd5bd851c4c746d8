"""Cross-entropy over a vocabulary of six, for three positions: the loss of every language model.

L = mean over positions of logsumexp(z_t) - z_t[target],   dL/dz = (softmax(z) - one-hot) / T

The naive form takes the logarithm of a softmax: when the model is sure and wrong, the probability
underflows to 0, the loss is inf and the gradient nan, though the exact ones are moderate numbers.
When it is sure and right, softmax - 1 cancels.
"""

from diffcheck import Case, Defect, real, sym

TARGETS = (4, 0, 4)
POSITIONS = (0, 1, 2)


def definition(logits):
    normaliser = sym.logsumexp(logits, axis=-1)
    return sym.mean(normaliser - logits[POSITIONS, TARGETS])


def naive(xp, logits):
    powers = xp.exp(logits)
    probabilities = powers / xp.sum(powers, axis=-1, keepdims=True)
    return -xp.mean(xp.log(probabilities[POSITIONS, TARGETS]))


def stable(xp, logits):
    return xp.mean(xp.logsumexp(logits, axis=-1) - logits[POSITIONS, TARGETS])


cross_entropy = Case(
    definition,
    programs={"naive": naive, "stable": stable},
    inputs={"logits": real(-120, 120, shape=(3, 6))},
    points=[
        {
            "logits": [
                [0.5, -1.0, 2.0, 0.0, 1.5, -0.5],
                [3.0, 1.0, -2.0, 0.25, 0.0, 1.0],
                [-1.0, 0.0, 1.0, 2.0, 3.0, 4.0],
            ]
        },
        {
            "logits": [
                [100.0, 0.0, 0.0, 0.0, -20.0, 0.0],
                [30.0, 0.0, 0.0, 0.0, 0.0, 0.0],
                [-5.0, -5.0, -5.0, -5.0, -5.0, -5.0],
            ]
        },
    ],
    known_defects=[
        Defect(
            reason="exp overflows above 88 in float32; log(0) where the model is sure and wrong",
            verdicts=("range",),
            program="naive",
        ),
        Defect(
            reason="softmax - 1 where the model is sure and right: nothing is left",
            verdicts=("lost",),
        ),
    ],
    slow=True,
)
