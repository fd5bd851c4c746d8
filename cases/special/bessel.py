"""Bessel functions J₀, J₁ and the modified I₀.

J₀' = -J₁ and J₁' = J₀ - J₁/x, with the 0/0 at x = 0 that any formula has to step around; near the
zeros (the first of J₀ is 2.404825557695773) only the condition is to blame. JAX has J₀ and J₁ in
`bessel_jn` alone, a recurrence that is not meant for small orders, so it gets a program of its
own. They exist because the derivative of each function is another function of the same kind.
"""

from diffcheck import Case, real, sym


def j0_definition(x):
    return sym.besselj(0, x)


def j0(xp, x):
    return xp.j0(x)


bessel_j0 = Case(
    j0_definition,
    programs={"library": j0},
    inputs={"x": real(0.0625, 20)},
    orders=(0, 1, 2),
    points=[{"x": 1.0}, {"x": 2.404825557695773}, {"x": 10.0}],
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
)
