"""clip(x, -1, 1) at its ends: the gradient clipping and hard tanh of practice.

At an end one one-sided derivative is 0 and the other 1. JAX's `clip` answers 1/2 there and
PyTorch's 0 or 1. It exists because both ends and their neighbours must be asked: a rule with < in
the place of <= shows only at the very end.
"""

from diffcheck import Case, real, sym


def definition(x):
    return sym.clip(x, -1, 1)


def library(xp, x):
    return xp.clip(x, -1.0, 1.0)


def nested(xp, x):
    return xp.maximum(xp.minimum(x, 1.0), -1.0)


clip_to_one = Case(
    definition,
    programs=(library, nested),
    inputs={"x": real(-1e6, 1e6)},
    points=[{"x": -1.0}, {"x": 1.0}, {"x": 0.5}, {"x": 3.0}],
)
