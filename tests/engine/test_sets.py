"""Distinct elements: NumPy's, and their cotangents go where they were taken from."""

import numpy as np
import pytest

from diffcheck import engine as xp
from diffcheck.engine.trees import leaves

X = np.array([[3.0, 1.0, 3.0], [2.0, 1.0, 5.0]])
Y = np.array([5.0, 2.0, 7.0])

# a function, NumPy's of the same, and where each of its distinct elements comes first in X
CALLS = {
    "unique_values": (lambda np, x: np.sort(np.unique_values(x)), [1, 3, 0, 5]),
    "unique_all": (lambda np, x: np.unique_all(x), [1, 3, 0, 5]),
    "unique_counts": (lambda np, x: np.unique_counts(x), [1, 3, 0, 5]),
    "unique_inverse": (lambda np, x: np.unique_inverse(x), [1, 3, 0, 5]),
    "unique": (lambda np, x: np.unique(x), [1, 3, 0, 5]),
    "unique of rows": (lambda np, x: np.unique(x, axis=0), [3, 4, 5, 0, 1, 2]),
    "unique with all": (
        lambda np, x: np.unique(x, return_index=True, return_inverse=True, return_counts=True),
        [1, 3, 0, 5],
    ),
    "unique with counts": (lambda np, x: np.unique(x, return_counts=True), [1, 3, 0, 5]),
    "union1d": (lambda np, x: np.union1d(x, Y), [1, 3, 0, 5]),
    "setdiff1d": (lambda np, x: np.setdiff1d(x, Y), [1, 0]),
    "setxor1d": (lambda np, x: np.setxor1d(x, Y), [1, 0]),
    "intersect1d": (lambda np, x: np.intersect1d(x, Y), [3, 5]),
}


@pytest.mark.parametrize("name", CALLS)
def test_values_are_numpys_and_cotangents_go_to_the_first(name):
    call, firsts = CALLS[name]
    found = []

    def program(x):
        found[:] = leaves(call(xp, x))
        return xp.sum(found[0])

    slope = xp.grad(program)(X)
    expected = leaves(call(np, X))
    assert len(found) == len(expected)
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_array_equal(xp.stop_gradient(getattr(a, "value", a)), b)
    assert slope.ravel().tolist() == [float(k in firsts) for k in range(6)]


def test_each_number_counts_with_its_weight():
    places = np.array([0, 2, 2, 1])

    def program(w):
        return xp.sum(xp.bincount(places, w, minlength=5) * np.arange(5.0) ** 2)

    weights = np.array([0.5, 1.0, 2.0, 4.0])
    value, slope = xp.value_and_grad(program)(weights)
    assert value == np.bincount(places, weights, 5) @ np.arange(5.0) ** 2
    assert slope.tolist() == [0, 4, 4, 1]
    assert xp.bincount(places).tolist() == [1, 1, 2]
    with pytest.raises(ValueError, match="weights of shape"):
        xp.grad(lambda w: xp.sum(xp.bincount(places, w)))(np.ones(3))


@pytest.mark.parametrize("places", [[0, -1, 2], [[0, 1, 2]]])
def test_what_is_no_place_is_not_counted(places):
    weights = np.ones(np.shape(places))
    for call in (xp.bincount, lambda *args: xp.vjp(lambda w: xp.bincount(args[0], w), args[1])):
        with pytest.raises(ValueError, match=r"negative|deep"):
            call(places, weights)
    with pytest.raises(ValueError, match="minlength"):
        xp.bincount([0, 1], np.ones(2), minlength=-1)
    assert xp.bincount(np.zeros(0, dtype=int), np.zeros(0), minlength=2).tolist() == [0, 0]


def test_weights_of_bins_have_derivatives():
    x, edges = np.array([0.0, 0.25, 1.0, 3.0, 3.5, -1.0]), [0.0, 0.5, 2.0, 3.0]
    weights = np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0])
    for density in (False, True):
        (sums, found), pullback = xp.vjp(
            lambda w, d=density: xp.histogram(x, edges, weights=w, density=d), weights
        )
        expected, _ = np.histogram(x, edges, weights=weights, density=density)
        np.testing.assert_allclose(sums, expected, rtol=1e-15)
        assert found.tolist() == edges
    assert pullback((np.zeros(3), found))[0].tolist() == [0] * 6
    slope = xp.grad(lambda w: xp.sum(xp.histogram(x, edges, weights=w)[0][1:]))(weights)
    assert slope.tolist() == [0, 0, 1, 1, 0, 0]
    counts, _ = xp.vjp(lambda x: xp.histogram(x, bins=3)[0], x)
    assert counts.tolist() == np.histogram(x, bins=3)[0].tolist()
