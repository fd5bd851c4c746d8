"""tanh in its tails, where the derivative 1 - tanh(x)² is lost to cancellation.

The exact derivative is 1/cosh(x)², 1.7e-17 at x = 20; `jax.grad(jnp.tanh)` gives 0 there, and in
float32 from 9 on. Near 0 its second derivative, -2x, is lost too. The stable form is sinh x/cosh x
near 0 and ±(1 - 2t/(1 + t)) with t = exp(-2|x|) beyond 1.

It exists because the vanished gradient of a saturated unit is often taken for mathematics when it
is arithmetic.
"""

from diffcheck import Case, Defect, real, sym


def definition(x):
    return sym.tanh(x)


def naive(xp, x):
    return (xp.exp(x) - xp.exp(-x)) / (xp.exp(x) + xp.exp(-x))


def library(xp, x):
    return xp.tanh(x)


def stable(xp, x):
    near = xp.abs(x) < 1
    small = xp.where(near, x, 0.0)
    t = xp.exp(xp.where(x < 0, 2 * x, -2 * x))
    tail = 1 - 2 * t / (1 + t)
    return xp.where(near, xp.sinh(small) / xp.cosh(small), xp.where(x < 0, -tail, tail))


tanh_tail = Case(
    definition,
    programs=(naive, library, stable),
    inputs={"x": real(-40, 40)},
    orders=(0, 1, 2),
    points=[{"x": 1.0}, {"x": 9.0}, {"x": 20.0}, {"x": -20.0}],
    known_defects=[
        Defect(
            reason="exp(x) - exp(-x) cancels near 0, and its derivative in the tails: use stable",
            verdicts=("lost", "range"),
            program="naive",
        ),
        Defect(
            reason="JAX differentiates tanh as (1 + tanh)(1 - tanh), which cancels in the tails",
            verdicts=("lost", "range"),
            program="library",
            backend="jax",
            link="https://github.com/jax-ml/jax/issues/40343",
        ),
    ],
)
