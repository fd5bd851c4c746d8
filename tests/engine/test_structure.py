"""Zeros for good: a slope that is infinite or undefined stays out of what does not depend on it."""

import numpy as np
import pytest
from conftest import ball
from flint import arb

from diffcheck import engine as xp

X = np.array([1.0, 0.0, 4.0])
INF, NAN = np.inf, np.nan
W = np.array([1.0, 2.0, 3.0, 4.0])


def eager(transform):
    return transform


def compiled(transform):
    return lambda f: xp.compile(transform(f))


JACOBIANS = {"jacfwd": xp.jacfwd, "jacrev": xp.jacrev}
HESSIANS = {
    "hessian": xp.hessian,
    "reverse over reverse": lambda f: xp.jacrev(xp.grad(f)),
    "forward over forward": lambda f: xp.jacfwd(xp.jacfwd(f)),
    "reverse over forward": lambda f: xp.jacrev(xp.jacfwd(f)),
}
FUNCTIONS = {
    "sqrt": (xp.sqrt, np.diag([0.5, INF, 0.25])),
    "a matrix": (lambda x: xp.reshape(xp.sqrt(xp.stack([x, 1 + x])), (-1,))[::2],
                 np.array([[0.5, 0, 0], [0, 0, 0.25], [0, 0.5, 0]])),
    "moved": (lambda x: xp.roll(xp.concat([xp.sqrt(x)[:2], np.ones(1)]), 1)[1:],
              np.array([[0.5, 0, 0], [0, INF, 0]])),
    "undefined": (lambda x: x * xp.log(0.5 - x),
                  np.diag([NAN, np.log(0.5), NAN])),
    "broadcast": (lambda x: xp.sqrt(x[:, None] * np.array([1.0, 4.0]))[1],
                  np.array([[0, INF, 0], [0, INF, 0]])),
    "imaginary part": (lambda x: xp.imag(1j * xp.sqrt(x)), np.diag([0.5, INF, 0.25])),
    "sums of parts": (lambda x: xp.cumsum(xp.sqrt(x)),
                      np.array([[0.5, 0, 0], [0.5, INF, 0], [0.5, INF, 0.25]])),
    "two operands": (lambda x: xp.sqrt(x) * x[0], np.array([[1.5, 0, 0], [0, INF, 0],
                                                           [2, 0, 0.25]])),
}  # fmt: skip


@pytest.mark.parametrize("way", [eager, compiled])
@pytest.mark.parametrize("mode", JACOBIANS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_jacobians_have_0_where_nothing_depends(name, mode, way):
    f, wanted = FUNCTIONS[name]
    found = way(JACOBIANS[mode])(f)
    for _ in range(2):
        np.testing.assert_allclose(found(X), wanted, rtol=1e-15)


@pytest.mark.parametrize("way", [eager, compiled])
@pytest.mark.parametrize("mode", HESSIANS)
def test_so_have_hessians(mode, way):
    found = way(HESSIANS[mode])(lambda x: xp.sum(x**1.5) + x[0] * x[2])
    wanted = np.array([[0.75, 0, 1], [0, INF, 0], [1, 0, 0.375]])
    for _ in range(2):
        np.testing.assert_allclose(found(X), wanted, rtol=1e-15)


def test_a_program_recorded_elsewhere_finds_them_too():
    found = xp.compile(xp.hessian(lambda x: xp.sum(x**1.5)))
    for x, slope in ((4.0, 0.375), (4.0, 0.375), (0.0, INF)):
        np.testing.assert_allclose(found(np.array([1.0, x])), np.diag([0.75, slope]))


def test_a_direction_that_leaves_a_number_where_it_is():
    assert xp.jvp(lambda x: xp.sum(xp.sqrt(x)), (X,), (np.array([1.0, 0.0, 2.0]),))[1] == 1.0
    h = xp.hvp(lambda x: xp.sum(x**1.5), (X,), (np.array([1.0, 0.0, 2.0]),))[0]
    np.testing.assert_allclose(h, [0.75, 0.0, 0.75])


def test_a_tangent_that_happens_to_be_0_is_none_for_good():
    for f in (lambda x: xp.cbrt(x**3), lambda x: xp.sqrt(xp.sum(xp.stack([x * x, 0 * x])))):
        assert np.isnan(xp.jvp(f, (0.0,), (1.0,))[1])


def test_balls_see_the_same_zeros():
    x = np.array([ball(1)[()], ball(0)[()]], dtype=object)
    found = xp.jacfwd(xp.sqrt)(x)
    assert found[0, 1] == found[1, 0] == arb(0)
    assert found[0, 0] == arb(0.5)


TRANSFORMS = {
    "fft": lambda z: xp.real(xp.fft.fft(z)),
    "rfft": lambda z: xp.real(xp.fft.rfft(xp.concat([z, z[:2]])))[:4],
    "irfft": lambda z: xp.fft.irfft(z + 1j * z * z)[:4],
    "ifft": lambda z: xp.real(xp.fft.ifft(1j * z + z)),
}


@pytest.mark.parametrize("name", TRANSFORMS)
@pytest.mark.parametrize("way", [eager, compiled])
def test_masks_do_not_go_through_fourier_transforms(name, way):
    """The sum of some roots of unity is 0: a mask of ones would come out as nothing there."""
    chosen = np.array([True, False, True, False])

    def f(z, other):
        y = TRANSFORMS[name](xp.exp(z))
        return xp.sum(xp.where(chosen, xp.where(chosen, y, other(y)), 0) * W)

    z = np.array([0.1, 0.2, 0.3, 0.4])
    wanted = xp.grad(lambda z: f(z, lambda y: 0 * y))(z)
    assert np.all(wanted[1:] != 0)
    masked = lambda z: f(z, lambda y: xp.sqrt(xp.stop_gradient(y) - y))  # noqa: E731 - inf there
    np.testing.assert_allclose(way(xp.grad)(masked)(z), wanted, rtol=1e-12)
    np.testing.assert_allclose(way(xp.jacfwd)(masked)(z), wanted, rtol=1e-12)
