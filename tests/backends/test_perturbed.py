"""x + iε behaves as the real x does, and carries the derivative along."""

import numpy as np
import pytest

from diffcheck.backends.base import MissingFunctionError
from diffcheck.backends.perturbed import AnalyticNamespace, Perturbed, perturbed

H = 1e-100


def slope(f, *x):
    """Return the derivative of f's sum along (1, …, 1)."""
    array = np.array(x)
    return np.sum(np.imag(f(perturbed(array, np.full(array.shape, H))))) / H


@pytest.mark.parametrize(
    ("f", "x", "expected"),
    [
        (np.abs, (-1.5, 2.0), 0.0),
        (abs, (-1.5,), -1.0),
        (lambda x: np.maximum(x, 1.0), (0.5, 2.0), 1.0),
        (lambda x: np.minimum(x, 1.0), (0.5, 2.0), 1.0),
        (lambda x: np.fmax(1.0, x) + np.fmin(1.0, x), (0.5,), 1.0),
        (lambda x: np.where(x > 1, 3 * x, x), (0.5, 2.0), 4.0),
        (lambda x: np.where(x <= 1, 3 * x, x), (0.5, 2.0), 4.0),
        (np.floor, (0.5,), 0.0),
        (np.sign, (0.5,), 0.0),
        (lambda x: x[0] * abs(x[1]), (2.0, -3.0), 3.0 - 2.0),
        (lambda x: np.sum(np.stack([x, -x * x])), (2.0,), 1.0 - 4.0),
        (lambda x: abs(np.sum(x)) * x.mean(), (-1.0, -3.0), 2.0 * 2 + 4.0),
    ],
)
def test_what_goes_by_the_real_part(f, x, expected):
    assert slope(f, *x) == pytest.approx(expected, abs=1e-15)


def test_it_stays_what_it_is():
    x = perturbed(np.array([[1.0, 2.0]]), np.ones((1, 2)))
    for y in (x + 1, np.exp(x), x[0], x[0, 0], np.sum(x), x.T, np.concatenate([x, x]), x.sum()):
        assert isinstance(y, Perturbed)
    assert perturbed(np.ones(1, np.float32), np.ones(1, np.float32)).dtype == np.complex64


def test_it_may_be_added_to_in_place():
    x = perturbed(np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    x += 1
    np.testing.assert_array_equal(np.asarray(x), [2 + 1j, 3])


def test_what_conjugates_is_refused():
    x = perturbed(np.array([1.0]), np.array([1.0]))
    with pytest.raises(TypeError, match="it is not analytic"):
        np.conj(x)
    with pytest.raises(MissingFunctionError, match="no norm: it is not analytic"):
        AnalyticNamespace(np).linalg.norm(x)
    assert AnalyticNamespace(np).linalg.det is np.linalg.det
