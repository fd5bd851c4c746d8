"""cosh x - x sinh x, and the inverse functions asinh, acosh, atanh.

asinh by its formula log(x + sqrt(x² + 1)) cancels for negative x; acosh has an infinite derivative
at 1, and JAX's derivative underflows to 0 at 1e22 in float32, because x² - 1 overflows. They exist
because an inverse function's derivative is a formula of its own, written by hand in each library.
"""

from diffcheck import Case, Defect, real, sym


def hyperbolic_definition(x):
    return sym.cosh(x) - x * sym.sinh(x)


def plain(xp, x):
    return xp.cosh(x) - x * xp.sinh(x)


hyperbolic = Case(
    hyperbolic_definition,
    programs=(plain,),
    inputs={"x": real(-20, 20)},
    orders=(0, 1, 2),
    points=[{"x": 0.0}, {"x": 1.0}, {"x": -3.0}],
)


def area_sine_definition(x):
    return sym.asinh(x)


def library_asinh(xp, x):
    return xp.asinh(x)


def logarithm(xp, x):
    return xp.log(x + xp.sqrt(x * x + 1))


area_sine = Case(
    area_sine_definition,
    programs={"library": library_asinh, "logarithm": logarithm},
    inputs={"x": real(-1e6, 1e6)},
    points=[{"x": 0.0}, {"x": 1.0}, {"x": -1000.0}],
    known_defects=[
        Defect(
            reason="x + sqrt(x² + 1) cancels for negative x, and rounds to 1 near 0: use asinh",
            verdicts=("lost", "range"),
            program="logarithm",
        ),
    ],
)


def area_cosine_definition(x):
    return sym.acosh(x)


def library_acosh(xp, x):
    return xp.acosh(x)


area_cosine = Case(
    area_cosine_definition,
    programs={"library": library_acosh},
    inputs={"x": real(1, 1e30)},
    points=[{"x": 1.0}, {"x": 1.0625}, {"x": 2.0}, {"x": 1e22}],
    known_defects=[
        Defect(
            reason="JAX computes 1/sqrt(x² - 1), and the square overflows in float32",
            verdicts=("lost", "range", "wrong"),
            backend="jax",
            dtype="float32",
            link="https://github.com/jax-ml/jax/issues/40634",
        ),
    ],
    slow=True,
)


def area_tangent_definition(x):
    return sym.atanh(x)


def library_atanh(xp, x):
    return xp.atanh(x)


area_tangent = Case(
    area_tangent_definition,
    programs={"library": library_atanh},
    inputs={"x": real(-0.999, 0.999)},
    orders=(0, 1, 2),
    points=[{"x": 0.0}, {"x": 0.5}, {"x": 0.998046875}],
    known_defects=[
        Defect(
            reason="JAX differentiates 1/((1 - x)(1 + x)) by factors, which cancel near 0",
            verdicts=("lost",),
            backend="jax",
            quantity="hessian",
        ),
    ],
    slow=True,
)
