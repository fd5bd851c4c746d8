"""ADBench's LSTM: a character model of two layers with diagonal weights, over three characters.

forget, in, out = σ(…), change = tanh(…),   c ← c forget + in change,   h ← out tanh(c)
L = -mean over t and characters of y (z - log(2 + Σ exp z))

The weights and biases of the four gates lie one behind the other in two rows for each layer, three
more rows scale what goes in and out, and two rows for each layer are the state at the start, as in
Šrajer, Kukelová and Fitzgibbon (2018). Every weight is used at every step: its gradient is a sum
over time, through a chain of sigmoids that shrinks it.
"""

from itertools import pairwise

from diffcheck import Case, real, sym

LAYERS, WIDTH = 2, 3
SEQUENCE = ((1, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0))  # one-hot


def gates(x, state, weight, bias):
    """Return the four gates' arguments: forget and out see the input, in and change the state."""
    seen = (x, state, x, state)
    return [seen[i] * weight[i] + bias[i] for i in range(4)]


def definition(main, extra, state):
    state = list(state)
    terms = []
    for now, after in pairwise(SEQUENCE):
        x = sym.array(now) * extra[0]
        for k in range(LAYERS):
            weight, bias = (sym.reshape(main[2 * k + i], (4, WIDTH)) for i in range(2))
            f, i, o, c = gates(x, state[2 * k], weight, bias)
            cell = state[2 * k + 1] * sym.sigmoid(f) + sym.sigmoid(i) * sym.tanh(c)
            state[2 * k + 1] = sym.let(cell)
            state[2 * k] = x = sym.let(sym.sigmoid(o) * sym.tanh(state[2 * k + 1]))
        z = sym.let(x * extra[1] + extra[2])
        terms.append(sym.sum(sym.array(after) * (z - sym.log(2 + sym.sum(sym.exp(z))))))
    return -sum(terms) / (len(terms) * WIDTH)


def loss(xp, main, extra, state, sequence):
    """Return the loss of any number of layers on any sequence of one-hot rows."""
    layers, width = main.shape[0] // 2, extra.shape[1]
    states = [state[i] for i in range(2 * layers)]
    total = 0
    for t in range(len(sequence) - 1):
        x = xp.where(sequence[t] > 0, extra[0], 0)
        for k in range(layers):
            weight, bias = (xp.reshape(main[2 * k + i], (4, width)) for i in range(2))
            f, i, o, c = gates(x, states[2 * k], weight, bias)
            cell = states[2 * k + 1] * xp.expit(f) + xp.expit(i) * xp.tanh(c)
            states[2 * k + 1] = cell
            states[2 * k] = x = xp.expit(o) * xp.tanh(cell)
        z = x * extra[1] + extra[2]
        normaliser = xp.log(2 + xp.sum(xp.exp(z)))
        total = total + xp.sum(xp.where(sequence[t + 1] > 0, z - normaliser, 0))
    return -total / ((len(sequence) - 1) * width)


def program(xp, main, extra, state):
    return loss(xp, main, extra, state, xp.asarray(SEQUENCE))


adbench_lstm = Case(
    definition,
    programs={"plain": program},
    inputs={
        "main": real(-1, 1, shape=(2 * LAYERS, 4 * WIDTH)),
        "extra": real(-1, 1, shape=(3, WIDTH)),
        "state": real(-1, 1, shape=(2 * LAYERS, WIDTH)),
    },
    wrt=("main", "extra"),
    slow=True,
)
