"""Squares of norms at 0: smooth however they are written, and nan where no square is seen."""

import numpy as np
import pytest

from diffcheck import engine as xp

ZERO = np.zeros(2)
norm = xp.linalg.norm
SQUARES = {
    "power": lambda x: norm(x) ** 2,
    "product": lambda x: norm(x) * norm(x),
    "square": lambda x: xp.square(norm(x)),
    "NumPy's 2": lambda x: norm(x) ** np.float64(2),
    "NumPy's integer": lambda x: norm(x) ** np.int64(2),
    "an array of 2": lambda x: norm(x) ** np.array(2.0),
    "keepdims": lambda x: xp.sum(norm(x, keepdims=True) ** 2),
    "an element": lambda x: norm(x[None], axis=1)[0] ** 2,
    "scaled": lambda x: (3 * norm(x) / 2) ** 2 * 4 / 9,
    "negative": lambda x: (-norm(x)) ** 2,
    "root of a sum": lambda x: xp.sqrt(xp.sum(x * x)) ** 2,
    "hypot": lambda x: xp.hypot(x[0], x[1]) ** 2,
    "absolute values": lambda x: xp.sum(xp.abs(x) * xp.abs(x)),
    "a complex number": lambda x: xp.abs(x[0] + 1j * x[1]) ** 2,
    "vector_norm": lambda x: xp.linalg.vector_norm(x) ** 2.0,
    "matrix_norm": lambda x: xp.linalg.matrix_norm(x[None]) ** 2,
    "exp": lambda x: -xp.exp(-(norm(x) ** 2)),
    "fourth power": lambda x: norm(x) ** 4 + xp.sum(x * x),
    "standard deviation": lambda x: xp.std(xp.concat([x, -x])) ** 2 * 2,
    "nanstd": lambda x: xp.nanstd(xp.concat([x, -x, [np.nan]])) ** 2 * 2,
}
SECOND = {
    "hessian": xp.hessian,
    "reverse over reverse": lambda f: xp.jacrev(xp.grad(f)),
    "forward over forward": lambda f: xp.jacfwd(xp.jacfwd(f)),
    "reverse over forward": lambda f: xp.jacrev(xp.jacfwd(f)),
}


@pytest.mark.parametrize("mode", SECOND)
@pytest.mark.parametrize("name", SQUARES)
def test_the_square_of_a_norm_is_smooth(name, mode):
    np.testing.assert_array_equal(SECOND[mode](SQUARES[name])(ZERO), 2 * np.eye(2))


FIRST = {
    "grad": xp.grad, "jacrev": xp.jacrev, "jacfwd": xp.jacfwd,
    "vjp": lambda f: lambda x: xp.vjp(f, x)[1](1.0)[0],
    "jvp": lambda f: lambda x: np.array([xp.jvp(f, (x,), (u,))[1] for u in np.eye(2)]),
}  # fmt: skip


@pytest.mark.parametrize("mode", FIRST)
@pytest.mark.parametrize("name", SQUARES)
def test_its_gradient_is_0_there(name, mode):
    assert np.array_equal(FIRST[mode](SQUARES[name])(ZERO), ZERO)


@pytest.mark.parametrize("mode", FIRST)
def test_a_squared_root_of_0_is_what_it_is_the_root_of(mode):
    """Its derivative is not 0, as it would be if 0 times infinity were."""
    for f in (lambda x: xp.sqrt(xp.sum(x)) ** 2, lambda x: xp.sqrt(xp.sum(x)) ** 4 + xp.sum(x)):
        assert FIRST[mode](f)(ZERO).tolist() == [1, 1]
    assert FIRST[mode](lambda x: xp.sum(xp.sqrt(x) ** 3))(np.array([0.0, 4.0])).tolist() == [0, 3]
    for f in (lambda x: xp.sqrt(xp.sum(x)), lambda x: xp.sqrt(xp.sum(x)) ** 1.5):
        assert not np.isfinite(FIRST[mode](f)(ZERO)).any()
    rows = lambda x: xp.sum(xp.sqrt(xp.sum(x[:, None] ** 2, axis=1)) ** 2)  # noqa: E731 - of f
    assert FIRST[mode](rows)(np.array([0.0, 3.0])).tolist() == [0, 6]


@pytest.mark.parametrize("mode", SECOND)
def test_the_standard_deviation_squared_is_the_variance(mode):
    for x in (np.ones(3), np.array([1.0, 2.0, 5.0])):
        found = SECOND[mode](lambda x: xp.std(x) ** 2)(x)
        np.testing.assert_allclose(found, xp.hessian(xp.var)(x), rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("mode", SECOND)
@pytest.mark.parametrize(
    "f", [norm, lambda x: xp.cos(norm(x)), lambda x: xp.hypot(x[0], x[1]), lambda x: norm(x) ** 3]
)
def test_where_no_square_is_seen_there_is_nan_and_no_wrong_number(f, mode):
    found = SECOND[mode](f)(ZERO)
    assert np.isnan(np.diagonal(found)).all()


@pytest.mark.parametrize("mode", SECOND)
def test_a_product_of_different_numbers_is_no_square(mode):
    for f, factor in (
        (lambda x: xp.abs(x) * (xp.abs(x) + 1), 2.0),
        (lambda x: xp.abs(x) * xp.abs(2 * x), 4.0),
        (lambda x: xp.abs(x) * (2 * xp.abs(x)), 4.0),
        (lambda x: xp.abs(x) * xp.abs(x) ** 2 / xp.abs(x), 2.0),
    ):
        found = SECOND[mode](lambda x, f=f: xp.sum(f(x)))(np.array([3.0, -2.0]))
        np.testing.assert_allclose(found, factor * np.eye(2), rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("mode", SECOND)
def test_a_row_at_0_leaves_the_others_alone(mode):
    x = np.array([[3.0, 4.0], [0.0, 0.0]])
    found = SECOND[mode](lambda x: xp.sum(norm(x, axis=1)))(x)
    np.testing.assert_allclose(found[0, :, 0], [[0.128, -0.096], [-0.096, 0.072]], rtol=1e-14)
    assert np.isnan(found[1, :, 1]).any()
    chosen = SECOND[mode](lambda x: xp.sum(norm(xp.where(x == 0, 1.0, x), axis=1)))(x)
    assert np.isfinite(chosen).all()


@pytest.mark.parametrize("ord", [0.5, 1, 1.5, 2, 3, np.inf])
def test_a_vector_norm_at_0_has_the_subgradient_of_least_norm(ord):  # noqa: A002 - NumPy's name
    f = lambda x: xp.sum(xp.linalg.vector_norm(x, ord=ord, axis=-1))  # noqa: E731 - as a value
    assert np.array_equal(xp.grad(f)(ZERO), ZERO)
    both = xp.grad(f)(np.array([[3.0, 4.0], [0.0, 0.0]]))
    assert np.array_equal(both, [xp.grad(f)(np.array([3.0, 4.0])), ZERO])


@pytest.mark.parametrize("ord", ["fro", "nuc", 2, 1, np.inf])
def test_a_matrix_norm_at_0_has_the_subgradient_of_least_norm(ord):  # noqa: A002 - as above
    found = xp.grad(lambda x: xp.linalg.matrix_norm(x, ord=ord))(np.zeros((2, 2)))
    assert np.array_equal(found, np.zeros((2, 2)))


def test_a_nan_takes_the_cotangent_of_an_extreme():
    x = np.array([1.0, np.nan, 2.0])
    for f in (xp.max, xp.min):
        assert np.array_equal(xp.grad(f)(x), [0.0, 1.0, 0.0])
        assert xp.jvp(f, (x,), (np.ones(3),))[1] == 1
    for f in (xp.maximum, xp.minimum):
        assert xp.grad(f, (0, 1))(1.0, np.nan)[1] == 1


@pytest.mark.parametrize("x", [np.linspace(0, 1, 3), np.linspace(0, 1, 5000)], ids=["few", "many"])
def test_the_square_of_a_root_under_a_trace_that_enters_late(x):
    def of_constant(c):
        return xp.value_and_grad(lambda x: xp.sum((xp.sqrt(x + x) * c) ** 2))(x)[0]

    assert xp.grad(of_constant)(3.0) == pytest.approx(12 * np.sum(x), rel=1e-14)
