"""Optimisers: on a quadratic they reach its least value, on the way they do what autograd's do."""

import importlib.util

import numpy as np
import pytest

from diffcheck import engine as xp
from diffcheck.engine.optimizers import adam, rmsprop, sgd

START = {"w": np.array([[1.0, -2.0]]), "b": (np.array(0.5), [np.array([3.0])])}
WALKS = {
    "sgd": (sgd, {"num_iters": 400, "step_size": 0.2}),
    "rmsprop": (rmsprop, {"num_iters": 400, "step_size": 0.02}),
    "adam": (adam, {"num_iters": 400, "step_size": 0.05}),
}


def loss(p):
    return xp.sum((p["w"] - 1.0) ** 2) + (p["b"][0] + 2.0) ** 2 + xp.sum(p["b"][1][0] ** 2)


@pytest.mark.parametrize("name", WALKS)
def test_reaches_the_least_value(name):
    walk, options = WALKS[name]
    seen = []
    end = walk(
        lambda p, _step: xp.grad(loss)(p),
        START,
        lambda p, step, g: seen.append((step, float(loss(p)), g["b"][0])),
        **options,
    )
    np.testing.assert_allclose(end["w"], 1.0, atol=0.02)
    np.testing.assert_allclose(end["b"][0], -2.0, atol=0.02)
    assert [step for step, _, _ in seen] == list(range(400))
    assert seen[0][1:] == (0 + 9 + 6.25 + 9, 5.0)
    assert START["b"][0] == 0.5


@pytest.mark.skipif(not importlib.util.find_spec("autograd"), reason="autograd is not installed")
@pytest.mark.parametrize("name", WALKS)
def test_goes_the_way_of_autograds(name):
    from autograd.misc import optimizers

    walk, options = WALKS[name]

    def gradient(p, step):
        return {"w": 2 * p["w"] + step, "b": (p["b"][0], [3 * p["b"][1][0]])}

    for given in ({}, options):
        ours = walk(gradient, START, **given | {"num_iters": 7})
        theirs = getattr(optimizers, name)(gradient, START, **given | {"num_iters": 7})
        np.testing.assert_allclose(xp.flatten(ours)[0], xp.flatten(theirs)[0], rtol=1e-14)
