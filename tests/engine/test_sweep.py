"""The reverse sweep over plain arrays: small cotangents, reused buffers, masks on demand."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from diffcheck import engine as xp
from diffcheck.engine.binding import bind_plain
from diffcheck.engine.errors import refused
from diffcheck.engine.sweep import fit
from diffcheck.engine.table import TABLE, changed

X = np.array([[0.5, -1.0, 2.0], [3.0, 0.25, -0.75]])


def test_slices_add_into_one_buffer():
    def f(x):
        return xp.sum(x[0] * 2.0) + xp.sum(x[:, 1] * 3.0) + xp.sum(x[[1, 1, 0], [2, 2, 0]])

    assert xp.grad(f)(X).tolist() == [[3, 5, 2], [0, 3, 2]]


def test_the_first_of_all_indices_needs_no_sum():
    def f(x):
        return xp.sum(x[0]) * 2.0 + x[1, 1] * 3.0 + xp.sum(x[[1, 1]] * 5.0) + xp.sum(x)

    assert xp.grad(f)(X).tolist() == [[3, 3, 3], [11, 14, 11]]
    assert xp.grad(lambda x: x[1, 0] * 3.0)(X).tolist() == [[0, 0, 0], [3, 0, 0]]
    assert xp.grad(lambda x: xp.sum(x[[1, 1], 2]))(X).tolist() == [[0, 0, 0], [0, 0, 2]]


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("join", [xp.stack, xp.concat])
def test_joined_arrays_get_their_parts(join, axis):
    weights = join([X, 2 * X, np.ones((2, 3)), 3 * X], axis=axis)

    def f(x, z):
        return xp.sum(join([x, z, np.ones((2, 3), np.float32), x], axis=axis) * weights)

    gradients = xp.grad(f, (0, 1))(X, X.astype(np.float32))
    assert np.array_equal(gradients[0], 4 * X)
    assert np.array_equal(gradients[1], (2 * X).astype(np.float32))
    assert gradients[1].dtype == np.float32


def test_numbers_that_are_joined_get_theirs():
    def f(x):
        return xp.sum(xp.stack([x, x * 2.0, 1.0]) * np.array([1.0, 3.0, 5.0]))

    assert xp.grad(f)(0.5) == 7
    whole = lambda x: xp.sum(xp.concat([x, xp.ones(3), x[1:]], axis=None))  # noqa: E731 - one line
    assert xp.grad(whole)(X).tolist() == [[1, 1, 1], [2, 2, 2]]


def test_a_cotangent_of_fewer_elements_stands_for_its_broadcast():
    bias, row = np.float64(2.0), np.array([1.0, 2.0, 3.0])

    def f(x, bias, row):
        return xp.sum(x + bias + row)

    gradients = xp.grad(f, (0, 1, 2))(X, bias, row)
    assert [g.tolist() for g in gradients] == [np.ones((2, 3)).tolist(), 6.0, [2.0, 2.0, 2.0]]
    gradients[0][0, 0] = 7  # an array of its own, to be written to


def test_what_comes_back_shares_no_memory_with_what_went_in():
    x, y, cotangent = X.copy(), X.copy(), np.ones((2, 3))
    a, b = xp.vjp(lambda x, y: x + y, x, y)[1](cotangent)
    c = xp.vjp(lambda x: xp.reshape(x, (3, 2)), x)[1](cotangent.reshape(3, 2))[0]
    for written, others in ((a, (b, c)), (b, (a, c)), (c, (a, b))):
        assert not any(np.shares_memory(written, other) for other in (*others, x, y, cotangent))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble"])
def test_cotangents_take_the_dtype_of_their_operand(dtype):
    x = X.astype(dtype)
    w = np.ones(3, np.float64)
    gradient = xp.grad(lambda x: xp.sum(x * 2 * xp.astype(x, np.float64) * w))(x)
    assert gradient.dtype == dtype
    assert np.array_equal(gradient, 4 * x)


def test_a_nan_asks_for_the_sweep_with_masks():
    def f(x):
        return xp.sum(xp.where(x > 0, xp.sqrt(x), -x))

    assert xp.grad(f)(np.array([4.0, 0.0, -1.0])).tolist() == [0.25, -1.0, -1.0]
    assert np.isnan(xp.grad(lambda x: xp.sqrt(x) * 0)(0.0))  # 0·inf that no choice excuses


def test_what_fails_on_the_way_back_names_the_line_of_the_program():
    def refuse(g, y, x):
        raise refused("exp", "nothing", "all", "a test", "go on")

    with (
        changed("exp", vjp=(refuse,)),
        pytest.raises(xp.OperationError, match=r"at \S+test_sweep.py:\d+: expected nothing"),
    ):
        xp.grad(xp.exp)(0.5)


def test_fit_sums_what_was_broadcast_and_takes_the_real_part():
    y = np.zeros((2, 3))
    assert fit(np.float64(1), np.zeros((2, 1)), y).tolist() == [[3], [3]]
    assert fit(np.ones((2, 3)), np.zeros(()), y) == 6
    assert fit(np.array([1 + 2j]), np.zeros(1), np.zeros(1, complex)).tolist() == [1]


def test_rules_are_bound_to_numpy_and_follow_a_planted_change():
    rule = bind_plain(TABLE["expm1"].rule(0))
    assert type(rule(np.ones(2), None, np.zeros(2))) is np.ndarray
    with changed("exp", vjp=(lambda g, y, x: -g * y,)):
        assert float(xp.grad(xp.exp)(0.0)) == -1
    assert float(xp.grad(xp.exp)(0.0)) == 1


def test_threads_do_not_meet():
    start = threading.Barrier(4)

    def work(k):
        start.wait()
        return [float(xp.grad(xp.grad(lambda x: x**3 * k))(float(i))) for i in range(200)]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(work, range(4)))
    assert found == [[6.0 * i * k for i in range(200)] for k in range(4)]


def test_an_error_names_the_op_its_operands_and_the_users_line():
    with pytest.raises(xp.OperationError) as error:
        xp.grad(lambda x: xp.sum(x @ np.ones((4, 2))))(X)
    assert "matmul(float64[2, 3], float64[4, 2])" in str(error.value)
    assert "test_sweep.py:" in str(error.value)


def test_a_large_matrix_and_its_transpose_have_cotangents_that_lie_alike():
    rng = np.random.default_rng(3)
    x, w = rng.normal(size=(5, 80)), rng.normal(size=(90, 80))

    def f(x, w):
        return xp.sum(xp.sin(x @ w.T) @ w) + xp.sum(w[3])

    gradient = xp.grad(f, 1)(x, w)
    few = np.cos(x @ w.T) * (np.ones((5, 80)) @ w.T)
    expected = few.T @ x + np.sin(x @ w.T).T @ np.ones((5, 80))
    expected[3] += 1
    assert np.allclose(gradient, expected, rtol=1e-12, atol=1e-12)
    assert gradient.flags.c_contiguous
    replayed = xp.compile(xp.grad(f, 1))
    replayed(-x, w)
    assert np.array_equal(replayed(x, w), gradient)


def test_sums_over_a_stack_that_lies_turned_in_memory():
    rng = np.random.default_rng(4)
    means, factors, data = (rng.normal(size=shape) for shape in ((5, 3), (5, 3, 3), (40, 3)))

    def f(means, factors):
        y = xp.einsum("kij,nkj->nki", factors, data[:, None, :] - means[None])
        return xp.sum(y * y)

    found = xp.grad(f)(means, factors)
    products = np.swapaxes(factors, 1, 2) @ factors @ (data[:, None, :] - means)[..., None]
    assert np.allclose(found, -2 * products[..., 0].sum(0), rtol=1e-12)
    replayed = xp.compile(xp.grad(f))
    replayed(-means, factors)
    assert np.array_equal(replayed(means, factors), found)
