"""The loss after one step of gradient descent, as a function of the learning rate.

φ(rate) = L(θ - rate ∇L(θ)),   φ'(rate) = -∇L(θ - rate ∇L(θ)) · ∇L(θ)

L is the loss of the 10-5-1 network of `small_network.py`. It is the simplest hypergradient, and at
rate = 0 it is -|∇L|². The gradient inside is written by hand, as in a first course; an engine that
treats it as a constant of the graph in the wrong place, or that loses one of the four paths by
which the rate enters, is wrong here.
"""

from diffcheck import Case, real, sym


def loss(W1, b1, W2, b2, x, y):
    z = sym.let(sym.let(sym.relu(x @ W1.T + b1)) @ W2.T + b2)[:, 0]
    a = sym.let(1 / (1 + sym.exp(-z)))
    return sym.mean(-(y * sym.log(a) + (1 - y) * sym.log(1 - a)))


def definition(rate, W1, b1, W2, b2, x, y):
    before = sym.let(x @ W1.T + b1)
    h = sym.relu(before)
    a = sym.let(1 / (1 + sym.exp(-(h @ W2.T + b2))))
    to_z = sym.let((a - y[:, None]) / y.size)
    to_before = sym.let(sym.where(before > 0, to_z @ W2, 0))
    return loss(
        sym.let(W1 - rate * (to_before.T @ x)),
        sym.let(b1 - rate * to_before.sum(axis=0)),
        sym.let(W2 - rate * (to_z.T @ h)),
        sym.let(b2 - rate * to_z.sum(axis=0)),
        x,
        y,
    )


def loss_program(xp, W1, b1, W2, b2, x, y):
    z = (xp.relu(x @ W1.T + b1) @ W2.T + b2)[:, 0]
    return xp.mean(xp.logaddexp(0, z) - y * z)


def program(xp, rate, W1, b1, W2, b2, x, y):
    before = x @ W1.T + b1
    h = xp.relu(before)
    to_z = (xp.expit(h @ W2.T + b2) - y[:, None]) / y.shape[0]
    to_before = xp.where(before > 0, to_z @ W2, 0)
    return loss_program(
        xp,
        W1 - rate * (to_before.T @ x),
        b1 - rate * xp.sum(to_before, axis=0),
        W2 - rate * (to_z.T @ h),
        b2 - rate * xp.sum(to_z, axis=0),
        x,
        y,
    )


INPUTS = {
    "rate": real(0, 1),
    "W1": real(-1, 1, shape=(5, 10)),
    "b1": real(-1, 1, shape=(5,)),
    "W2": real(-1, 1, shape=(1, 5)),
    "b2": real(-1, 1, shape=(1,)),
}


def samples(count):
    return {"x": real(-2, 2, shape=(count, 10)), "y": real(0, 1, shape=(count,))}


learning_rate = Case(
    definition,
    programs={"plain": program},
    inputs=INPUTS | samples(1),
    wrt=("rate",),
)

learning_rate_batch = Case(
    definition,
    programs={"plain": program},
    inputs=INPUTS | samples(8),
    wrt=("rate",),
    slow=True,
)
