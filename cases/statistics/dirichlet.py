"""Log-density of a Dirichlet distribution at a point of the simplex, in the concentrations.

log Γ(Σα) - Σ log Γ(αᵢ) + Σ (αᵢ - 1) log pᵢ. The probabilities p sum to one, which is stated as a
constraint, and sampled points are repaired to satisfy it exactly. It exists to show how a relation
between inputs is written, and because the gradient, digamma(Σα) - digamma(αᵢ) + log pᵢ, is what
fits topic models.
"""

from diffcheck import Case, real, sym
from diffcheck.case.constraints import sums_to_one


def definition(alpha, p):
    density = sym.loggamma(sym.sum(alpha)) - sym.sum(sym.loggamma(alpha))
    return density + sym.sum((alpha - 1) * sym.log(p))


def plain(xp, alpha, p):
    density = xp.gammaln(xp.sum(alpha)) - xp.sum(xp.gammaln(alpha))
    return density + xp.sum((alpha - 1) * xp.log(p))


dirichlet_log_density = Case(
    definition,
    programs=(plain,),
    inputs={"alpha": real(0.25, 10, shape=(3,)), "p": real(0.0078125, 1, shape=(3,))},
    wrt=("alpha",),
    constraints=[sums_to_one("p")],
    points=[
        {"alpha": [1.0, 1.0, 1.0], "p": [0.25, 0.25, 0.5]},
        {"alpha": [0.5, 2.0, 8.0], "p": [0.125, 0.125, 0.75]},
    ],
    slow=True,
)
