"""The density of the logistic distribution, s(x) (1 - s(x)) with the sigmoid s.

In the right tail s rounds to 1, and 1 - s is what its rounding left: 0 from 17 on in float32, from
37 on in float64. Since 1 - s(x) = s(-x), the product s(x) s(-x) loses nothing anywhere.

It exists to show the digits before and after this advice.
"""

from diffcheck import Case, Defect, real, sym


def definition(x):
    return sym.exp(-x) / (1 + sym.exp(-x)) ** 2


def naive(xp, x):
    s = xp.expit(x)
    return s * (1 - s)


def stable(xp, x):
    return xp.expit(x) * xp.expit(-x)


logistic_density = Case(
    definition,
    programs=(naive, stable),
    inputs={"x": real(-40, 40)},
    orders=(0,),  # the slope is 0 at 0, and its terms cancel there in any form
    points=[{"x": 1.0}, {"x": 14.0}, {"x": 30.0}],
    known_defects=[
        Defect(
            reason="1 - s cancels in the right tail, and is 0 where s rounds to 1: use stable",
            verdicts=("lost", "range"),
            program="naive",
        ),
    ],
)
