"""Broadcasting and indexing undone: the cotangent of each operand, against sums written out."""

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from diffcheck import engine as xp
from diffcheck.engine.broadcasting import unbroadcast

shapes = hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3)


def integers(shape, seed):
    return np.random.default_rng(seed).integers(-8, 9, size=shape).astype(float)


@given(shapes)
@settings(max_examples=60, deadline=None)
def test_unbroadcast_is_the_transpose_of_broadcast(pair):
    (small, _), full = pair.input_shapes, pair.result_shape
    x, g = integers(small, 1), integers(full, 2)
    assert np.sum(np.broadcast_to(x, full) * g) == np.sum(x * unbroadcast(g, small))


@given(shapes)
@settings(max_examples=60, deadline=None)
def test_gradient_of_a_broadcast_product(pair):
    a, b = (integers(shape, k) for k, shape in enumerate(pair.input_shapes))
    w = integers(pair.result_shape, 3)
    for_a, for_b = xp.grad(lambda a, b: xp.sum(w * (a * b)), (0, 1))(a, b)
    assert for_a.shape == a.shape
    assert for_b.shape == b.shape
    for g, x in ((for_a, a), (for_b, b)):
        assert np.sum(g * x) == np.sum(w * a * b)  # Euler: the product is linear in each


@given(shapes, st.sets(st.integers(0, 2)), st.booleans())
@example(hnp.BroadcastableShapes(((1, 1), (3, 4)), (3, 4)), {0, 1}, False)
@example(hnp.BroadcastableShapes(((1, 4), (3, 4)), (3, 4)), {0}, True)
@example(hnp.BroadcastableShapes(((), (3,)), (3,)), {0}, False)
@settings(max_examples=60, deadline=None)
def test_gradient_of_a_broadcast_operand_whose_result_is_summed(pair, axes, keepdims):
    """What comes back from a sum stands for its broadcast, and may have the operand's own shape."""
    a, b = (integers(shape, k) for k, shape in enumerate(pair.input_shapes))
    axes = tuple(axis for axis in axes if axis < len(pair.result_shape))
    reduced = np.sum(np.zeros(pair.result_shape), axes, keepdims=True)
    w = integers(reduced.shape, 3)

    def f(a, b):
        total = xp.sum(a - b, axes, keepdims=keepdims)
        return xp.sum(w.reshape(total.shape) * total)

    expected = unbroadcast(np.broadcast_to(w, pair.result_shape), a.shape)
    gradient = xp.grad(f)
    replayed = xp.compile(gradient)
    for found in (gradient(a, b), replayed(a, b), replayed(a, b)):
        np.testing.assert_array_equal(found, expected)
    along = xp.jvp(xp.grad(lambda a: 0.5 * f(a * a, b)), (a,), (np.ones(a.shape)[()],))[1]
    np.testing.assert_array_equal(along, expected)


@given(hnp.array_shapes(max_dims=3, max_side=4).flatmap(
    lambda shape: st.tuples(st.just(shape), hnp.basic_indices(shape, allow_newaxis=True))
))  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_gradient_of_a_basic_index(case):
    shape, index = case
    x = integers(shape, 4)
    w = integers(np.shape(x[index]), 5)
    expected = np.zeros(shape)
    expected[index] = w
    np.testing.assert_array_equal(xp.grad(lambda x: xp.sum(x[index] * w))(x), expected)


@given(hnp.array_shapes(max_dims=3, max_side=4).flatmap(
    lambda shape: st.tuples(st.just(shape), hnp.integer_array_indices(shape))
))  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_gradient_of_an_integer_array_index_adds_up_repeats(case):
    shape, index = case
    x = integers(shape, 6)
    w = integers(np.shape(x[index]), 7)
    expected = np.zeros(shape)
    np.add.at(expected, index, w)
    np.testing.assert_array_equal(xp.grad(lambda x: xp.sum(x[index] * w))(x), expected)
