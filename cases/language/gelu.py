"""GELU in both its forms: x Φ(x) with the normal distribution function, and the tanh imitation.

The erf form has the derivative Φ(x) + x φ(x), two terms of opposite sign for x < 0 that cancel at
the minimum near -0.75. Written with 1 + erf, its left tail has no digits left: at x = -5 Φ is 3e-7
while 1 + erf is rounded at 1e-16; erfc keeps them. The tanh form carries sqrt(2/π) as a float, and
a checker that has a tolerance must not mistake that literal's rounding for a wrong rule.
"""

from diffcheck import Case, Defect, real, sym

SQRT_HALF = 0.7071067811865476
SQRT_2_OVER_PI = 0.7978845608028654
INPUTS = {"x": real(-8, 8)}
POINTS = [{"x": -8.0}, {"x": -5.0}, {"x": -3.0}, {"x": -0.75}, {"x": 0.0}, {"x": 1.0}]


def erf_form(x):
    return x / 2 * (1 + sym.erf(x / sym.sqrt(2)))


def one_plus_erf(xp, x):
    return 0.5 * x * (1 + xp.erf(x * SQRT_HALF))


def erfc_form(xp, x):
    return 0.5 * x * xp.erfc(-x * SQRT_HALF)


gelu = Case(
    erf_form,
    programs={"one_plus_erf": one_plus_erf, "erfc": erfc_form},
    inputs=INPUTS,
    orders=(0, 1, 2),
    points=POINTS,
    known_defects=[
        Defect(
            reason="1 + erf in the left tail, where erf has rounded to -1; erfc keeps the digits",
            verdicts=("lost",),
            program="one_plus_erf",
            quantity="value",
        ),
    ],
)


def tanh_form(x):
    inner = sym.sqrt(2 / sym.pi) * (x + sym.Rational("0.044715") * x**3)
    return x / 2 * (1 + sym.tanh(inner))


def tanh_program(xp, x):
    return 0.5 * x * (1 + xp.tanh(SQRT_2_OVER_PI * (x + 0.044715 * x * x * x)))


def library(xp, x):
    return xp.gelu(x, approximate=True)


gelu_tanh = Case(
    tanh_form,
    programs={"plain": tanh_program, "library": library},
    inputs=INPUTS,
    orders=(0, 1, 2),
    points=POINTS,
    known_defects=[
        Defect(
            reason="1 + tanh in the left tail, where tanh has rounded to -1",
            verdicts=("lost",),
            program="plain",
        ),
        Defect(
            reason="jax.nn.gelu computes 1 + tanh too",
            verdicts=("lost",),
            program="library",
            backend="jax",
        ),
    ],
    slow=True,
)
