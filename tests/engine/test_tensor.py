"""Tensors look like arrays to the program that is being differentiated."""

import copy

import numpy as np
import pytest

from diffcheck import engine as xp

X = np.array([[0.5, -1.0, 2.0], [3.0, 0.25, -0.75]])

METHODS = {
    "ravel": lambda x: x.ravel() * 2,
    "flatten": lambda x: x.flatten() * 2,
    "reshape": lambda x: x.reshape(3, 2) * 2,
    "reshape of a tuple": lambda x: x.reshape((3, -1)) * 2,
    "transpose": lambda x: x.transpose(1, 0) * 2,
    "T": lambda x: x.T * 2,
    "mT": lambda x: x.mT * 2,
    "copy": lambda x: x.copy() * 2,
    "swapaxes": lambda x: x.swapaxes(0, 1) * 2,
    "squeeze": lambda x: x.reshape(1, 2, 3).squeeze() * 2,
    "sum": lambda x: 2 * x.sum(0),
    "mean": lambda x: x.mean(1) * 6,
    "clip": lambda x: x.clip(-10, 10) * 2,
    "cumsum": lambda x: x.ravel().cumsum()[-1:] * 2,
    "to_device": lambda x: x.to_device("cpu") * 2,
}


def test_the_builtin_divmod_is_that_of_arrays():
    def f(x):
        quotient, rest = divmod(x, 0.4)
        below, left = divmod(3.7, x)
        return xp.sum(rest * x + left + 0 * (quotient + below))

    rest, times = np.divmod(X, 0.4)[1], np.divmod(3.7, X)[0]
    assert np.allclose(xp.grad(f)(X), X + rest - times)


def test_a_number_is_not_taken_out_of_a_tensor():
    for take in (float, lambda x: x.item()):
        with pytest.raises(TypeError, match="cut it off from its derivative"):
            xp.grad(lambda x, take=take: take(x))(2.0)


@pytest.mark.parametrize("name", METHODS)
def test_methods_of_arrays_have_their_derivative(name):
    gradient = xp.grad(lambda x: xp.sum(METHODS[name](x)))(X)
    assert np.array_equal(gradient, np.full((2, 3), 2.0))
    plain = METHODS[name](X) if name != "to_device" else 2 * X
    assert np.array_equal(xp.value(METHODS[name])(X), plain)


def test_what_numpy_cannot_do_with_a_tensor_is_told():
    with pytest.raises(TypeError, match=r"from\s+diffcheck.engine"):
        xp.grad(lambda x: np.asarray(x).sum())(X)
    with pytest.raises(TypeError, match="stop_gradient"):
        xp.grad(lambda x: x * float(x))(2.0)
    with pytest.raises(AttributeError, match="no attribute 'no_such_thing'"):
        xp.grad(lambda x: x.no_such_thing)(X)


def test_a_tensor_knows_its_namespace_and_device():
    seen = []

    def f(x):
        seen.extend((x.__array_namespace__(), x.device, x.shape, x.ndim, x.size, x.dtype))
        return x.sum()

    xp.grad(f)(X)
    assert seen == [xp, "cpu", (2, 3), 2, 6, np.float64]


def test_another_device_is_refused():
    with pytest.raises(ValueError, match="'cuda'"):
        xp.grad(lambda x: x.to_device("cuda").sum())(X)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copied_tensor_keeps_its_derivative(copied):
    assert xp.grad(lambda x: copied(x) * 2)(1.0) == 2.0
    assert xp.grad(lambda p: copied({"x": [p]})["x"][0] ** 2)(3.0) == 6.0
    assert xp.jacfwd(lambda x: copied(x) * x)(np.array([3.0]))[0, 0] == 6.0
    assert xp.hessian(lambda x: copied(x) ** 3)(2.0) == 12.0
    replayed = xp.compile(xp.grad(lambda x: copied(x) ** 2))
    assert [replayed(1.0), replayed(3.0)] == [2.0, 6.0]
