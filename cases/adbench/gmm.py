"""ADBench's Gaussian mixture: the log-likelihood of full covariances, with a Wishart prior.

L = Σ_n logsumexp_k (α_k + Σ q_k - |Q_k (x_n - μ_k)|²/2) - N logsumexp(α)
    + Σ_k (|exp q_k|² + |l_k|²)/2

Q_k, the inverse covariance's factor, has exp(q_k) on its diagonal and l_k below it, column by
column (Šrajer, Kukelová and Fitzgibbon 2018, without the constants). The gather of l into the
triangle and two logsumexps over different axes are where a mixture's gradient goes wrong. Far from
every mean the naive program takes the logarithm of 0.
"""

import numpy as np

from diffcheck import Case, Defect, real, sym


def definition(alphas, means, q, l, x):
    terms = []
    for k, mean in enumerate(means):
        (q0, q1), lower = q[k], l[k][0]
        first, second = (x - mean).T
        y = sym.exp(q0) * first, lower * first + sym.exp(q1) * second
        terms.append(alphas[k] + q0 + q1 - (y[0] ** 2 + y[1] ** 2) / 2)
    likelihood = sym.sum(sym.let(sym.logsumexp(sym.let(sym.stack(terms)), axis=0)))
    prior = sym.sum(sym.exp(2 * q)) + sym.sum(sym.square(l))
    return likelihood - len(x) * sym.logsumexp(alphas) + prior / 2


def terms(xp, alphas, means, q, l, x):
    """Return the logarithms of the weighted densities, (points, components), at any size."""
    rows, columns = np.tril_indices(means.shape[1], -1)
    order = np.lexsort((rows, columns))  # of l: column by column
    place = np.zeros((means.shape[1],) * 2, dtype=int)
    place[rows[order], columns[order]] = np.arange(len(order))
    below = np.tri(means.shape[1], k=-1, dtype=bool)
    lower = xp.where(below, xp.take(l, place, axis=1), 0)
    centred = x[:, None, :] - means
    y = xp.exp(q) * centred + xp.einsum("kij,nkj->nki", lower, centred)
    return alphas + xp.sum(q, axis=1) - xp.sum(y * y, axis=2) / 2


def prior(xp, q, l):
    diagonal = xp.exp(q)
    return (xp.sum(diagonal * diagonal) + xp.sum(l * l)) / 2


def naive(xp, alphas, means, q, l, x):
    likelihood = xp.sum(xp.log(xp.sum(xp.exp(terms(xp, alphas, means, q, l, x)), axis=1)))
    return likelihood - x.shape[0] * xp.log(xp.sum(xp.exp(alphas))) + prior(xp, q, l)


def stable(xp, alphas, means, q, l, x):
    likelihood = xp.sum(xp.logsumexp(terms(xp, alphas, means, q, l, x), axis=1))
    return likelihood - x.shape[0] * xp.logsumexp(alphas, axis=0) + prior(xp, q, l)


adbench_gmm = Case(
    definition,
    programs={"naive": naive, "stable": stable},
    inputs={
        "alphas": real(-2, 2, shape=(2,)),
        "means": real(-2, 2, shape=(2, 2)),
        "q": real(-1, 1, shape=(2, 2)),
        "l": real(-1, 1, shape=(2, 1)),
        "x": real(-4, 4, shape=(3, 2)),
    },
    wrt=("alphas", "means", "q", "l"),
    points=[
        {
            "alphas": [0.25, 0.5],
            "means": [[-1.0, 0.125], [1.0, 0.5]],
            "q": [[0.125, 0.25], [0.5, -0.5]],
            "l": [[0.5], [-0.25]],
            "x": [[-1.0, 0.25], [0.5, -0.5], [2.0, 1.0]],
        },
        {
            "alphas": [1.0, -1.0],
            "means": [[-2.0, -2.0], [-1.5, -2.0]],
            "q": [[1.0, 1.0], [1.0, 1.0]],
            "l": [[1.0], [1.0]],
            "x": [[4.0, 4.0], [-2.0, -1.5], [0.5, 1.0]],
        },
    ],
    known_defects=[
        Defect(
            reason="exp underflows for a point far from every mean: use logsumexp",
            verdicts=("lost", "range"),
            program="naive",
            dtype="float32",
        ),
        Defect(
            reason="in alphas Σ_n softmax_n - N softmax cancels to 0 where all the points are as"
            " good as equal, in both programs alike",
            verdicts=("lost",),
            quantity="gradient",
        ),
    ],
    slow=True,
)
