"""Sylvester's equation, square roots of matrices, banded systems, tensors as maps."""

import numpy as np
import pytest
import scipy.linalg

from diffcheck import engine as xp
from diffcheck.engine import linalg

A = np.array([[4.0, 1.0, 0.5], [0.0, 3.0, 0.5], [0.25, 0.0, 2.0]])
B = np.array([[1.0, 0.5], [0.0, 2.0]])
Q = np.arange(6.0).reshape(3, 2) - 2.5
BANDS = np.array([[0.0, 1.0, 0.5, -1.0], [4.0, 3.0, 5.0, 2.5], [1.0, -0.5, 0.25, 0.0]])
TENSOR = np.random.default_rng(3).normal(size=(2, 3, 3, 2))

FUNCTIONS = {
    "solve_sylvester, a": (lambda a: linalg.solve_sylvester(a, B, Q), A),
    "solve_sylvester, b": (lambda b: linalg.solve_sylvester(A, b, Q), B),
    "solve_sylvester, q": (lambda q: linalg.solve_sylvester(A, B, q), Q),
    "sqrtm": (linalg.sqrtm, A),
    "sqrtm, stack": (linalg.sqrtm, np.stack([A, A.T + np.eye(3)])),
    "solve_banded, bands": (lambda ab: linalg.solve_banded((1, 1), ab, BANDS[2]), BANDS),
    "solve_banded, right": (lambda b: linalg.solve_banded((1, 1), BANDS, b), BANDS[1]),
    "tensorinv": (linalg.tensorinv, TENSOR),
    "tensorsolve": (lambda a: linalg.tensorsolve(a, Q[:2] @ np.ones((2, 3))), TENSOR),
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_derivatives_follow_the_balls(name):
    f, x = FUNCTIONS[name]

    def total(x):
        y = f(x)
        return xp.sum(y * y * np.cos(np.arange(np.prod(y.shape))).reshape(y.shape))

    truth = xp.grad(total)(xp.ball_array(x))
    near = np.vectorize(lambda b: float(b.mid()), otypes=[float])(truth)
    gradient = xp.grad(total)(x)
    np.testing.assert_allclose(gradient, near, rtol=1e-11, atol=1e-11)
    direction = np.sin(1 + np.arange(x.size)).reshape(x.shape)
    _, slope = xp.jvp(total, (x,), (direction,))
    assert slope == pytest.approx(np.sum(near * direction), rel=1e-11)
    steps = [total(x + k * 2.0**-13 * direction) for k in (-2, -1, 1, 2)]
    differences = (steps[0] - 8 * steps[1] + 8 * steps[2] - steps[3]) / (12 * 2.0**-13)
    assert slope == pytest.approx(differences, rel=1e-7)
    curvature = xp.hvp(total, (x,), (direction,))[0]
    exact = xp.hvp(total, (xp.ball_array(x),), (xp.ball_array(direction),))[0]
    near = np.vectorize(lambda b: float(b.mid()), otypes=[float])(exact)
    np.testing.assert_allclose(curvature, near, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("ours", "theirs", "args"),
    [
        (linalg.solve_sylvester, scipy.linalg.solve_sylvester, (A, B, Q)),
        (linalg.sqrtm, scipy.linalg.sqrtm, (A,)),
        (linalg.solve_banded, scipy.linalg.solve_banded, ((1, 1), BANDS, BANDS[1])),
        (linalg.tensorinv, np.linalg.tensorinv, (TENSOR,)),
        (linalg.tensorsolve, np.linalg.tensorsolve, (TENSOR, np.ones((2, 3)))),
    ],
)
def test_values_are_scipys(ours, theirs, args):
    np.testing.assert_allclose(ours(*args), theirs(*args), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_keeps_the_dtype(dtype):
    x = A.astype(dtype)
    for f in (linalg.sqrtm, lambda x: linalg.solve_sylvester(x, x, x)):
        value, slope = xp.value_and_grad(lambda x, f=f: xp.sum(f(x)))(x)
        assert value.dtype == slope.dtype == dtype


def test_a_root_that_is_complex():
    root = linalg.sqrtm(np.diag([4.0, -1.0]))
    np.testing.assert_allclose(root, np.diag([2, 1j]), atol=1e-15)


def test_a_triangle_may_have_ones_on_its_diagonal():
    a, b = np.array([[5.0, 2.0], [0.5, 7.0]]), np.array([1.0, 3.0])

    def solved(a, lower):
        return xp.linalg.solve_triangular(a, b, lower=lower, unit_diagonal=True)

    assert solved(a, True).tolist() == [1.0, 2.5]
    assert solved(a, False).tolist() == [-5.0, 3.0]
    assert xp.grad(lambda a: xp.sum(solved(a, True)))(a).tolist() == [[0, 0], [-1, 0]]


@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("trans", [0, 1, 2, "N", "T", "C"])
def test_a_triangle_is_transposed_as_scipys(trans, lower):
    import scipy.linalg

    real = np.array([[5.0, 2.0], [0.5, 7.0]])
    for a in (real, real + 1j * real[::-1]):
        arguments = {"b": np.ones(2), "lower": lower, "trans": trans}
        y, _ = xp.vjp(lambda a, k=arguments: xp.linalg.solve_triangular(a, **k), a)
        expected = scipy.linalg.solve_triangular(a, **arguments)
        np.testing.assert_allclose(y, expected, rtol=1e-14)
        assert y.dtype == a.dtype


def test_a_triangle_is_transposed_in_no_other_way():
    with pytest.raises(ValueError, match="no trans 'H'"):
        xp.linalg.solve_triangular(np.eye(2), np.ones(2), trans="H")
