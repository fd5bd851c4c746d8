"""A tanh neuron with squared loss: the smallest gradient with respect to a vector.

L = (tanh(w · x + b) - t)² / 2,   dL/dw = (h - t) (1 - h²) x,   with h = tanh(w · x + b)

The textbook's 1 - h² vanishes in floating point once h rounds to 1, while its exact value does not:
a rule for tanh written so loses every digit of the gradient in the saturated neuron, and this case
has such a point. It also shows a gradient that comes back in another shape than its weights.
"""

from diffcheck import Case, Defect, real, sym


def definition(w, b, x, t):
    return (sym.tanh(w @ x + b) - t) ** 2 / 2


def program(xp, w, b, x, t):
    error = xp.tanh(w @ x + b) - t
    return error * error / 2


squared_loss = Case(
    definition,
    programs={"plain": program},
    inputs={
        "w": real(-4, 4, shape=(3,)),
        "b": real(-4, 4),
        "x": real(-4, 4, shape=(3,)),
        "t": real(-1, 1),
    },
    wrt=("w", "b"),
    points=[
        {"w": [0.5, -1.0, 0.25], "b": 0.125, "x": [1.0, 0.5, -2.0], "t": 0.75},
        {"w": [3.0, 2.0, 1.0], "b": 1.0, "x": [2.0, 3.0, 4.0], "t": -0.5},
    ],
    known_defects=[
        Defect(
            reason="JAX's rule for tanh is 1 - tanh², and tanh has rounded to 1",
            verdicts=("lost",),
            link="https://github.com/jax-ml/jax/issues/40343",
            backend="jax",
        ),
    ],
)
