"""erf and erfc, whose derivative ±2/√π exp(-x²) is known in closed form.

erfc keeps its digits far out, where 1 - erf(x) keeps none; x² must be exact to half an ulp times
2x², or the exponential amplifies its rounding. They exist because the value is the hard part here
and the derivative the easy one, and because the constant 2/√π is a literal whose rounding belongs
to nobody's rule.
"""

from diffcheck import Case, Defect, real, sym


def erf_definition(x):
    return sym.erf(x)


def library_erf(xp, x):
    return xp.erf(x)


error_function = Case(
    erf_definition,
    programs={"library": library_erf},
    inputs={"x": real(-5, 5)},
    orders=(0, 1, 2),
    points=[{"x": 0.0}, {"x": 0.5}, {"x": 2.0}, {"x": -5.0}],
)


def erfc_definition(x):
    return sym.erfc(x)


def library_erfc(xp, x):
    return xp.erfc(x)


def complement(xp, x):
    return 1 - xp.erf(x)


complementary_error_function = Case(
    erfc_definition,
    programs={"library": library_erfc, "complement": complement},
    inputs={"x": real(-3, 9)},
    points=[{"x": 0.5}, {"x": 4.0}, {"x": 9.0}],
    known_defects=[
        Defect(
            reason="1 - erf(x) cancels where erf rounds to 1: use erfc",
            verdicts=("lost", "range"),
            program="complement",
            quantity="value",
        ),
    ],
)
