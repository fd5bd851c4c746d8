"""Products in the memory of a cotangent: only of one that nobody else holds."""

import sys

import numpy as np
import pytest

from diffcheck import engine as xp
from diffcheck.engine import reusing
from diffcheck.engine.slimming import MANY

RNG = np.random.default_rng(0)
N = 5 * MANY


@pytest.fixture
def answers(monkeypatch):
    """What was said of each cotangent: whether it may be written over."""
    found = []
    free = reusing._free

    def asked(g, x):
        found.append(free(g, x))
        return found[-1]

    monkeypatch.setattr(reusing, "_free", asked)
    monkeypatch.setattr(reusing, "SWEEP_ALONE", reusing.SWEEP_ALONE + 1)  # `asked` holds it, too
    return found


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="there nothing is written over")
def test_a_chain_of_large_products_reuses_its_cotangents(answers):
    x = RNG.normal(size=N)
    gradient = xp.grad(lambda x: xp.sum(((x * x + 0.5) * x + 0.5) * x / 3.0))(x)
    assert sum(answers) >= 2
    few = x[:20]
    assert np.array_equal(
        gradient[:20], xp.grad(lambda x: xp.sum(((x * x + 0.5) * x + 0.5) * x / 3.0))(few)
    )


def test_small_arrays_are_not_asked(answers):
    xp.grad(lambda x: xp.sum(x * x * x))(np.ones(MANY))
    assert answers == []


def programs():
    w = RNG.normal(size=N)
    yield lambda x, z: xp.sum((x * z + w) * z)
    yield lambda x, z: xp.sum((x + z) * (x - z))  # one cotangent for several operands
    yield lambda x, z: xp.sum((x + z) * w + (x + z) * z + x)
    yield lambda x, z: xp.sum(xp.reshape(xp.reshape(x * z, (5, -1)) * 2.0, (-1,)) * w)
    yield lambda x, z: xp.sum(x[::-1] * z + xp.flip(x) / (z * z + 1.0))
    yield lambda x, z: xp.sum((x * z)[:, None] * np.array([1.0, -2.0]))
    yield lambda x, z: xp.sum(xp.where(x > z, x * z, x / (2.0 + z * z)) * w)


PROGRAMS = list(programs())


@pytest.mark.parametrize("k", range(len(PROGRAMS)))
def test_gradients_are_those_of_a_sweep_that_never_writes_over(k, monkeypatch):
    f, (x, z) = PROGRAMS[k], RNG.normal(size=(2, N))
    reused = xp.grad(f, (0, 1))(x, z)
    monkeypatch.setattr(reusing, "_free", lambda _g, _x: False)
    apart = xp.grad(f, (0, 1))(x, z)
    assert all(np.array_equal(a, b) for a, b in zip(reused, apart, strict=True))


def test_what_the_caller_gives_is_never_written_over():
    x, z, cotangent = RNG.normal(size=(3, N))
    kept = cotangent.copy()
    _, pullback = xp.vjp(lambda x, z: x * z, x, z)
    first, second = pullback(cotangent), pullback(cotangent)
    assert np.array_equal(cotangent, kept)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert np.array_equal(pullback(np.ones(N))[0], z)  # a cotangent that nobody else holds
