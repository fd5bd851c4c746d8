"""Calls of the functions that cases ask of their namespace, for guests to translate."""

import numpy as np

X, Y = 0.75, 1.25
ROW = np.array([0.5, -1.25, 2.0])
SQUARE = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, -0.25], [0.5, -0.25, 2.0]])
ELEMENTWISE = """
    abs acos asin asinh atan atanh cos cosh digamma erf erfc exp expit expm1 floor gamma gammaln i0
    j0 j1 log log1p logit relu sign sin sinh sqrt square tan tanh softplus silu log_expit ceil exp2
    log2 log10 negative reciprocal i0e i1 i1e ndtr sinc entr erfinv
""".split()  # noqa: SIM905 - words in rows read better than quoted ones
BINARY = """
    atan2 hypot logaddexp maximum minimum multiply pow gammainc gammaincc betaln add subtract divide
    xlogy xlog1py
""".split()  # noqa: SIM905 - words in rows read better than quoted ones

# What is called -> the call, on the namespace and on arrays made by it.
CALLS = {
    **{name: lambda xp, a, n=name: getattr(xp, n)(a(X)) for name in ELEMENTWISE},
    **{name: lambda xp, a, n=name: getattr(xp, n)(a(X), a(Y)) for name in BINARY},
    "acosh": lambda xp, a: xp.acosh(a(Y)),
    "polygamma": lambda xp, a: xp.polygamma(1, a(X)),
    "jv": lambda xp, a: xp.jv(2, a(X)),
    "maximum of a number": lambda xp, a: xp.maximum(a(ROW), 0),
    "logaddexp of a number": lambda xp, a: xp.logaddexp(0, a(X)),
    "where of numbers": lambda xp, a: a(X) * xp.where(a(ROW) > 0, 2.0, 0.5),
    "where of a number": lambda xp, a: xp.where(a(ROW) > 0, a(ROW), 0.0),
    "exp of a number": lambda xp, a: a(X) * xp.exp(0.5),
    "clip": lambda xp, a: xp.clip(a(ROW), -1.0, 1.0),
    "gelu": lambda xp, a: xp.gelu(a(ROW)),
    "gelu, exact": lambda xp, a: xp.gelu(a(ROW), approximate=False),
    "softmax": lambda xp, a: xp.softmax(a(SQUARE), axis=0),
    "softmax, last": lambda xp, a: xp.softmax(a(SQUARE)),
    "log_softmax": lambda xp, a: xp.log_softmax(a(SQUARE)),
    "logsumexp": lambda xp, a: xp.logsumexp(a(SQUARE)),
    "logsumexp, last": lambda xp, a: xp.logsumexp(a(SQUARE), axis=-1, keepdims=True),
    "layer_norm": lambda xp, a: xp.layer_norm(a(SQUARE)),
    "sum": lambda xp, a: xp.sum(a(SQUARE), axis=(0, 1), keepdims=True),
    "mean": lambda xp, a: xp.mean(a(SQUARE), axis=0),
    "var": lambda xp, a: xp.var(a(SQUARE), axis=0),
    "std": lambda xp, a: xp.std(a(ROW), correction=1),
    "prod": lambda xp, a: xp.prod(a(SQUARE), axis=1),
    "max": lambda xp, a: xp.max(a(SQUARE), axis=1),
    "min": lambda xp, a: xp.min(a(SQUARE)),
    "cumulative_sum": lambda xp, a: xp.cumulative_sum(a(SQUARE), axis=0),
    "matmul": lambda xp, a: xp.matmul(a(SQUARE), a(ROW)),
    "constant @ traced": lambda xp, a: xp.asarray(SQUARE) @ a(ROW),
    "einsum": lambda xp, a: xp.einsum("i,ij,j->", a(ROW), a(SQUARE), a(ROW)),
    "tensordot": lambda xp, a: xp.tensordot(a(SQUARE), a(SQUARE), axes=((0, 1), (1, 0))),
    "vecdot": lambda xp, a: xp.vecdot(a(ROW), a(ROW)),
    "stack": lambda xp, a: xp.stack([a(ROW), a(ROW)], axis=1),
    "concat": lambda xp, a: xp.concat([a(SQUARE), a(SQUARE)], axis=1),
    "asarray of traced numbers": lambda xp, a: xp.asarray([a(X), 2.0, a(Y)]),
    "take": lambda xp, a: xp.take(a(SQUARE), xp.asarray([2, 0]), axis=0),
    "take, flat": lambda xp, a: xp.take(a(ROW), xp.asarray([2, 0])),
    "indexing": lambda xp, a: a(SQUARE)[xp.arange(2), xp.asarray([2, 0])],
    "reshape": lambda xp, a: xp.reshape(a(SQUARE), (9,)),
    "permute_dims": lambda xp, a: xp.permute_dims(a(SQUARE), (1, 0)),
    "broadcast_to": lambda xp, a: xp.broadcast_to(a(X), (2,)),
    "expand_dims": lambda xp, a: xp.expand_dims(a(ROW), axis=0),
    "squeeze": lambda xp, a: xp.squeeze(a(ROW[None]), axis=0),
    "flip": lambda xp, a: xp.flip(a(ROW)),
    "roll": lambda xp, a: xp.roll(a(ROW), 1),
    "tril": lambda xp, a: xp.tril(a(SQUARE)),
    "linalg.cholesky": lambda xp, a: xp.linalg.cholesky(a(SQUARE)),
    "linalg.det": lambda xp, a: xp.linalg.det(a(SQUARE)),
    "linalg.diagonal": lambda xp, a: xp.linalg.diagonal(a(SQUARE)),
    "linalg.eigvalsh": lambda xp, a: xp.linalg.eigvalsh(a(SQUARE)),
    "linalg.expm": lambda xp, a: xp.linalg.expm(a(SQUARE)),
    "linalg.inv": lambda xp, a: xp.linalg.inv(a(SQUARE)),
    "linalg.matrix_power": lambda xp, a: xp.linalg.matrix_power(a(SQUARE), 3),
    "linalg.slogdet": lambda xp, a: xp.linalg.slogdet(a(SQUARE))[1],
    "linalg.solve": lambda xp, a: xp.linalg.solve(a(SQUARE), a(ROW)),
    "linalg.trace": lambda xp, a: xp.linalg.trace(a(SQUARE)),
}


def made_arrays(xp):
    """One array of each function that creates some."""
    return [
        xp.asarray(0.1),
        xp.asarray([0.1, 2]),
        xp.array(np.ones(2)),
        xp.zeros(2),
        xp.ones((2, 2)),
        xp.eye(3),
        xp.full((2,), 0.5),
        xp.linspace(0, 1, 3),
        xp.arange(0.0, 1.0, 0.5),
    ]
