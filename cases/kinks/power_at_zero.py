"""x^y for x from 0 on: at x = 0 the rule y x^(y-1), x^y log x meets 0 · -inf.

In y the derivative at x = 0 is 0 (0^y is 0 for every y > 0), in x it is 0, 1 or infinite as y is
above, at or below 1. It exists because x^y log x, evaluated as written, is NaN there, and several
libraries have returned it.
"""

from diffcheck import Case, real


def definition(x, y):
    return x**y


def power(xp, x, y):
    return x**y


power_at_zero = Case(
    definition,
    programs=(power,),
    inputs={"x": real(0, 4), "y": real(0.5, 3)},
    points=[
        {"x": 0.0, "y": 2.0},
        {"x": 0.0, "y": 1.0},
        {"x": 0.0, "y": 0.5},
        {"x": 0.0, "y": 2.5},
        {"x": 2.0, "y": 2.5},
    ],
)
