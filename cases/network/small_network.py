"""A 10-5-1 network with ReLU, sigmoid and binary cross-entropy: all 61 parameters at once.

h = relu(x W1ᵀ + b1),   z = h W2ᵀ + b2,   L = mean of -(y log σ(z) + (1 - y) log(1 - σ(z)))

The network that every introduction builds. It is verified for a batch of one and a batch of eight,
where the biases' gradients are sums over the batch and the loss is a mean: a sum taken over the
wrong axis, or a forgotten 1/8, is wrong here. The textbook program goes through σ(z) and loses what
the stable one, which stays with z, keeps.
"""

from diffcheck import Case, real, sym

PARAMETERS = {
    "W1": real(-1, 1, shape=(5, 10)),
    "b1": real(-1, 1, shape=(5,)),
    "W2": real(-1, 1, shape=(1, 5)),
    "b2": real(-1, 1, shape=(1,)),
}


def samples(count):
    return {"x": real(-2, 2, shape=(count, 10)), "y": real(0, 1, shape=(count,))}


def definition(W1, b1, W2, b2, x, y):
    h = sym.let(sym.relu(x @ W1.T + b1))
    z = sym.let(h @ W2.T + b2)[:, 0]
    a = sym.let(1 / (1 + sym.exp(-z)))
    return sym.mean(-(y * sym.log(a) + (1 - y) * sym.log(1 - a)))


def textbook(xp, W1, b1, W2, b2, x, y):
    h = xp.relu(x @ W1.T + b1)
    z = (h @ W2.T + b2)[:, 0]
    a = 1 / (1 + xp.exp(-z))
    return xp.mean(-(y * xp.log(a) + (1 - y) * xp.log(1 - a)))


def stable(xp, W1, b1, W2, b2, x, y):
    h = xp.relu(x @ W1.T + b1)
    z = (h @ W2.T + b2)[:, 0]
    return xp.mean(xp.logaddexp(0, z) - y * z)


small_network = Case(
    definition,
    programs={"textbook": textbook, "stable": stable},
    inputs=PARAMETERS | samples(1),
    wrt=tuple(PARAMETERS),
    orders=(0, 1, 2),
)

small_network_batch = Case(
    definition,
    programs={"stable": stable},
    inputs=PARAMETERS | samples(8),
    wrt=tuple(PARAMETERS),
    slow=True,
)
