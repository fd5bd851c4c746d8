"""log(1 - exp(-x)): the logarithm of the probability that an exponential variable is below x.

For small x the naive form subtracts two numbers near 1 and only then takes the logarithm; for
large x it rounds 1 - exp(-x) to 1. The stable form changes formula at x = log 2 (Mächler 2012,
"Accurately computing log(1 - exp(-|a|))"). Both branches see only arguments that suit them, since
reverse mode multiplies the branch that is not taken by 0, and 0 times infinity is NaN.

It exists to show a derivative that loses every digit though its rule is right, and that a stable
value need not be bought with an unstable derivative.
"""

from diffcheck import Case, Defect, real, sym

LOG_2 = 0.6931471805599453  # where to change formula; any number near it would do


def definition(x):
    return sym.log(1 - sym.exp(-x))


def naive(xp, x):
    return xp.log(1 - xp.exp(-x))


def stable(xp, x):
    small = x < LOG_2
    below = xp.log(-xp.expm1(-xp.where(small, x, 0.5)))
    above = xp.log1p(-xp.exp(-xp.where(small, 1.0, x)))
    return xp.where(small, below, above)


log1mexp = Case(
    definition,
    programs=(naive, stable),
    inputs={"x": real(1e-10, 80)},
    orders=(0, 1, 2),
    points=[{"x": 1e-4}, {"x": LOG_2}, {"x": 40.0}],
    known_defects=[
        Defect(
            reason="1 - exp(-x) cancels for small x, and rounds to 1 for large x: use stable",
            verdicts=("lost", "range"),
            program="naive",
        ),
    ],
)
