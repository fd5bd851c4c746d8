"""One tiny case for each rule of the engine that no case of the library uses.

A test fixture: `test_deliberately_broken.py` plants faults in the rules and runs these.
"""

import sympy

from diffcheck import Case, real, sym

ROW = real(-2, 2, shape=(3,))
SECOND = (0, 1, 2)


def case(definition, program, *, orders=(0, 1), **inputs):
    return Case(definition, programs={"plain": program}, inputs=inputs, orders=orders)


def alike(name, *, orders=(0, 1), **inputs):
    """Return the case of a function that SymPy's namespace and the programs' call by one name."""

    def definition(**values):
        return getattr(sym, name)(*(values[key] for key in inputs))

    def plain(xp, **values):
        return getattr(xp, name)(*(values[key] for key in inputs))

    return case(definition, plain, orders=orders, **inputs)


# Shapes and positions: a weight for each column, so that no two entries of the gradient agree
def weighted(xp, y):
    return sum((k + 1) * xp.sum(y[..., k] ** 2) for k in range(3))


def positions(move):
    return case(
        lambda x: weighted(sym, move(sym, x)),
        lambda xp, x: weighted(xp, move(xp, x)),
        x=real(-2, 2, shape=(3, 3)),
    )


flip = positions(lambda xp, x: xp.flip(x, axis=1))
roll = positions(lambda xp, x: xp.roll(x, 1, axis=1))
tril = positions(lambda xp, x: xp.tril(x))
triu = positions(lambda xp, x: xp.triu(x))
broadcast_to = positions(lambda xp, x: xp.broadcast_to(x, (2, 3, 3)))
astype = positions(lambda xp, x: x if xp is sym else xp.astype(x, x.dtype))

# Elementary functions and selections
reciprocal = case(lambda x: 1 / x, lambda xp, x: xp.reciprocal(x), x=real(0.5, 4))
cbrt = alike("cbrt", x=real(0.5, 4))
exp2 = case(lambda x: sympy.Pow(2, x), lambda xp, x: xp.exp2(x), x=real(-3, 3))
log2 = alike("log2", x=real(2, 4))
log10 = alike("log10", x=real(2, 4))
minimum = case(
    lambda x, y: 3 * sym.minimum(x, y),
    lambda xp, x, y: xp.minimum(x, y) + 2 * xp.minimum(y, x),
    x=real(2, 3),
    y=real(0, 1),
)
least = alike("min", x=ROW)
greatest = alike("max", x=ROW)
norm2 = case(
    lambda x: sym.sqrt(sym.sum(x**2)),
    lambda xp, x: xp.linalg.vector_norm(x),
    x=real(1, 2, shape=(3,)),
)

# Special functions
log_expit = alike("log_expit", x=real(-3, 3))
softplus = alike("softplus", x=real(-3, 3))
xlogy = alike("xlogy", x=real(1, 2), y=real(2, 3))
xlog1py = alike("xlog1py", x=real(1, 2), y=real(1, 2))
entr = alike("entr", x=real(1, 2))
ndtr = case(lambda x: sym.erfc(-x / sym.sqrt(2)) / 2, lambda xp, x: xp.ndtr(x), x=real(-3, 3))
polygamma = case(lambda x: sym.polygamma(1, x), lambda xp, x: xp.polygamma(1, x), x=real(1, 4))
beta = alike("beta", a=real(1, 2), b=real(2, 3))
jv = case(lambda x: sym.jv(2, x), lambda xp, x: xp.jv(2, x), x=real(1, 2))
iv = case(lambda x: sym.besseli(2, x), lambda xp, x: xp.iv(2, x), x=real(1, 2))
ive = case(lambda x: sym.exp(-x) * sym.besseli(2, x), lambda xp, x: xp.ive(2, x), x=real(1, 2))
i1 = alike("i1", x=real(1, 2))
i0e = alike("i0e", x=real(1, 2))
i1e = alike("i1e", x=real(2, 4))
sinc = alike("sinc", x=real(0.25, 0.75))
silu = alike("silu", x=real(-1, 1))
gelu = case(
    lambda x: sym.gelu(x, approximate=False),
    lambda xp, x: xp.gelu(x, approximate=False),
    x=real(-3, -1),
)

# Rules of the ops that only rules use: they show in a second derivative
tanh = alike("tanh", x=real(1, 2), orders=SECOND)
asin = alike("asin", x=real(0.25, 0.75), orders=SECOND)
atan = alike("atan", x=real(1, 2), orders=SECOND)
power = alike("pow", x=real(2, 3), n=real(2.5, 2.75), orders=SECOND)
logaddexp = alike("logaddexp", x=real(1, 2), y=real(2, 3), orders=SECOND)
logit = alike("logit", x=real(0.125, 0.375), orders=SECOND)
erf = alike("erf", x=real(1, 2), orders=SECOND)
# ... or where reverse mode runs over reverse mode, as it does here inside the program.
slope_of_slice = case(
    lambda x: sym.array([3 * x[0] ** 2, 3 * x[1] ** 2, 0]),
    lambda xp, x: xp.grad(lambda t: xp.sum(t[:2] ** 3))(x),
    x=ROW,
)
slope_of_log_softmax = case(
    lambda x: sym.array([1, 0, 0]) - sym.softmax(x),
    lambda xp, x: xp.grad(lambda t: xp.log_softmax(t)[0])(x),
    x=ROW,
)
