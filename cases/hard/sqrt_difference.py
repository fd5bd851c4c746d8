"""sqrt(x + 1) - sqrt(x): the textbook's first cancellation.

For large x both roots agree in most digits and the difference keeps the rest; multiplying by the
conjugate removes the subtraction. It exists because jax's check_grads passes the naive program at
x = 1e6, where its gradient is 10^5 ulps off.
"""

from diffcheck import Case, Defect, real, sym


def definition(x):
    return sym.sqrt(x + 1) - sym.sqrt(x)


def naive(xp, x):
    return xp.sqrt(x + 1) - xp.sqrt(x)


def stable(xp, x):
    return 1 / (xp.sqrt(x + 1) + xp.sqrt(x))


sqrt_difference = Case(
    definition,
    programs=(naive, stable),
    inputs={"x": real(1e-3, 1e12)},
    points=[{"x": 1.0}, {"x": 1e6}, {"x": 1e12}],
    known_defects=[
        Defect(
            reason="two nearly equal square roots cancel for large x: use the stable program",
            verdicts=("lost", "range"),
            program="naive",
        ),
    ],
)
