"""The logistic sigmoid 1 / (1 + exp(-x)) in its tails.

Its derivative is s (1 - s); in the right tail s rounds to 1 and the derivative to 0, though the
exact one, about exp(-x), is nowhere near underflow: `jax.grad(jax.nn.sigmoid)` is 0 at 17 in
float32 and at 40 in float64. The second derivative s (1 - s) (1 - 2s) is lost near 0 as well,
where it is -x/8. The stable form takes exp of negative numbers alone, and near 0 is 1/2 plus an
odd function.

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
    near = xp.abs(x) < 1
    half = xp.where(near, x / 2, 0.0)
    middle = 0.5 + 0.5 * xp.sinh(half) / xp.cosh(half)
    t = xp.exp(xp.where(x < 0, x, -x))
    return xp.where(near, middle, xp.where(x < 0, t, 1.0) / (1 + t))


sigmoid_tail = Case(
    definition,
    programs=(naive, library, stable),
    inputs={"x": real(-80, 80)},
    orders=(0, 1, 2),
    points=[{"x": 1.0}, {"x": 17.0}, {"x": 40.0}, {"x": -17.0}, {"x": -40.0}],
    known_defects=[
        Defect(
            reason="exp(-x) swamps the 1 or drowns in it, and the derivatives cancel: use stable",
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
