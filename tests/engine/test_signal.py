"""Convolutions along several axes: SciPy's where all axes are convolved, sums written out else."""

import importlib.util

import numpy as np
import pytest
import scipy.signal
from test_numpy_names import assert_numpys

from diffcheck import engine as xp
from diffcheck.engine.signal import convolve

IMAGES = np.sin(np.arange(2 * 3 * 5 * 6.0)).reshape(2, 3, 5, 6)
KERNELS = np.cos(np.arange(3 * 4 * 3 * 2.0)).reshape(3, 4, 3, 2)
PLANES = {"axes": ([2, 3], [2, -1]), "dot_axes": ([1], [0])}
MODES = ["full", "valid", "same"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("shapes", [((7,), (3,)), ((3,), (7,)), ((4, 5), (4, 2)), ((2, 3), (5, 4))])
def test_of_all_axes_it_is_scipys(mode, shapes):
    a, b = (np.sin(1 + np.arange(np.prod(shape))).reshape(shape) for shape in shapes)
    expected = scipy.signal.convolve(a, b, mode=mode, method="direct")
    np.testing.assert_allclose(convolve(a, b, mode=mode), expected, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("mode", MODES)
def test_other_axes_are_summed_over_or_stay(mode):
    found = convolve(IMAGES, KERNELS, mode=mode, **PLANES)
    expected = [
        [
            sum(
                scipy.signal.convolve(image[c], KERNELS[c, k], mode=mode, method="direct")
                for c in range(3)
            )
            for k in range(4)
        ]
        for image in IMAGES
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.skipif(not importlib.util.find_spec("autograd"), reason="autograd is not installed")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("options", [PLANES, {"axes": ([2], [3])}, {"axes": ([3, 2], [3, 2])}])
def test_it_is_autograds(mode, options):
    from autograd.scipy.signal import convolve as theirs

    a, b = IMAGES[:, :2, :, :3], KERNELS[:2, :2]
    expected = theirs(a, b, mode=mode, **options)
    np.testing.assert_allclose(convolve(a, b, mode=mode, **options), expected, atol=1e-13)


@pytest.mark.parametrize("mode", MODES)
def test_slopes_are_those_of_its_values(mode):
    assert_numpys(lambda _np, x: convolve(x, KERNELS, mode=mode, **PLANES), IMAGES[:, :, :3, :3])
    assert_numpys(lambda _np, k: convolve(IMAGES, k, mode=mode, **PLANES), KERNELS[:, :1])


def test_second_derivatives():
    def energy(k):
        return xp.sum(convolve(xp.tanh(k), k, mode="same") ** 2)

    k = np.array([0.5, -0.25, 1.0])
    hessian = xp.hessian(energy)(k)
    np.testing.assert_allclose(hessian, hessian.T, rtol=1e-12)
    np.testing.assert_allclose(hessian, xp.jacfwd(xp.grad(energy))(k), rtol=1e-12)


def test_what_cannot_be_convolved():
    with pytest.raises(ValueError, match="mode"):
        convolve(IMAGES, KERNELS, mode="circular")
    with pytest.raises(ValueError, match="lies within"):
        convolve(np.ones((2, 3)), np.ones((3, 2)), mode="valid")
    with pytest.raises(IndexError):
        convolve(np.ones(3), np.ones(3), axes=([1], [0]))
