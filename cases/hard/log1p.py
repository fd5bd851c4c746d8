"""log(1 + x) near 0: the value is lost, the derivative is not.

1 + x rounds to 1, so the naive value is 0 while its derivative 1 / (1 + x) is as good as can be.
It exists because a test of derivatives alone passes the naive program, and a test of values alone
says nothing of its derivative: each quantity has its own verdict.
"""

from diffcheck import Case, Defect, real, sym


def definition(x):
    return sym.log(1 + x)


def naive(xp, x):
    return xp.log(1 + x)


def library(xp, x):
    return xp.log1p(x)


log_one_plus = Case(
    definition,
    programs=(naive, library),
    inputs={"x": real(-0.5, 1e6)},
    points=[{"x": 0.0}, {"x": 1e-10}, {"x": -1e-20}, {"x": 1.0}],
    known_defects=[
        Defect(
            reason="1 + x rounds to 1 near 0: use log1p",
            verdicts=("lost", "range"),
            program="naive",
            quantity="value",
        ),
    ],
)
