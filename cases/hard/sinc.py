"""sin(x)/x near 0, where the quotient rule divides a total cancellation by x².

The value is harmless; the derivative (x cos x - sin x)/x² subtracts two numbers that agree to 2
log2(1/x) bits. SymPy's derivative lambdified to float64 is wrong by a factor of 357 at 1e-9, and
JAX's sinc gives infinity at -1e-29 in float32. The stable form is a Taylor polynomial in x² for
|x| < 1.

It exists because a removable singularity at 0 spoils its whole neighbourhood.
"""

from math import factorial

from diffcheck import Case, Defect, real, sym

TAYLOR = tuple((-1) ** k / factorial(2 * k + 1) for k in range(10))  # the next term is below 2e-20


def definition(x):
    return sym.where(sym.not_equal(x, 0), sym.sin(x) / x, 1)


def naive(xp, x):
    zero = x == 0
    safe = xp.where(zero, 1.0, x)
    return xp.where(zero, 1.0, xp.sin(safe) / safe)


def stable(xp, x):
    small = xp.abs(x) < 1
    near, far = xp.where(small, x, 0.0), xp.where(small, 1.0, x)
    square = near**2
    series = 0.0 * square
    for coefficient in reversed(TAYLOR):
        series = series * square + coefficient
    return xp.where(small, series, xp.sin(far) / far)


unnormalised_sinc = Case(
    definition,
    programs=(naive, stable),
    inputs={"x": real(-30, 30)},
    orders=(0, 1, 2),
    points=[{"x": 0.0}, {"x": 1e-9}, {"x": -1e-29}, {"x": 1.0}, {"x": 3.0}],
    known_defects=[
        Defect(
            reason="x cos x - sin x cancels near 0, and 1/x² may overflow: use the stable program",
            verdicts=("lost", "range", "wrong"),
            program="naive",
            link="https://github.com/jax-ml/jax/pull/34139",
        ),
    ],
    slow=True,
)
