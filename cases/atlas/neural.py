"""The layers of networks that are ops of their own, and the slopes that only their rules use.

A slope shows where reverse mode runs over reverse mode, as it does inside the programs here.
"""

import numpy as np
from sympy import Rational

from diffcheck import Case, real, sym
from diffcheck.atlas_defects import declared

ROW = real(-2, 2, shape=(3,))
HEAD = real(-2, 2, shape=(2, 2))
LABELS = np.array([2, 0])


def case(definition, program, *, orders=(0, 1, 2), jax=None, **inputs):
    return Case(
        definition,
        programs={"plain": program},
        backend_programs={"jax": {"plain": jax}} if jax else {},
        inputs=inputs,
        orders=orders,
        slow=True,
    )


op_softmax = case(sym.softmax, lambda xp, x: xp.softmax(x), x=ROW)
op_log_softmax = case(sym.log_softmax, lambda xp, x: xp.log_softmax(x), x=ROW)
op_logsumexp = case(sym.logsumexp, lambda xp, x: xp.logsumexp(x), x=ROW)
op_logsumexp_slope = case(
    sym.softmax,
    lambda xp, x: xp.grad(xp.logsumexp)(x),
    orders=(0, 1),
    x=ROW,
)


# The rules of what takes softmax's cotangents back show where those depend on x themselves.
def slope_of_two_log_softmaxes(x):
    inner = sym.log_softmax(x)
    flow = (sym.array([1, 0, 0]) - sym.softmax(sym.sin(inner))) * sym.cos(inner)
    return flow - sym.softmax(x) * sym.sum(flow)


def slope_of_two_softmaxes(x):
    inner = sym.softmax(x)
    outer = sym.softmax(inner)
    flow = outer[0] * (sym.array([1, 0, 0]) - outer)
    return inner * (flow - sym.sum(flow * inner))


op_minus_share = case(
    slope_of_two_log_softmaxes,
    lambda xp, x: xp.grad(lambda t: xp.log_softmax(xp.sin(xp.log_softmax(t)))[0])(x),
    orders=(0, 1),
    x=ROW,
)
op_minus_mean = case(
    slope_of_two_softmaxes,
    lambda xp, x: xp.grad(lambda t: xp.softmax(xp.softmax(t))[0])(x),
    orders=(0, 1),
    x=ROW,
)


def standardised(x):
    centred = x - sym.mean(x)
    return centred / sym.sqrt(sym.mean(centred**2) + Rational(1, 8))


op_standardize = case(
    standardised,
    lambda xp, x: xp.layer_norm(x, eps=0.125),
    jax=lambda xp, x: xp.standardize(x, epsilon=0.125),
    orders=(0, 1),
    x=ROW,
)


def causal(x, y, z):
    """Return two positions: the first looks at itself alone, the second at both."""
    scores = sym.array([sym.dot(x[1], y[0]), sym.dot(x[1], y[1])]) / sym.sqrt(2)
    p = sym.softmax(scores)
    return sym.stack([z[0], p[0] * z[0] + p[1] * z[1]])


op_fused_attention = case(
    causal,
    lambda xp, x, y, z: xp.fused_attention(x, y, z),
    jax=lambda xp, x, y, z: xp.dot_product_attention(
        x[:, None], y[:, None], z[:, None], is_causal=True
    )[:, 0],
    orders=(0, 1),
    x=HEAD,
    y=HEAD,
    z=HEAD,
)


def entropies(x):
    log_p = sym.log_softmax(x)
    return sym.array([-log_p[0, 2], -log_p[1, 0]])


def picked(xp, x):
    return -xp.take_along_axis(xp.log_softmax(x, axis=-1), LABELS[:, None], -1)[:, 0]


op_softmax_cross_entropy = case(
    entropies,
    lambda xp, x: xp.softmax_cross_entropy(x, LABELS),
    jax=picked,
    orders=(0, 1),
    x=real(-2, 2, shape=(2, 3)),
)
op_entropy_slope = case(
    lambda x: sym.softmax(x) - sym.array([0, 0, 1]),
    lambda xp, x: xp.grad(lambda t: xp.softmax_cross_entropy(t, 2))(x),
    orders=(0, 1),
    x=ROW,
)

globals().update(declared(globals()))
