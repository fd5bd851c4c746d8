"""A derivative rule with one wrong factor, planted on purpose.

x exp(-x²/2), where JAX is given the exponential as a function of its own, with a rule written by
hand that is off by the factor 1 + 2^-12. Seen from outside the derivative is right to three
digits: `check_grads` passes it.

It exists to show that a wrong rule is told from lost digits, and by name. The other witness runs
the plain program.
"""

from diffcheck import Case, Defect, real, sym


def definition(x):
    return x * sym.exp(-(x**2) / 2)


def plain(xp, x):
    return x * xp.exp(-(x**2) / 2)


def with_planted_rule(xp, x):
    import jax  # noqa: PLC0415  (so that listing the cases needs no JAX)

    @jax.custom_vjp
    def exponential(t):
        return xp.exp(t)

    def forward(t):
        y = xp.exp(t)
        return y, y

    def backward(y, cotangent):
        return (cotangent * (1 + 2.0**-12) * y,)

    exponential.defvjp(forward, backward)
    return x * exponential(-(x**2) / 2)


wrong_factor = Case(
    definition,
    programs={"plain": plain},
    backend_programs={"jax": {"plain": with_planted_rule}},
    inputs={"x": real(1.25, 4)},
    points=[{"x": 1.5}],
    known_defects=[
        Defect(
            reason="the factor 1 + 2^-12 in the rule of the exponential is there on purpose",
            verdicts=("wrong",),
            backend="jax",
        ),
    ],
)
