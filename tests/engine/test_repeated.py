"""Equal eigenvalues and singular values: derivatives of what has some, nan for what has none."""

import numpy as np
import pytest

from diffcheck import engine as xp
from diffcheck.engine.ops.repeated import groups


def symmetric(x):
    return 0.5 * (x + x.T)


IDENTITY = np.eye(3)
Q = np.linalg.qr(np.cos(np.arange(9.0) ** 2).reshape(3, 3))[0]
P = np.linalg.qr(np.sin(np.arange(9.0) ** 2 + 1).reshape(3, 3))[0]
PAIR = Q @ np.diag([1.0, 1.0, 2.0]) @ Q.T  # its eigenvalues are equal but for rounding
W = np.arange(9.0).reshape(3, 3) / 4
SYMMETRIC = {
    "identity": IDENTITY,
    "pair": PAIR,
    "zero": 0 * IDENTITY,
    "0, 0, 1": np.diag([0, 0, 1.0]),
    "dense, small pair": symmetric(Q @ np.diag([1e-3, 1e-3, 1.0]) @ Q.T),
}
TALL = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
ANY = {
    "identity": IDENTITY, "pair": Q @ np.diag([1.0, 1.0, 2.0]) @ P, "tall": TALL, "wide": TALL.T,
    "singular": np.diag([2.0, 0.0, 0.0]), "tall of rank 1": TALL * [1, 0], "zero": np.zeros((2, 3)),
}  # fmt: skip
MODES = {
    "hessian": xp.hessian,
    "reverse over reverse": lambda f: xp.jacrev(xp.grad(f)),
    "forward over forward": lambda f: xp.jacfwd(xp.jacfwd(f)),
    "reverse over forward": lambda f: xp.jacrev(xp.jacfwd(f)),
}
FIRST = {
    "grad": xp.grad, "jacrev": xp.jacrev, "jacfwd": xp.jacfwd,
    "vjp": lambda f: lambda x: xp.vjp(f, x)[1](np.float64(1))[0],
    "jvp": lambda f: lambda x: xp.jvp(f, (x,), (W[: x.shape[0], : x.shape[1]],))[1],
}  # fmt: skip


def power(x):
    return xp.matrix_transpose(x) @ x


# Functions of eigenvalues alone, and the same without them.
OF_EIGENVALUES = {
    "squares": (lambda x: xp.sum(xp.linalg.eigvalsh(x) ** 2), lambda x: xp.sum(symmetric(x) ** 2)),
    "cubes": (
        lambda x: xp.sum(xp.linalg.eigh(x).eigenvalues ** 3),
        lambda x: xp.linalg.trace(symmetric(x) @ symmetric(x) @ symmetric(x)),
    ),
    "a square that vanishes at 1": (
        lambda x: xp.sum((xp.linalg.eigvalsh(x) - 1) ** 2),
        lambda x: xp.sum((symmetric(x) - IDENTITY) ** 2),
    ),
    "product": (
        lambda x: xp.prod(xp.linalg.eigvalsh(x)),
        lambda x: xp.linalg.det(symmetric(x)),
    ),
}
OF_SINGULAR_VALUES = {
    "squares": (lambda x: xp.sum(xp.linalg.svdvals(x) ** 2), lambda x: xp.sum(x * x)),
    "a square that vanishes at 1": (
        lambda x: xp.sum((xp.linalg.svdvals(x) ** 2 - 1) ** 2),
        lambda x: xp.sum((power(x) - np.eye(x.shape[1])) ** 2) - max(0, x.shape[1] - x.shape[0]),
    ),
    "fourth powers": (
        lambda x: xp.sum(xp.linalg.svdvals(x) ** 4), lambda x: xp.sum(power(x) ** 2)
    ),
}  # fmt: skip


def close(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-12, atol=2e-14)


@pytest.mark.parametrize("mode", [*FIRST, *MODES])
@pytest.mark.parametrize("matrix", SYMMETRIC)
@pytest.mark.parametrize("name", OF_EIGENVALUES)
def test_functions_of_eigenvalues(name, matrix, mode):
    derivative = (FIRST | MODES)[mode]
    f, expected = OF_EIGENVALUES[name]
    close(derivative(f)(SYMMETRIC[matrix]), derivative(expected)(SYMMETRIC[matrix]))


@pytest.mark.parametrize("mode", [*FIRST, *MODES])
@pytest.mark.parametrize("matrix", ANY)
@pytest.mark.parametrize("name", OF_SINGULAR_VALUES)
def test_functions_of_singular_values(name, matrix, mode):
    derivative = (FIRST | MODES)[mode]
    f, expected = OF_SINGULAR_VALUES[name]
    close(derivative(f)(ANY[matrix]), derivative(expected)(ANY[matrix]))


@pytest.mark.parametrize("mode", [*FIRST, *MODES])
@pytest.mark.parametrize("matrix", ["identity", "pair"])
def test_the_nuclear_norm(matrix, mode):
    derivative = (FIRST | MODES)[mode]
    close(
        derivative(lambda x: xp.linalg.matrix_norm(x, ord="nuc"))(ANY[matrix]),
        derivative(lambda x: xp.linalg.trace(xp.linalg.sqrtm(x.T @ x)))(ANY[matrix]),
    )


# Functions of the matrix through its vectors. log vanishes at 1, and x³ - x at 0 and 1: there the
# vectors' cotangents are 0, and the derivative is not.
def through_eigenvectors(scalar):
    def f(x):
        w, v = xp.linalg.eigh(x)
        return xp.sum(W * ((v * scalar(w)) @ v.T))

    return f


def cubic(x):
    return x @ x @ x - x


@pytest.mark.parametrize("mode", FIRST)
@pytest.mark.parametrize("matrix", SYMMETRIC)
def test_functions_of_the_matrix_through_eigenvectors(matrix, mode):
    derivative, x = FIRST[mode], SYMMETRIC[matrix]
    found = derivative(through_eigenvectors(lambda w: w**3 - w))(x)
    close(found, derivative(lambda x: xp.sum(W * cubic(symmetric(x))))(x))


def test_the_logarithm_at_the_identity():
    close(xp.grad(through_eigenvectors(xp.log))(IDENTITY), symmetric(W))


@pytest.mark.parametrize("mode", FIRST)
@pytest.mark.parametrize("matrix", [name for name in ANY if name != "zero"])
def test_functions_of_the_matrix_through_singular_vectors(matrix, mode):
    derivative, x = FIRST[mode], ANY[matrix]
    weights = W[: x.shape[0], : x.shape[1]]

    def f(x):
        u, s, vh = xp.linalg.svd(x, full_matrices=False)
        return xp.sum(weights * ((u * s**3) @ vh))

    close(derivative(f)(x), derivative(lambda x: xp.sum(weights * (x @ x.T @ x)))(x))


@pytest.mark.parametrize("matrix", ["identity", "pair"])
def test_the_orthogonal_factor_is_smooth_where_singular_values_meet(matrix):
    def f(x):
        u, _, vh = xp.linalg.svd(x)
        return xp.sum(W * (u @ vh))

    def expected(x):
        return xp.sum(W * (x @ xp.linalg.inv(xp.linalg.sqrtm(x.T @ x))))

    close(xp.grad(f)(ANY[matrix]), xp.grad(expected)(ANY[matrix]))


def test_the_trace_of_a_function_of_the_matrix_at_the_identity():
    def f(x):
        w, v = xp.linalg.eigh(x)
        return xp.linalg.trace((v * w**3) @ v.T)

    close(xp.hessian(f)(IDENTITY), xp.hessian(OF_EIGENVALUES["cubes"][1])(IDENTITY))


def test_products_with_the_hessian_at_the_identity_are_those_of_the_hessian():
    f = through_eigenvectors(lambda w: w**3)
    for direction in (W + W.T, 0 * W, 1e9 * IDENTITY):
        product = np.tensordot(xp.hessian(f)(IDENTITY), direction, 2)
        found = xp.hvp(f, (IDENTITY,), (direction,))[0]
        assert np.allclose(found, product, rtol=1e-12, atol=1e-12 * np.max(np.abs(product)))


def test_such_a_product_stays_in_single_precision():
    identity, direction = IDENTITY.astype(np.float32), W.astype(np.float32)
    found = xp.hvp(lambda x: xp.sum(xp.linalg.eigh(x)[1] @ direction), (identity,), (direction,))[0]
    assert found.dtype == np.float32


def test_a_stack_with_equal_values_in_some_matrices():
    stack = np.stack([IDENTITY, np.diag([1.0, 2.0, 3.0]), np.diag([2.0, 2.0, 1.0])])
    weights = np.array([1.0, 2.0, 3.0])

    def f(x):
        return xp.sum(xp.linalg.eigvalsh(x) ** 2 * weights[:, None])

    def expected(x):
        return xp.sum((0.5 * (x + x.mT)) ** 2 * weights[:, None, None])

    close(xp.hessian(f)(stack), xp.hessian(expected)(stack))


def test_a_hermitian_matrix_with_equal_values():
    direction = np.array([[1, 1j], [-1j, 2]])

    def f(t):
        return xp.sum(xp.linalg.eigvalsh(np.eye(2) + t * direction) ** 3)

    assert xp.grad(f)(0.0) == pytest.approx(9.0)
    for second in (xp.hessian(f), xp.grad(xp.grad(f))):
        assert second(0.0) == pytest.approx(6 * np.trace(direction @ direction).real)


# What has no derivative
@pytest.mark.parametrize("mode", ["grad", "jacrev", "jacfwd", "jvp"])
def test_a_single_vector_of_equal_values_has_none(mode):
    for f in (
        lambda x: xp.linalg.eigh(x).eigenvectors[0, 1],
        lambda x: xp.linalg.svd(x).U[0, 1],
        lambda x: xp.linalg.svd(x).Vh[1, 0],
    ):
        assert np.isnan(FIRST[mode](f)(IDENTITY)).any()


@pytest.mark.parametrize(
    "f", [lambda x: xp.linalg.eigvalsh(x)[0], lambda x: xp.linalg.svdvals(x)[0]]
)
def test_the_greatest_of_equal_values_has_a_subgradient_and_no_hessian(f):
    gradient = xp.grad(f)(IDENTITY)
    assert np.array_equal(gradient, gradient.T)
    assert np.trace(gradient) == 1
    assert np.array_equal(xp.jacfwd(f)(IDENTITY), gradient)
    assert np.isnan(xp.hessian(f)(IDENTITY)).any()


def test_second_derivatives_through_vectors_are_nan_rather_than_wrong():
    found = xp.hessian(through_eigenvectors(lambda w: w**3))(PAIR)
    true = xp.hessian(lambda x: xp.sum(W * (symmetric(x) @ symmetric(x) @ symmetric(x))))(PAIR)
    known = np.isfinite(found)
    close(found[known], true[known])


def test_compiled_functions_say_nan_where_eager_ones_look():
    f = through_eigenvectors(lambda w: w**3 - w)
    compiled = xp.compile(xp.grad(f))
    apart = np.diag([1.0, 2.0, 3.0])
    close(compiled(apart), xp.grad(f)(apart))
    assert np.isnan(compiled(IDENTITY)).all()


def test_values_that_are_apart_by_more_than_rounding_are_apart():
    assert list(groups(np.array([1.0, 1.0 + 4e-16, 2.0]))) == [slice(0, 2)]
    assert list(groups(np.array([1e-300, 2e-300, 1.0, 1.0 + 1e-12]))) == []


def test_zeros_of_a_dense_matrix_that_come_out_as_rounding():
    x = np.outer(Q[:, 0], Q[:, 0])
    assert 0 < np.ptp(np.linalg.eigvalsh(x)[:2]) < 1e-15
    exact = xp.grad(lambda x: xp.sum(W * xp.linalg.expm(symmetric(x))))(x)
    assert np.allclose(xp.grad(through_eigenvectors(xp.exp))(x), exact, rtol=0, atol=1e-13)


def test_what_a_graded_matrix_has_below_rounding_stays_apart():
    small, t = np.array([[1.0, 0.1], [0.1, 2.0]]), np.array([[0.5, 0.25], [0.25, -1.0]])
    x, tangent = (np.pad(1e-20 * m, (0, 1)) for m in (small, t))
    x[2, 2] = 1
    turned = xp.jvp(lambda x: xp.linalg.eigh(x).eigenvectors, (x,), (tangent,))[1]
    alone = xp.jvp(lambda x: xp.linalg.eigh(x).eigenvectors, (small,), (t,))[1]
    assert np.allclose(turned[:2, :2], alone, rtol=1e-12, atol=0)
