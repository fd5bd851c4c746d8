"""The regularised incomplete gamma functions P(a, x) and Q(a, x), differentiated in x.

d/dx P = x^(a-1) exp(-x)/Γ(a), the density of the gamma distribution, and d/dx Q is its negative.
They exist as the simplest derivative of a function of two arguments of which one is data: it needs
neither P nor Q, so a value that is off leaves it untouched.
"""

from diffcheck import Case, real, sym


def lower_definition(a, x):
    return sym.lowergamma(a, x) / sym.gamma(a)


def lower(xp, a, x):
    return xp.gammainc(a, x)


incomplete_gamma_lower = Case(
    lower_definition,
    programs={"library": lower},
    inputs={"a": real(0.5, 10), "x": real(0.0625, 20)},
    wrt=("x",),
    points=[{"a": 1.0, "x": 1.0}, {"a": 2.5, "x": 0.5}, {"a": 5.0, "x": 8.0}],
    slow=True,
)


def upper_definition(a, x):
    return sym.uppergamma(a, x) / sym.gamma(a)


def upper(xp, a, x):
    return xp.gammaincc(a, x)


incomplete_gamma_upper = Case(
    upper_definition,
    programs={"library": upper},
    inputs={"a": real(0.5, 10), "x": real(0.0625, 20)},
    wrt=("x",),
    points=[{"a": 1.0, "x": 1.0}, {"a": 2.5, "x": 0.5}, {"a": 5.0, "x": 8.0}],
    slow=True,
)
