"""Functions given by an equation: a step on Kepler's, and the real root of y³ + 3py + 2q = 0.

Kepler's E - e sin E = M has no formula for E; what is differentiated in practice is Newton's step
E - (E - e sin E - M)/(1 - e cos E). The cubic has Cardano's formula, which takes the difference of
two cube roots and cancels for small q, and a hyperbolic one that does not (for p > 0).

They exist because "solve, then differentiate the solver" is how implicit functions reach AD.
"""

from diffcheck import Case, Defect, real, sym


def newton_definition(E, e, M):
    return E - (E - e * sym.sin(E) - M) / (1 - e * sym.cos(E))


def newton_step(xp, E, e, M):
    return E - (E - e * xp.sin(E) - M) / (1 - e * xp.cos(E))


def collected_step(xp, E, e, M):
    """Put the step over one denominator: E itself drops out of the numerator's large terms."""
    return (M + e * (xp.sin(E) - E * xp.cos(E))) / (1 - e * xp.cos(E))


kepler_step = Case(
    newton_definition,
    programs=(newton_step, collected_step),
    inputs={"E": real(0.125, 3), "e": real(0.0625, 0.9375), "M": real(0.125, 3)},
    points=[
        {"E": 1.0, "e": 0.5, "M": 0.5},
        {"E": 0.25, "e": 0.9375, "M": 0.25},
    ],
    slow=True,
)


def cubic_definition(p, q):
    return -2 * sym.sqrt(p) * sym.sinh(sym.asinh(q / sym.sqrt(p) ** 3) / 3)


def cardano(xp, p, q):
    root = xp.sqrt(q * q + p * p * p)
    return (root - q) ** (1 / 3) - (root + q) ** (1 / 3)


def hyperbolic(xp, p, q):
    r = xp.sqrt(p)
    return -2 * r * xp.sinh(xp.asinh(q / (r * r * r)) / 3)


root_of_cubic = Case(
    cubic_definition,
    programs=(cardano, hyperbolic),
    inputs={"p": real(0.25, 4), "q": real(1e-9, 1e3)},
    points=[{"p": 1.0, "q": 1.0}, {"p": 1.0, "q": 1e-9}, {"p": 2.0, "q": 500.0}],
    known_defects=[
        Defect(
            reason="Cardano's two cube roots cancel for small q: use the hyperbolic program",
            verdicts=("lost", "range"),
            program="cardano",
            dtype="float32",
        ),
    ],
    slow=True,
)
