"""Containers as vectors, and back."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from diffcheck import engine as xp
from diffcheck.engine.trees import leaves

ARRAYS = st.one_of(
    st.floats(-4, 4),
    st.lists(st.floats(-4, 4), max_size=3).map(np.array),
    st.just(np.arange(6.0).reshape(2, 3)),
)
TREES = st.recursive(
    ARRAYS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    ),
    max_leaves=8,
)


@given(TREES)
def test_the_way_back_leads_back(tree):
    vector, unflatten = xp.flatten(tree)
    assert vector.shape == (sum(np.size(x) for x in leaves(tree)),)
    again = unflatten(vector)
    assert type(again) is type(tree) or not isinstance(tree, (list, tuple, dict))
    np.testing.assert_array_equal(xp.flatten(again)[0], vector)
    assert [np.shape(x) for x in leaves(again)] == [
        np.shape(x) for x in leaves(unflatten(0 * vector))
    ]


def test_dicts_stand_in_the_order_of_their_keys():
    vector, unflatten = xp.flatten([{"b": 1.0, "a": np.array([2.0, 3.0])}, (4.0,)])
    assert vector.tolist() == [2, 3, 1, 4]
    assert unflatten(-vector)[0]["a"].tolist() == [-2, -3]


def test_it_is_differentiable_both_ways():
    tree = {"w": np.array([[1.0, 2.0]]), "b": 3.0}
    slope = xp.grad(lambda p: xp.sum(xp.flatten(p)[0] ** 2))(tree)
    assert slope["w"].tolist() == [[2, 4]]
    assert slope["b"] == 6
    f, unflatten, start = xp.flatten_func(lambda p, k: k * p["b"] * xp.sum(p["w"]), tree)
    assert f(start, 2.0) == 18
    assert xp.grad(f)(start, 2.0).tolist() == [6, 6, 6]
    assert xp.hessian(f)(start, 1.0).tolist() == [[0, 1, 1], [1, 0, 0], [1, 0, 0]]
    assert unflatten(start)["b"] == 3
