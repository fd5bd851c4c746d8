"""Logarithms of weighted sums of exponentials: SciPy's, and their slopes."""

import numpy as np
import pytest
import scipy.special

from diffcheck import engine as xp

X = np.array([[0.5, -800.0, 2.0], [900.0, 899.0, 897.5]])
B = np.array([1.0, 0.0, 0.5])
CALLS = {
    "weights": lambda s, x, b: s.logsumexp(x, axis=1, b=b),
    "of all": lambda s, x, b: s.logsumexp(x, None, b),
    "kept axes": lambda s, x, b: s.logsumexp(x, axis=(0, 1), b=b, keepdims=True),
    "a number": lambda s, x, b: s.logsumexp(x, axis=0, b=b[2]),
    "negative": lambda s, x, b: s.logsumexp(x, axis=1, b=-b),
    "a sign": lambda s, x, b: s.logsumexp(x, axis=1, b=b * np.array([1, 1, -9]), return_sign=True),
    "a sign without weights": lambda s, x, b: s.logsumexp(x, axis=1, return_sign=True),
}


@pytest.mark.parametrize("name", CALLS)
def test_values_are_scipys(name):
    y, _ = xp.vjp(lambda x: CALLS[name](xp, x, B), X)
    expected = CALLS[name](scipy.special, X, B)
    for a, b in zip(np.atleast_1d(y), np.atleast_1d(expected), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-15)


def test_slopes_are_the_shares_of_the_terms():
    def program(x, b):
        y, sign = xp.logsumexp(x, axis=1, b=b, return_sign=True)
        return xp.sum(y * xp.stop_gradient(sign))

    b = np.array([1.0, -0.25, 0.5])
    slopes = xp.grad(program, (0, 1))(X, b)
    shifted = np.exp(X - X.max(1, keepdims=True))
    total = np.sum(b * shifted, 1, keepdims=True)
    np.testing.assert_allclose(slopes[0], b * shifted / total, rtol=1e-13, atol=1e-300)
    np.testing.assert_allclose(slopes[1], np.sum(shifted / total, 0), rtol=1e-13)


def test_a_term_of_weight_0_takes_no_part():
    x = np.array([np.inf, 1.0, np.nan])
    y, slope = xp.value_and_grad(lambda x: xp.logsumexp(x, b=np.array([0.0, 2.0, 0.0])))(x)
    assert y == pytest.approx(1 + np.log(2.0), rel=1e-15)
    assert slope.tolist() == [0, 1, 0]


def test_the_sum_of_no_terms_is_0():
    y, pullback = xp.vjp(lambda x: xp.logsumexp(x, axis=1, b=0 * B), X)
    assert y.tolist() == [-np.inf, -np.inf]
    assert pullback(np.ones(2))[0].tolist() == np.zeros_like(X).tolist()


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_a_sum_of_a_few_stays_in_its_dtype(dtype):
    for numbers in ([1, 2], [5, 1, 1], [1, 1], [-np.inf, 0]):
        x = np.array(numbers, dtype=dtype)
        y, slope = xp.value_and_grad(xp.logsumexp)(x)
        assert (y.dtype, slope.dtype) == (dtype, dtype)
        assert xp.logsumexp(x, b=np.ones(len(x), dtype)).dtype == dtype


def test_a_weight_of_0_has_the_slope_of_its_exponential():
    x, b = np.array([1.0, 2.0]), np.array([0.0, 1.0])
    np.testing.assert_allclose(
        xp.grad(lambda b: xp.logsumexp(x, b=b))(b), [np.exp(-1.0), 1.0], rtol=1e-15
    )
    np.testing.assert_array_equal(xp.grad(lambda x: xp.logsumexp(x, b=b))(x), [0.0, 1.0])
    far = np.array([2000.0, 2.0])
    np.testing.assert_array_equal(xp.grad(lambda x: xp.logsumexp(x, b=b))(far), [0.0, 1.0])
