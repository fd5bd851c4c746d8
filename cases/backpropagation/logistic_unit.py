"""Logistic unit with binary cross-entropy: the worked example of backpropagation.

dL/dw = (sigmoid(w x + b) - y) x,   dL/db = sigmoid(w x + b) - y

At w = 2.2, b = 0, x = 1.1, y = 1 these are printed elsewhere as -0.0898 and -0.0817; the report
shows the exact digits. The textbook program fails far from there: once a rounds to 1, log(1 - a)
is log(0), although the loss is an ordinary number.
"""

from diffcheck import Case, Defect, real, sym


def definition(w, b, x, y):
    a = 1 / (1 + sym.exp(-(w * x + b)))
    return -(y * sym.log(a) + (1 - y) * sym.log(1 - a))


def textbook(xp, w, b, x, y):
    a = 1 / (1 + xp.exp(-(w * x + b)))
    return -(y * xp.log(a) + (1 - y) * xp.log(1 - a))


def stable(xp, w, b, x, y):
    z = w * x + b
    return xp.logaddexp(0, z) - y * z


logistic_unit = Case(
    definition,
    programs={"textbook": textbook, "stable": stable},
    inputs={"w": real(-8, 8), "b": real(-8, 8), "x": real(-4, 4), "y": real(0, 1)},
    wrt=("w", "b"),
    orders=(0, 1, 2),
    points=[{"w": 2.2, "b": 0.0, "x": 1.1, "y": 1.0}],
    known_defects=[
        Defect(
            reason="log(1 - a) where a has rounded to 1, or kept too few digits of 1 - a",
            verdicts=("range", "lost"),
            program="textbook",
        ),
        Defect(
            reason="JAX's second derivative of logaddexp is s (1 - s), with s rounded to 1",
            verdicts=("lost",),
            link="https://github.com/jax-ml/jax/issues/40385",
            program="stable",
            backend="jax",
            dtype="float32",
        ),
    ],
)
