"""Wilkinson's polynomial (x - 1)(x - 2)…(x - 10), expanded into powers or left as a product.

The coefficients are exact integers and Horner's rule is backward stable, yet between the roots the
terms are millions of times larger than their sum. Wilkinson used 20 roots ("The evaluation of the
zeros of ill-conditioned polynomials", 1959); 10 are enough, and their coefficients are exact in
the 24 bits of float32.

It exists to separate a formula's condition from the problem's: at x = 9.5 the product is accurate,
the expansion is not.
"""

from diffcheck import Case, Defect, real, sym

ROOTS = range(1, 11)
COEFFICIENTS = (
    1,
    -55,
    1320,
    -18150,
    157773,
    -902055,
    3416930,
    -8409500,
    12753576,
    -10628640,
    3628800,
)


def definition(x):
    return sym.prod([x - root for root in ROOTS])


def horner(xp, x):
    value = 0 * x
    for coefficient in COEFFICIENTS:
        value = value * x + coefficient
    return value


def factors(xp, x):
    value = x - 1
    for root in ROOTS[1:]:
        value = value * (x - root)
    return value


wilkinson_polynomial = Case(
    definition,
    programs={"expanded": horner, "product": factors},
    inputs={"x": real(0.5, 10.5)},
    points=[{"x": 9.5}, {"x": 5.0}, {"x": 10.0}, {"x": 1.25}, {"x": 9.9375}],
    known_defects=[
        Defect(
            reason="powers of x millions of times larger than their sum cancel: use the product",
            verdicts=("lost",),
            program="expanded",
            dtype="float32",
        ),
    ],
)
