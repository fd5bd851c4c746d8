"""NumPy's functions called with tensors: a program in plain NumPy is differentiated as it is."""

import numpy as np
import pytest
import scipy.special

from diffcheck import engine as xp

X = np.array([[0.3, 0.4], [0.5, 0.9]])
W = np.array([[1.0, -2.0], [0.5, 3.0]])
PROGRAMS = {
    "ufuncs": lambda np, x: np.sum(np.tanh(np.exp(x) * np.sin(x)) + np.arctan2(x, 2.0)),
    "an array on the left": lambda np, x: np.sum(W * x + np.float64(2) * x - W @ x),
    "reductions": lambda np, x: np.mean(x, axis=0).sum() + np.prod(x) + np.max(x, axis=1)[0],
    "shapes": lambda np, x: np.sum(np.concatenate([x, x.T]).reshape(-1)[::2] * np.arange(4)),
    "choices": lambda np, x: np.sum(np.where(x > 0.45, x, x**3)) + np.sum(np.clip(x, 0.35, 0.8)),
    "einsum": lambda np, x: np.einsum("ij,ij->", x, np.einsum("ij,jk->ik", W, x)),
    "linalg": lambda np, x: np.linalg.norm(x) + np.linalg.det(x) + np.sum(np.linalg.inv(x)),
    "fft": lambda np, x: np.sum(np.abs(np.fft.fft(x[0])) ** 2),
    "stacks": lambda np, x: np.sum(np.stack([x[0], x[1]], axis=1) @ W) + np.sum(np.outer(x, x)),
}


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("transform", [xp.grad, xp.jacfwd, xp.hessian])
def test_a_program_in_numpy_has_the_derivatives_of_the_engines(name, transform):
    f = PROGRAMS[name]
    plain, ours = transform(lambda x: f(np, x))(X), transform(lambda x: f(xp, x))(X)
    np.testing.assert_allclose(plain, ours, rtol=1e-14, atol=1e-14)


def test_ufuncs_of_scipy_are_the_ops_of_their_names():
    for name in ("expit", "erf", "gammaln", "xlogy", "j0"):
        args = (X, X) if name == "xlogy" else (X,)
        theirs = xp.grad(lambda *a, name=name: xp.sum(getattr(scipy.special, name)(*a)))(*args)
        ours = xp.grad(lambda *a, name=name: xp.sum(getattr(xp, name)(*a)))(*args)
        assert np.array_equal(theirs, ours)


def test_an_array_may_be_added_to_and_become_a_tensor():
    def f(x):
        total = np.zeros((2, 2))
        total += x
        total *= x
        return total.sum()

    assert np.array_equal(xp.grad(f)(X), 2 * X)


def written(x):
    np.add(W, x, out=np.zeros((2, 2)))
    return xp.sum(x)


def written_over(x):
    total = np.zeros((2, 2))
    np.add(total, x, out=total)
    return total.sum()


REFUSED = {
    "out": written,
    "out, in place": written_over,
    "where": lambda x: np.add(x, 1.0, where=X > 0.4).sum(),
    "reduce": np.add.reduce,
    "no op": lambda x: np.fill_diagonal(x, 0.0),
    "copyto": lambda x: np.copyto(np.zeros((2, 2)), x),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_engine_has_not_is_refused_with_the_line(name):
    with pytest.raises(xp.OperationError, match=r"np\..*test_numpy_calls.*Likely cause.*Next"):
        xp.grad(REFUSED[name])(X)


def test_nothing_can_be_written_into_a_tensor():
    def f(x):
        x[0] = 1.0
        return xp.sum(x)

    with pytest.raises(TypeError, match=r"make a new one, with engine\.where"):
        xp.grad(f)(X)


def test_an_element_of_an_array_cannot_become_a_tensor():
    def f(x):
        total = np.zeros(2)
        total[0] = x[0, 0]
        return total.sum()

    with pytest.raises(ValueError, match="with a sequence") as raised:  # NumPy's words for it
        xp.grad(f)(X)
    assert "cut it off" in str(raised.value.__cause__)
