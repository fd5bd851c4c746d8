"""Log-density of Student's t, in the degrees of freedom too.

log Γ((ν+1)/2) - log Γ(ν/2) - log(πν)/2 - (ν+1)/2 log(1 + t²/ν). For large ν the two log Γ agree in
most digits, and their derivatives, two digammas, again. It exists because the parameter is almost
never differentiated by hand, and because the t tends to the normal where its formula tends to
cancel.
"""

from math import log, pi

from diffcheck import Case, Defect, real, sym


def definition(t, nu):
    half = sym.Rational(1, 2)
    norm = sym.loggamma((nu + 1) * half) - sym.loggamma(nu * half) - sym.log(sym.pi * nu) * half
    return norm - (nu + 1) * half * sym.log(1 + t**2 / nu)


def plain(xp, t, nu):
    norm = xp.gammaln((nu + 1) / 2) - xp.gammaln(nu / 2) - 0.5 * (log(pi) + xp.log(nu))
    return norm - 0.5 * (nu + 1) * xp.log1p(t * t / nu)


student_t = Case(
    definition,
    programs=(plain,),
    inputs={"t": real(0.0009765625, 30), "nu": real(1, 1e3)},
    points=[
        {"t": 1.0, "nu": 1.0},
        {"t": 2.0, "nu": 5.0},
        {"t": 30.0, "nu": 3.0},
        {"t": 1.0, "nu": 1e3},
    ],
    known_defects=[
        Defect(
            reason="the two digammas cancel for large ν in float32, and so do the two log Γ",
            verdicts=("lost",),
            backend="jax",
            dtype="float32",
        ),
    ],
)
