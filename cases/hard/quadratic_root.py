"""The smaller root of z² - 2bz + 1 = 0 for large b: b - sqrt(b² - 1).

The roots multiply to 1, so the smaller is the reciprocal of the larger, which has no cancellation.
It exists because it is the oldest warning in numerical analysis (Forsythe 1970, "Pitfalls in
computation"), and because its derivative loses digits twice as fast as its value.
"""

from diffcheck import Case, Defect, real, sym


def definition(b):
    return b - sym.sqrt(b**2 - 1)


def naive(xp, b):
    return b - xp.sqrt(b**2 - 1)


def reciprocal(xp, b):
    return 1 / (b + xp.sqrt((b - 1) * (b + 1)))


quadratic_root = Case(
    definition,
    programs={"naive": naive, "reciprocal": reciprocal},
    inputs={"b": real(1.125, 1e8)},
    orders=(0, 1),
    points=[{"b": 2.0}, {"b": 1e4}, {"b": 1e8}],
    known_defects=[
        Defect(
            reason="b and sqrt(b² - 1) agree for large b: use the reciprocal program",
            verdicts=("lost", "range"),
            program="naive",
        ),
    ],
)
