"""Logistic regression on eight observations: the log-loss in two weights and a bias.

The loss is Σ log(1 + exp(-y z)) with z = X w + b and labels y = ±1; the gradient is a matrix
product with the residuals. It exists as the smallest whole statistical model: data held fixed, a
matmul, a sum, and a function with two tails, written as in the lecture and as in the library.
"""

from diffcheck import Case, real, sym

X = (
    (0.5, 1.0),
    (-1.0, 2.0),
    (1.5, -0.5),
    (2.0, 2.0),
    (-0.5, -1.5),
    (-2.0, 0.25),
    (0.25, -2.0),
    (-1.5, -1.0),
)
Y = (1.0, 1.0, 1.0, 1.0, -1.0, -1.0, -1.0, 1.0)


def definition(w, b):
    return sum(
        sym.log(
            1 + sym.exp(-sym.Rational(y) * (sym.Rational(x0) * w[0] + sym.Rational(x1) * w[1] + b))
        )
        for (x0, x1), y in zip(X, Y, strict=True)
    )


def textbook(xp, w, b):
    z = xp.asarray(X) @ w + b
    return xp.sum(xp.log(1 + xp.exp(-xp.asarray(Y) * z)))


def stable(xp, w, b):
    z = xp.asarray(X) @ w + b
    return xp.sum(xp.logaddexp(-xp.asarray(Y) * z, 0.0))


logistic_regression = Case(
    definition,
    programs=(textbook, stable),
    inputs={"w": real(-4, 4, shape=(2,)), "b": real(-2, 2)},
    points=[
        {"w": [0.0, 0.0], "b": 0.0},
        {"w": [1.0, 0.5], "b": -0.25},
        {"w": [4.0, 4.0], "b": 2.0},
    ],
    slow=True,
)
