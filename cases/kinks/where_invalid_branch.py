"""where(x > 0, sqrt(x), 0) for negative x: the trap that makes a NaN of a gradient that is 0.

Reverse mode sends the cotangent 0 into the branch that was not taken, and multiplies it by the
derivative there, which is NaN. The cure is a second `where` inside, so that the dead branch sees a
harmless argument. It exists because the value is right, the mathematics is trivial, and every
framework has the issue open or closed as intended.
"""

from diffcheck import Case, Defect, real, sym


def definition(x):
    return sym.where(x > 0, sym.sqrt(x), 0)


def single_where(xp, x):
    return xp.where(x > 0, xp.sqrt(x), 0.0)


def double_where(xp, x):
    positive = x > 0
    return xp.where(positive, xp.sqrt(xp.where(positive, x, 1.0)), 0.0)


where_invalid_branch = Case(
    definition,
    programs=(single_where, double_where),
    inputs={"x": real(-4, 4)},
    points=[{"x": -1.0}, {"x": 1.0}, {"x": -1e-30}],
    known_defects=[
        Defect(
            reason="0 times the NaN of the branch not taken is NaN: use the double where",
            verdicts=("wrong", "range"),
            program="single_where",
            backend="jax",
            link="https://github.com/jax-ml/jax/issues/347",
        ),
    ],
)
