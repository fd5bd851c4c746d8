"""Factorisations, norms, transforms: derivatives of order 1 and 2 in both modes, against balls."""

import numpy as np
import pytest

from diffcheck import engine as xp
from diffcheck.balls import precision

RNG = np.random.default_rng(7)
W = RNG.normal(size=(4, 4))
INF = float("inf")
ULP = 2.0**-52


def total(*parts):
    return sum((xp.sum(part * W[: part.shape[-2], : part.shape[-1]]) for part in parts[1:]), start=(
        xp.sum(parts[0] * W[: parts[0].shape[-2], : parts[0].shape[-1]])
    ))  # fmt: skip


def factors(x):
    u, s, vh = xp.linalg.svd(x, full_matrices=False)
    return total(u, vh) + xp.sum(s * W[0, : s.shape[0]])


def power(spectrum, p=3):
    return xp.sum(xp.abs(spectrum) ** p)


FUNCTIONS = {
    "qr tall": (lambda x: total(*xp.linalg.qr(x)), (4, 3)),
    "qr wide": (lambda x: total(*xp.linalg.qr(x)), (3, 4)),
    "svd tall": (factors, (4, 3)),
    "svd wide": (factors, (3, 4)),
    "svdvals": (lambda x: xp.sum(xp.linalg.svdvals(x) ** 3), (3, 3)),
    "pinv tall": (lambda x: total(xp.linalg.pinv(x)), (4, 3)),
    "pinv wide": (lambda x: total(xp.linalg.pinv(x)), (3, 4)),
    "eigvals": (lambda x: xp.sum(xp.abs(xp.linalg.eigvals(x)) ** 2 * W[0, :3]), (3, 3)),
    "eig": (lambda x: xp.sum(xp.real(xp.linalg.eig(x).eigenvalues ** 3)), (3, 3)),
    "lstsq": (lambda x: xp.sum(xp.linalg.lstsq(x, W[:, 0]).x ** 2), (4, 2)),
    "triangular": (
        lambda x: xp.sum(xp.linalg.solve_triangular(x, W[:3, :2], lower=True) ** 2),
        (3, 3),
    ),
    "cond": (xp.linalg.cond, (3, 3)),
    "cross": (lambda x: xp.sum(xp.linalg.cross(x, x[::-1] ** 2) * W[:2, :3]), (2, 3)),
    "multi_dot": (lambda x: total(xp.linalg.multi_dot([x, x.T, x])), (2, 3)),
    **{f"matrix_norm {o}": (lambda x, o=o: xp.linalg.matrix_norm(x, ord=o) ** 2, (4, 3))
       for o in ("fro", "nuc", 1, 2, INF, -1, -2, -INF)},
    **{f"vector_norm {o}": (lambda x, o=o: xp.linalg.vector_norm(x, ord=o) ** 2, (5,))
       for o in (0.5, 1, 2, 3, INF, -1, -INF)},
    "fft": (lambda x: power(xp.fft.fft(x)), (5,)),
    "fft longer": (lambda x: xp.sum(xp.real(xp.fft.fft(x, n=8) * W.ravel()[:8]) ** 3), (5,)),
    "ifft shorter": (
        lambda x: xp.sum(xp.imag(xp.fft.ifft(x, n=3, norm="ortho") * (1 + 2j)) ** 3), (5,)
    ),
    "rfft": (lambda x: power(xp.fft.rfft(x)), (6,)),
    "rfft odd": (lambda x: power(xp.fft.rfft(x, n=7, norm="forward")), (6,)),
    "irfft": (lambda x: xp.sum(xp.fft.irfft(xp.fft.rfft(x) * np.arange(1, 5)) ** 3), (6,)),
    "irfft odd": (lambda x: xp.sum(xp.fft.irfft(xp.fft.rfft(x), n=5) ** 3), (6,)),
    "hfft": (lambda x: xp.sum(xp.fft.hfft(xp.fft.ihfft(x) * 3) ** 3), (6,)),
    "fftn": (lambda x: power(xp.fft.fftn(x)), (3, 4)),
    "rfftn": (lambda x: power(xp.fft.rfftn(x)), (3, 4)),
    "irfftn": (lambda x: xp.sum(xp.fft.irfftn(xp.fft.rfftn(x) * 2) ** 3), (3, 4)),
    "fftshift": (lambda x: xp.sum(xp.fft.ifftshift(xp.fft.fftshift(x) ** 3) * W[:3]), (3, 4)),
    "angle": (lambda x: xp.sum(xp.angle(xp.fft.fft(x))[1:3] ** 2), (6,)),
}  # fmt: skip
MODES = {
    "reverse": xp.grad,
    "forward": lambda f: lambda x: xp.jvp(f, (x,), (xp.ones_like(x),))[1],
    "reverse twice": lambda f: xp.grad(lambda x: xp.sum(xp.grad(f)(x))),
    "forward over reverse": lambda f: lambda x: xp.jvp(xp.grad(f), (x,), (xp.ones_like(x),))[1],
}


def relative_error(found, balls):
    truth = np.array([float(b.mid()) for b in np.asarray(balls, dtype=object).ravel()])
    return np.max(np.abs(np.ravel(found) - truth)) / max(np.max(np.abs(truth)), 1e-3)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_derivatives_agree_with_those_in_balls(name, mode):
    f, shape = FUNCTIONS[name]
    x = np.random.default_rng(5).normal(size=shape)
    derivative = MODES[mode](f)
    with precision(200):
        balls = derivative(xp.ball_array(x))
    # First-order bound: dimension times condition; the matrices here have conditions below 100.
    assert relative_error(derivative(x), balls) < 4 * 100 * ULP
    assert all(float(b.rad()) < 1e-30 for b in np.asarray(balls, dtype=object).ravel())


@pytest.mark.parametrize("n", [2, 3])
def test_repeated_singular_values_leave_symmetric_functions_differentiable(n):
    gradient = xp.grad(lambda x: xp.sum(xp.linalg.svdvals(x) ** 2))(np.eye(n))
    assert np.allclose(gradient, 2 * np.eye(n), rtol=0, atol=4 * ULP)

    def rebuilt(x):
        u, s, vh = xp.linalg.svd(x, full_matrices=False)
        return xp.sum((u * s) @ vh * W[:n, :n])

    assert np.all(np.isfinite(xp.grad(rebuilt)(np.eye(n))))


def test_what_completes_a_factor_is_refused():
    with pytest.raises(NotImplementedError, match="complete"):
        xp.grad(lambda x: xp.sum(xp.linalg.qr(x, mode="complete").Q))(W[:, :2])
    with pytest.raises(NotImplementedError, match="full_matrices"):
        xp.grad(lambda x: xp.sum(xp.linalg.svd(x).U))(W[:, :2])
    with pytest.raises(ValueError, match="expected 'fro'"):
        xp.grad(lambda x: xp.linalg.matrix_norm(x, ord=7))(W)
    with pytest.raises(ValueError, match="'fro' is a norm of matrices, and there is one axis"):
        xp.grad(lambda x: xp.linalg.norm(x, "fro"))(W[0])


def test_a_complex_gradient_follows_the_convention_of_jax():
    z = np.array([1 + 2j, -0.5 + 0.25j])
    gradient = xp.grad(lambda z: xp.sum(xp.abs(z) ** 2))(z)
    assert np.allclose(gradient, 2 * z.conj(), rtol=4 * ULP)
    assert xp.grad(lambda z: xp.real(z * z))(3 + 4j) == 2 * (3 + 4j)


def test_the_logarithm_of_a_singular_determinant_has_no_slope_and_raises_nothing():
    singular = np.array([[0.5, 0.25], [1.0, 0.5]])

    def signed(x):
        return xp.linalg.slogdet(x)[0] * x[0, 0]

    assert xp.jvp(signed, (singular,), (np.ones((2, 2)),))[1] == 0
    slopes = xp.grad(lambda x: xp.sum(xp.linalg.slogdet(x)[1]))(np.stack([singular, np.eye(2)]))
    assert np.all(np.isnan(slopes[0]))
    assert np.array_equal(slopes[1], np.eye(2))


@pytest.mark.parametrize("size", [0.0, 1.0, 1e6, 1e200])
def test_slopes_of_expm_lose_nothing_to_the_size_of_the_direction(size):
    x, direction = W[:3, :3], W[1:, 1:]
    unit = xp.jvp(xp.linalg.expm, (x,), (direction,))[1]
    found = xp.jvp(xp.linalg.expm, (x,), (size * direction,))[1]
    assert np.allclose(found, size * unit, rtol=16 * ULP, atol=0)


OF_NOTHING = {
    **{name: getattr(xp.linalg, name) for name in (
        "cholesky", "det", "eigvalsh", "expm", "inv", "matrix_norm", "pinv", "svdvals", "trace",
        "vector_norm",
    )},
    "eigenvectors": lambda x: xp.linalg.eigh(x).eigenvectors,
    "left vectors": lambda x: xp.linalg.svd(x).U,
}  # fmt: skip


@pytest.mark.parametrize("name", OF_NOTHING)
@pytest.mark.parametrize("shape", [(0, 0), (2, 0, 0), (0, 2, 2)])
def test_matrices_without_elements(name, shape):
    f, x = OF_NOTHING[name], np.zeros(shape)
    assert xp.grad(lambda x: xp.sum(f(x)))(x).shape == shape
    y, slope = xp.jvp(f, (x,), (np.ones(shape),))
    assert np.shape(y) == np.shape(slope) == np.shape(xp.value(f)(x))


@pytest.mark.parametrize("order", [0.5, 1.5, 2.5, 3])
def test_norms_of_any_order_beside_an_element_that_is_0(order):
    """Below order 1 it stands at a cusp, and has the subgradient of least norm."""

    def norm(x):
        return xp.linalg.vector_norm(x, ord=order)

    x, short = np.array([1.0, 0.0, 2.0]), np.array([1.0, 2.0])
    for transform in (xp.grad, xp.jacfwd, lambda f: xp.compile(xp.grad(f))):
        np.testing.assert_allclose(transform(norm)(x)[[0, 2]], xp.grad(norm)(short), rtol=1e-14)
        assert transform(norm)(x)[1] == 0
    assert norm(x) == pytest.approx(norm(short), rel=1e-15)
    h = xp.hessian(norm)(x)
    np.testing.assert_allclose(h[np.ix_([0, 2], [0, 2])], xp.hessian(norm)(short), rtol=1e-13)
    assert h[1, 0] == h[0, 1] == h[1, 2] == h[2, 1] == 0
