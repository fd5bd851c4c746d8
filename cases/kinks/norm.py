"""The Euclidean norm of three numbers, down to the zero vector.

At 0 the norm has a kink in every direction, with slopes -1 and 1, and 0 is a subgradient. AD of
sqrt(Σx²) divides 0 by 0 there. It exists because this NaN has stopped many an optimisation, and
because a library may call it intended: it is neither one-sided derivative nor between them.
"""

from diffcheck import Case, Defect, real, sym
from diffcheck.case import Constraint


def definition(x):
    return sym.sqrt(sym.sum(x**2))


def formula(xp, x):
    return xp.sqrt(xp.sum(x * x))


def guarded(xp, x):
    squares = xp.sum(x * x)
    zero = squares == 0
    return xp.where(zero, 0.0, xp.sqrt(xp.where(zero, 1.0, squares)))


def in_range(inputs):
    largest = abs(inputs["x"]).max()
    return largest == 0 or largest > 1e-15


euclidean_norm = Case(
    definition,
    programs=(formula, guarded),
    inputs={"x": real(-1, 1, shape=(3,))},
    constraints=[
        Constraint(description="x is 0, or its square does not underflow", holds=in_range)
    ],
    points=[{"x": [0.0, 0.0, 0.0]}, {"x": [3.0 / 8, 0.0, 4.0 / 8]}, {"x": [0.25, -0.5, 1.0]}],
    known_defects=[
        Defect(
            reason="the chain rule through sqrt(0) gives 0/0 at the zero vector: use guarded",
            verdicts=("kink",),
            program="formula",
            link="https://github.com/jax-ml/jax/issues/26248",
        ),
    ],
)
