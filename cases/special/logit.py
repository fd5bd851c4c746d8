"""logit(p) = log(p/(1 - p)), the inverse of the logistic function.

Near p = 1/2 the quotient is near 1 and its logarithm keeps few digits; the derivative 1/(p (1 -
p)) is harmless everywhere. It exists as the counterpart of the sigmoid: here the value is the
delicate part.
"""

from diffcheck import Case, real, sym


def definition(p):
    return sym.log(p / (1 - p))


def library(xp, p):
    return xp.logit(p)


def stable(xp, p):
    return xp.log(p) - xp.log1p(-p)


logit = Case(
    definition,
    programs=(library, stable),
    inputs={"p": real(1e-6, 0.999)},
    points=[{"p": 0.5}, {"p": 0.25}, {"p": 0.5001220703125}, {"p": 1e-6}],
)
