"""All directions in one pass are what one direction after the other gives."""

import numpy as np
import pytest
from conftest import ball

from diffcheck import engine as xp
from diffcheck.engine import binding, columns
from diffcheck.engine.table import TABLE

X = np.linspace(0.2, 0.9, 12).reshape(3, 4)
M = np.cos(np.arange(20.0)).reshape(4, 5)

PROGRAMS = {
    "elementwise": lambda x: xp.exp(x) * xp.hypot(x, x[0]) / (x[:, :1] + 2),
    "constant": lambda x: x * 0.0 + 1.0,
    "no output of x": lambda x: np.ones(2),
    "one number": lambda x: x[1, 2] * xp.sum(x),
    "sum": lambda x: xp.sum(x * x, axis=-1) + xp.sum(x, axis=1, keepdims=False),
    "kept": lambda x: x / xp.sum(x, axis=(0, 1), keepdims=True),
    "reshape": lambda x: xp.reshape(x * x, (2, 6))[:, ::-1],
    "broadcast": lambda x: xp.broadcast_to(x[0], (2, 3, 4)) * x,
    "permuted": lambda x: xp.permute_dims(xp.reshape(x, (3, 2, 2)), (2, 0, 1)) ** 2,
    "transposed": lambda x: (x.T * x.mT) ** 2,
    "basic index": lambda x: x[..., None, 1:3] * x[-1, 1],
    "array index": lambda x: x[:, np.array([0, 3, 3])] ** 2,
    "arrays side by side": lambda x: x[np.array([0, 2]), np.array([1, 1])] ** 2,
    "arrays apart": lambda x: xp.reshape(x, (3, 2, 2))[np.array([0, 2]), :, np.array([1, 1])] ** 2,
    "mask": lambda x: x[X > 0.5] ** 2,
    "joined": lambda x: xp.concat([x, np.ones((3, 2)), x * x], axis=-1),
    "stacked": lambda x: xp.stack([x[0], x[1] * x[2]], axis=1),
    "turned": lambda x: xp.flip(xp.roll(x * x, 1, axis=1), axis=(0, 1)) * xp.roll(x, 2),
    "triangles": lambda x: xp.tril(x * x) + xp.triu(x, k=1),
    "running": lambda x: xp.cumulative_sum(x * x, axis=-1),
    "matmul": lambda x: (x @ M) @ (M.T @ x.T),
    "stacks of matrices": lambda x: xp.stack([x, x * x]) @ (x.T @ x),
    "vectors": lambda x: (x @ np.arange(4.0)) * (x[0] @ M[:, 0]),
    "einsum": lambda x: xp.einsum("ij,kj->ik", x, x),
    "extreme": lambda x: xp.max(x * x, axis=0) + xp.min(x),
    "chosen": lambda x: xp.where(x > 0.5, x * x, xp.sin(x)),
    "softmax": lambda x: xp.softmax(x * 3, axis=0) + xp.logsumexp(x),
    "cast": lambda x: xp.astype(x * x, np.float32),
    "sorted": lambda x: xp.sort(x * x, axis=0),
    "linear algebra": lambda x: xp.linalg.inv(x @ x.T + 3 * np.eye(3)),
    "transform": lambda x: xp.real(xp.fft.fft(x * x)),
    "scatter": lambda x: TABLE["scatter_add"].entry(x * x, index=[1, 1, 0], shape=(2, 4)),
}


def one_by_one(f, x):
    units = np.eye(x.size).reshape(x.size, *x.shape).astype(x.dtype)
    columns = [xp.jvp(f, (x,), (unit,))[1] for unit in units]
    return np.stack(columns, axis=-1).reshape(*np.shape(columns[0]), *x.shape)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_jacobian_at_once_is_that_of_single_directions(name):
    f = PROGRAMS[name]
    at_once = xp.jacfwd(f)(X)
    expected = one_by_one(f, X)
    assert at_once.shape == expected.shape
    assert at_once.dtype == expected.dtype
    assert np.allclose(at_once, expected, rtol=1e-13, atol=0)
    rtol = 1e-12 if at_once.dtype == np.float64 else 1e-6
    assert np.allclose(at_once, xp.jacrev(f)(X), rtol=rtol, atol=1e-15)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_hessian_at_once_is_that_of_single_directions(name):
    def f(x):
        return xp.sum(PROGRAMS[name](x) ** 2)

    try:
        expected = one_by_one(xp.grad(f), X)
    except NotImplementedError:
        return  # an op that has no second derivative by forward mode has none in a batch
    assert np.allclose(xp.hessian(f)(X), expected, rtol=1e-12, atol=1e-13)
    if name not in ("mask", "sorted"):
        replayed = xp.compile(xp.hessian(f))
        replayed(X * X)
        assert np.array_equal(replayed(X), xp.hessian(f)(X))


def test_directions_come_in_blocks(monkeypatch):
    whole = xp.hessian(lambda x: xp.sum(xp.exp(x * x[0])))(X)
    monkeypatch.setattr(columns, "BLOCK", 12 * 5)
    assert np.array_equal(xp.hessian(lambda x: xp.sum(xp.exp(x * x[0])))(X), whole)


def test_batches_nest():
    def f(x):
        return xp.sum(x**3) * x[0]

    x = np.array([0.5, 2.0, -1.0])
    third = xp.jacfwd(xp.jacfwd(xp.jacfwd(f)))(x)
    mixed = xp.jacrev(xp.jacfwd(xp.jacrev(f)))(x)
    assert np.allclose(third, mixed, rtol=1e-13, atol=0)
    assert np.array_equal(third, third.transpose(2, 0, 1))
    assert third[0, 1, 1] == 6 * x[1]


def test_balls_go_in_a_batch():
    x = np.stack([ball(0.0), ball(1.0)])
    found = xp.jacfwd(lambda x: xp.exp(x) * x[0])(x)
    assert found.dtype == object
    assert [[float(z.mid()) for z in row] for row in found[:1]] == [[1.0, 0.0]]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble])
def test_tangents_keep_their_format(dtype):
    x = np.array([0.5, 0.25], dtype)
    assert xp.hessian(lambda x: xp.sum(xp.tanh(x) * x * 0.3))(x).dtype == dtype


def test_rules_made_on_the_way_are_not_kept():
    f = xp.jacfwd(lambda x: xp.einsum("ij,kj->ik", x, x) @ x)
    f(X)
    kept = len(binding._BOUND)
    f(X)
    assert len(binding._BOUND) == kept


CUBE = np.linspace(0.2, 0.9, 12).reshape(2, 3, 2)
PAIR = np.array([0, 0])


@pytest.mark.parametrize(
    "index",
    [
        (PAIR, slice(None), np.int64(1)),
        (np.int64(1), slice(None), PAIR),
        (np.int32(1), PAIR),
        (np.int64(1), slice(None), np.int64(0)),
        (1, slice(None), PAIR),
        (PAIR, None, 1),
        (PAIR, ..., PAIR),
        (PAIR, slice(None), np.array(1)),
        (np.array(1), slice(None), np.array(0)),
        (slice(None), np.array(1), PAIR),
        ((0, 1, 1), slice(None), np.int64(1)),
        ((0, 1, 1), (2, 0, 0)),
        (range(2), slice(None), np.uint8(1)),
        (slice(None), range(3), (1,)),
        range(2),
        [1, 1, 0],
        np.int64(1),
        np.bool_(True),
        True,
        (0, slice(None), True),
        (True, slice(None), PAIR),
        (np.bool_(True), slice(None), 0),
        (np.array([True, False]), slice(None), np.int64(1)),
        (np.array([True, False]), [True, False, False], slice(None)),
        CUBE > 0.5,
    ],
    ids=repr,
)
def test_an_index_of_any_kind_goes_in_a_batch(index):
    weights = 1 + np.arange(CUBE[index].size).reshape(CUBE[index].shape)

    def f(x):
        return x[index] ** 2 * weights

    slopes = xp.jacrev(f)(CUBE)
    assert np.allclose(slopes, one_by_one(f, CUBE), rtol=1e-15, atol=0)
    assert np.allclose(xp.jacfwd(f)(CUBE), slopes, rtol=1e-15, atol=0)
    curvature = xp.jacrev(xp.grad(lambda x: xp.sum(f(x))))(CUBE)
    assert np.allclose(xp.hessian(lambda x: xp.sum(f(x)))(CUBE), curvature, rtol=1e-15, atol=0)
