"""Bessel functions J₀, J₁ and the modified I₀.

J₀' = -J₁ and J₁' = J₀ - J₁/x, with the 0/0 at x = 0 that any formula has to step around; near the
zeros (the first of J₀ is 2.404825557695773) only the condition is to blame. JAX has neither by
name: J₀ gets a program of its own for JAX, through the recurrence `bessel_jn`, and J₁ has none, so
that JAX is recorded as unsupported there. They exist because the derivative of each function is
another function of the same kind.
"""

from diffcheck import Case, Defect, real, sym


def j0_definition(x):
    return sym.besselj(0, x)


def j0(xp, x):
    return xp.j0(x)


def j0_by_recurrence(xp, x):
    return xp.bessel_jn(x, v=1)[0]


bessel_j0 = Case(
    j0_definition,
    programs={"library": j0},
    backend_programs={"jax": {"library": j0_by_recurrence}},
    inputs={"x": real(0.0625, 20)},
    points=[{"x": 1.0}, {"x": 2.404825557695773}, {"x": 10.0}],
    known_defects=[
        Defect(
            reason="the recurrence of bessel_jn overflows in float32 for x below about 5",
            verdicts=("range", "lost", "wrong", "mismatch"),
            backend="jax",
            dtype="float32",
            link="https://github.com/jax-ml/jax/pull/17038",
        ),
    ],
    slow=True,
)


def j1_definition(x):
    return sym.besselj(1, x)


def j1(xp, x):
    return xp.j1(x)


bessel_j1 = Case(
    j1_definition,
    programs={"library": j1},
    inputs={"x": real(0.0625, 20)},
    points=[{"x": 1.0}, {"x": 3.8317059702075125}, {"x": 10.0}],
)


def i0_definition(x):
    return sym.besseli(0, x)


def i0(xp, x):
    return xp.i0(x)


modified_bessel_i0 = Case(
    i0_definition,
    programs={"library": i0},
    inputs={"x": real(-10, 10)},
    points=[{"x": 0.0}, {"x": 1e-8}, {"x": 1.0}, {"x": 8.0}],
    known_defects=[
        Defect(
            reason="JAX differentiates exp(|x|) i0e(x), whose two terms cancel near 0",
            verdicts=("lost",),
            backend="jax",
            link="https://github.com/jax-ml/jax/issues/40627",
        ),
    ],
    slow=True,
)
