"""asin and acos up to their ends, atan far out, and the angle of a point.

1/sqrt(1 - x²) is infinite at ±1 and near there needs 1 - x² as (1 - x)(1 + x); 1/(1 + x²)
overflows inside for large x. The angle atan2(y, x) has the gradient (x, -y)/(x² + y²), whose sign
and order are the commonest slips. They exist because near its end a derivative is as large as it
is delicate.
"""

from diffcheck import Case, Defect, real, sym


def sine_and_cosine_definition(x):
    return sym.stack([sym.asin(x), sym.acos(x)])


def sine_and_cosine(xp, x):
    return xp.stack([xp.asin(x), xp.acos(x)])


arc_sine_and_cosine = Case(
    sine_and_cosine_definition,
    programs={"library": sine_and_cosine},
    inputs={"x": real(-1, 1)},
    points=[{"x": 0.0}, {"x": 0.5}, {"x": 1.0}, {"x": 0.99993896484375}],
    slow=True,
)


def arc_tangent_definition(x):
    return sym.atan(x)


def library_atan(xp, x):
    return xp.atan(x)


arc_tangent = Case(
    arc_tangent_definition,
    programs={"library": library_atan},
    inputs={"x": real(-1e15, 1e15)},
    orders=(0, 1, 2),
    points=[{"x": 0.0}, {"x": 1.0}, {"x": -1e10}],
    known_defects=[
        Defect(
            reason="JAX squares 1 + x², which overflows in float32 where the quotient is 1e-30",
            verdicts=("lost", "range"),
            backend="jax",
            dtype="float32",
            quantity="hessian",
        ),
    ],
)


def angle_definition(x, y):
    return sym.atan2(y, x)


def library_atan2(xp, x, y):
    return xp.atan2(y, x)


angle_of_point = Case(
    angle_definition,
    programs={"library": library_atan2},
    inputs={"x": real(-8, 8), "y": real(0.125, 8)},
    points=[{"x": 1.0, "y": 1.0}, {"x": 0.0, "y": 2.0}, {"x": -3.0, "y": 4.0}],
)
