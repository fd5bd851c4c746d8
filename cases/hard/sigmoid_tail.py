"""The logistic sigmoid 1 / (1 + exp(-x)) in its tails.

Its derivative is s (1 - s); in the right tail s rounds to 1 and the derivative to 0, though the
exact one, about exp(-x), is nowhere near underflow: `jax.grad(jax.nn.sigmoid)` is 0 at 17 in
float32 and at 40 in float64. The stable form takes exp of negative numbers alone.

It exists because check_grads sees nothing here: 0 is close to anything small.
"""

from diffcheck import Case, Defect, real, sym


def definition(x):
    return 1 / (1 + sym.exp(-x))


def naive(xp, x):
    return 1 / (1 + xp.exp(-x))


def library(xp, x):
    return xp.expit(x)


def stable(xp, x):
    negative = x < 0
    t = xp.exp(xp.where(negative, x, -x))
    return xp.where(negative, t, 1.0) / (1 + t)


sigmoid_tail = Case(
    definition,
    programs=(naive, library, stable),
    inputs={"x": real(-80, 80)},
    points=[{"x": 1.0}, {"x": 17.0}, {"x": 40.0}, {"x": -17.0}, {"x": -40.0}],
    known_defects=[
        Defect(
            reason="(1 + exp(-x))² overflows in the left tail of float32: use the stable program",
            verdicts=("lost", "range"),
            program="naive",
        ),
        Defect(
            reason="JAX differentiates the sigmoid as s (1 - s), which is 0 where s rounds to 1",
            verdicts=("lost", "range"),
            program="library",
            backend="jax",
            link="https://github.com/jax-ml/jax/issues/40385",
        ),
    ],
)
