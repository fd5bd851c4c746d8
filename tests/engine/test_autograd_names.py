"""Everything that autograd 1.9.1 differentiates has a counterpart here, under the same name."""

import importlib.util

import numpy as np
import pytest

from diffcheck import engine as xp

NAMES = {
    "numpy": (xp, """
        abs absolute acos acosh add amax amin angle arccos arccosh arcsin arcsinh arctan arctan2
        arctanh array_split asin asinh astype atan atan2 atanh atleast_1d atleast_2d atleast_3d
        broadcast_to clip conj conjugate cos cosh cross cumsum deg2rad degrees diag diagonal diff
        divide dot dsplit einsum exp exp2 expand_dims expm1 fabs fliplr flipud fmax fmin full
        gradient hsplit hypot imag inner kron linspace log log10 log1p log2 logaddexp logaddexp2
        matmul max maximum mean min minimum mod moveaxis multiply nan_to_num negative outer pad
        partition permute_dims pow power prod rad2deg radians ravel real real_if_close reciprocal
        remainder repeat reshape roll rollaxis rot90 sin sinc sinh sort split sqrt square squeeze
        std subtract sum swapaxes tan tanh tensordot tile trace transpose tril triu true_divide var
        vsplit where"""),
    "numpy.linalg": (xp.linalg, "cholesky det eig eigh inv norm pinv slogdet solve svd"),
    "numpy.fft": (xp.fft, """
        fft fft2 fftn fftshift ifft ifft2 ifftn ifftshift irfft irfft2 irfftn rfft rfft2 rfftn"""),
    "scipy.special": (xp, """
        beta betainc betaln digamma erf erfc erfcinv erfinv expit gamma gammainc gammaincc gammaln
        gammasgn i0 i1 iv ive j0 j1 jn jv logit logsumexp multigammaln polygamma psi rgamma y0 y1
        yn"""),
    "scipy.linalg": (xp.linalg, "solve_banded solve_sylvester solve_triangular sqrtm"),
    "scipy.signal": (xp.signal, "convolve"),
    "scipy.integrate": (xp.integrate, "odeint"),
    "scipy.stats.beta": (xp.stats.beta, "cdf logpdf pdf"),
    "scipy.stats.chi2": (xp.stats.chi2, "cdf logpdf pdf"),
    "scipy.stats.dirichlet": (xp.stats.dirichlet, "logpdf pdf"),
    "scipy.stats.gamma": (xp.stats.gamma, "cdf logpdf pdf"),
    "scipy.stats.multivariate_normal": (xp.stats.multivariate_normal, "entropy logpdf pdf"),
    "scipy.stats.norm": (xp.stats.norm, "cdf logcdf logpdf logsf pdf sf"),
    "scipy.stats.poisson": (xp.stats.poisson, "cdf logpmf pmf"),
    "scipy.stats.t": (xp.stats.t, "cdf logcdf logpdf pdf"),
}  # fmt: skip

CONTAINERS = "the arithmetic of its containers and boxes: ours are tuples, lists and dicts"
ADJOINTS = "the transpose of a rule, which here is a rule written with ops"
INTERNAL = {
    **dict.fromkeys(
        (
            "_array_from_scalar_or_array", "_make_dict", "array_from_args", "concatenate_args",
            "container_take", "container_untake", "covector", "inner_prod", "make_sequence",
            "mut_add", "scalar_mul", "sequence_extend_left", "sequence_extend_right", "sparse_add",
        ),
        CONTAINERS,
    ),
    **dict.fromkeys(
        (
            "dot_adjoint_0", "dot_adjoint_1", "make_diagonal", "tensordot_adjoint_0",
            "tensordot_adjoint_1", "truncate_pad", "untake",
        ),
        ADJOINTS,
    ),
    "__getitem__": "the operator x[index]",
    "_original_where": "where",
    "_primitive_norm": "linalg.norm",
}  # fmt: skip


@pytest.mark.parametrize(
    ("place", "name"), [(place, name) for place in NAMES for name in NAMES[place][1].split()]
)
def test_has_a_counterpart(place, name):
    assert callable(getattr(NAMES[place][0], name))


@pytest.mark.skipif(not importlib.util.find_spec("autograd"), reason="autograd is not installed")
def test_the_list_is_autograds():
    for place in NAMES:
        importlib.import_module(f"autograd.{place}")
    from autograd.core import primitive_vjps

    named = {name for _, names in NAMES.values() for name in names.split()}
    modules = {p: str(getattr(p.fun, "__module__", None)) for p in primitive_vjps}
    theirs = [p for p in primitive_vjps if not modules[p].startswith("programs.")]
    assert len(theirs) == 216
    assert {p.__name__ for p in theirs} - named - set(INTERNAL) == set()


X, D = np.array([0.5, -1.0, 2.0]), np.array([1.0, 0.25, -0.5])


def quartic(x, scale):
    return scale * xp.sum(x**4)


def powers(x):
    return xp.stack([xp.sum(x**2), xp.prod(x)])


def test_transforms_by_its_names():
    hessian = np.diag(24 * X**2)
    gradient = 8 * X**3
    np.testing.assert_allclose(xp.elementwise_grad(lambda x: x**3)(X), 3 * X**2, rtol=1e-15)
    np.testing.assert_allclose(xp.deriv(lambda x: x**3)(X), 3 * X**2, rtol=1e-15)
    assert xp.deriv(quartic, 1)(X, 2.0) == np.sum(X**4)
    np.testing.assert_array_equal(xp.jacobian(powers)(X), xp.jacfwd(powers)(X))
    pullback, value = xp.make_vjp(quartic)(X, 2.0)
    assert value == quartic(X, 2.0)
    np.testing.assert_allclose(pullback(1.0), gradient, rtol=1e-15)
    value, slope = xp.make_jvp(quartic)(X, 2.0)(D)
    assert slope == pytest.approx(gradient @ D, rel=1e-14)
    product, found = xp.make_hvp(quartic)(X, 2.0)
    np.testing.assert_allclose(found, gradient, rtol=1e-15)
    np.testing.assert_allclose(product(D), hessian @ D, rtol=1e-14)
    np.testing.assert_allclose(
        xp.hessian_vector_product(quartic)(X, 2.0, D), hessian @ D, rtol=1e-14
    )
    weights = np.array([2.0, -1.0])
    found = xp.vector_jacobian_product(powers)(X, weights)
    np.testing.assert_allclose(found, weights @ xp.jacobian(powers)(X), rtol=1e-14)


@pytest.mark.skipif(not importlib.util.find_spec("autograd"), reason="autograd is not installed")
def test_transforms_are_autograds():
    import autograd
    import autograd.numpy as anp

    def theirs(x, scale):
        return scale * anp.sum(x**4)

    for name in ("make_vjp", "make_hvp"):
        (f, a), (g, b) = getattr(xp, name)(quartic)(X, 2.0), getattr(autograd, name)(theirs)(X, 2.0)
        np.testing.assert_allclose(a, b, rtol=1e-14)
        seed = 1.0 if name == "make_vjp" else D
        np.testing.assert_allclose(f(seed), g(seed), rtol=1e-14)
    for name in ("hessian_vector_product", "hessian_tensor_product"):
        ours = getattr(xp, name)(quartic)(X, 2.0, D)
        np.testing.assert_allclose(ours, getattr(autograd, name)(theirs)(X, 2.0, D), rtol=1e-14)


def test_gradients_of_named_arguments_and_beside_other_results():
    def f(x, scale, power=2.0):
        return xp.sum(scale * x**power)

    assert xp.grad_named(f, "scale")(X, 2.0) == np.sum(X**2)
    found = xp.multigrad_dict(f)(X[:1], scale=2.0)
    assert {name: float(np.sum(g)) for name, g in found.items()} == {
        "x": pytest.approx(2.0, rel=1e-15),
        "scale": 0.25,
        "power": pytest.approx(0.5 * np.log(0.5), rel=1e-15),
    }
    slope, (values, total) = xp.grad_and_aux(lambda x: (xp.sum(x**3), (2 * x, xp.sum(x))))(X)
    np.testing.assert_allclose(slope, 3 * X**2, rtol=1e-15)
    assert values.tolist() == (2 * X).tolist()
    assert total == np.sum(X)


def test_complex_derivatives_and_gauss_newton_matrices():
    z = np.array([1.0 + 2.0j, -0.5j])
    np.testing.assert_allclose(
        xp.holomorphic_grad(lambda z: xp.sin(z) * z)(z), np.cos(z) * z + np.sin(z), rtol=1e-14
    )
    jacobian = xp.jacobian(powers)(X)
    product = xp.make_ggnvp(powers)(X)
    np.testing.assert_allclose(product(D), jacobian.T @ (jacobian @ D), rtol=1e-14)
    weighted = xp.make_ggnvp(powers, lambda y: xp.sum(y**3))(X)
    middle = np.diag(6 * powers(X))
    np.testing.assert_allclose(weighted(D), jacobian.T @ middle @ jacobian @ D, rtol=1e-14)
