"""Γ, log Γ, digamma, and log of the beta function.

(log Γ)' is digamma, whose positive root 1.4616321449683623 is not a float: next to it the relative
error of the derivative is the condition number, 10^16, and a library that is merely accurate in
the absolute sense returns nothing there. Γ has poles at 0, -1, -2, … and log Γ is symmetric about
none of them. They exist because these derivatives are computed by other special functions, each
with its own weak places.
"""

from diffcheck import Case, Defect, real, sym


def gamma_definition(x):
    return sym.gamma(x)


def library_gamma(xp, x):
    return xp.gamma(x)


gamma_function = Case(
    gamma_definition,
    programs={"library": library_gamma},
    inputs={"x": real(0.0625, 30)},
    points=[{"x": 1.0}, {"x": 5.0}, {"x": 0.5}, {"x": 1.4616321449683623}],
    known_defects=[
        Defect(
            reason="JAX's digamma is accurate in the absolute sense only, and has a root here",
            verdicts=("lost",),
            backend="jax",
        ),
    ],
)


def log_gamma_definition(x):
    return sym.loggamma(x)


def library_gammaln(xp, x):
    return xp.gammaln(x)


log_gamma = Case(
    log_gamma_definition,
    programs={"library": library_gammaln},
    inputs={"x": real(0.0009765625, 1e6)},
    orders=(0, 1, 2),
    points=[{"x": 1.0}, {"x": 2.0}, {"x": 10.0}, {"x": 1.4616321449683623}],
    known_defects=[
        Defect(
            reason="JAX's digamma is accurate in the absolute sense only, and has a root here",
            verdicts=("lost",),
            backend="jax",
        ),
    ],
)


def digamma_definition(x):
    return sym.digamma(x)


def library_digamma(xp, x):
    return xp.digamma(x)


digamma = Case(
    digamma_definition,
    programs={"library": library_digamma},
    inputs={"x": real(0.0625, 1e3)},
    points=[{"x": 1.0}, {"x": 0.5}, {"x": 10.0}, {"x": 1.4616321449683623}],
    known_defects=[
        Defect(
            reason="JAX's digamma is accurate in the absolute sense only, and has a root here",
            verdicts=("lost",),
            backend="jax",
        ),
    ],
)


def log_beta_definition(a, b):
    return sym.loggamma(a) + sym.loggamma(b) - sym.loggamma(a + b)


def library_betaln(xp, a, b):
    return xp.betaln(a, b)


def three_gammas(xp, a, b):
    return xp.gammaln(a) + xp.gammaln(b) - xp.gammaln(a + b)


log_beta = Case(
    log_beta_definition,
    programs={"library": library_betaln, "three_gammas": three_gammas},
    inputs={"a": real(0.125, 50), "b": real(0.125, 50)},
    points=[{"a": 1.0, "b": 1.0}, {"a": 2.0, "b": 3.5}, {"a": 40.0, "b": 0.25}],
    known_defects=[
        Defect(
            reason="JAX's betaln has h/(1 + h) for 1/(1 + h) in algdiv: 1e-9 off where b >= 8",
            verdicts=("mismatch", "wrong"),
            program="library",
            backend="jax",
        ),
    ],
    slow=True,
)
