# ruff: noqa: E501, PLW0108 - one row of a table, one line; every function as a lambda
"""Ops on arrays: their rules in balls against mpmath differentiating NumPy on its own numbers."""

import numpy as np
import pytest
from conftest import ball, derivative, same, to_ball
from mpmath import matrix, mp, mpf

from diffcheck import engine as xp
from diffcheck.engine import linalg

rng = np.random.default_rng(7)


def short(*shape):
    return rng.integers(-32, 32, size=shape) / 16


def objects(m):
    return np.array(m.tolist(), dtype=object).reshape(m.rows, m.cols)


def mp_softmax(x):
    e = np.vectorize(mp.exp, otypes=[object])(x)
    return e / e.sum()


def mp_eigh(x):
    values, vectors = mp.eigsy(matrix((x + x.T).tolist()) / 2)
    vectors = objects(vectors)
    for k in range(vectors.shape[1]):
        largest = max(range(len(vectors)), key=lambda i: abs(vectors[i, k]))
        vectors[:, k] *= mp.sign(vectors[largest, k])
    return np.concatenate([np.array(list(values), dtype=object)[None], vectors])


def mp_power(x, n):
    return x if n == 1 else x @ mp_power(x, n - 1)


POSITIVE = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, -0.5], [0.5, -0.5, 2.0]])
B = rng.integers(-4, 5, size=(3, 2)).astype(np.int8)
I = np.array([2, 0, 2])

# name, the engine's function of an array, NumPy's or mpmath's of an object array, the array
ARRAYS = [
    ("sum", lambda x: xp.sum(x, 0), lambda x: x.sum(0), short(3, 4)),
    ("sum keepdims", lambda x: xp.sum(x, -1, keepdims=True), lambda x: x.sum(-1, keepdims=True), short(2, 3)),
    ("mean", lambda x: xp.mean(x, 1), lambda x: x.sum(1) / 4, short(3, 4)),
    ("var", xp.var, lambda x: ((x - x.sum() / 5) ** 2).sum() / 5, short(5)),
    ("std", xp.std, lambda x: mp.sqrt(((x - x.sum() / 5) ** 2).sum() / 5), short(5)),
    ("prod", lambda x: xp.prod(x, 1), lambda x: x.prod(1), short(2, 5)),
    ("max", lambda x: xp.max(x, 1), lambda x: x.max(1), short(2, 5)),
    ("min", xp.min, lambda x: x.min(), np.array([0.5, -1.5, 2.0])),
    ("sort", xp.sort, lambda x: np.sort(x), np.array([0.5, -1.5, 2.0, 1.0])),
    ("cumulative_sum", lambda x: xp.cumulative_sum(x, axis=1), lambda x: x.cumsum(1), short(2, 4)),
    ("cumulative_prod", xp.cumulative_prod, lambda x: x.cumprod(), short(5)),
    ("reshape", lambda x: xp.reshape(x, (2, -1)), lambda x: x.reshape(2, -1), short(3, 4)),
    ("permute_dims", lambda x: xp.permute_dims(x, (2, 0, 1)), lambda x: x.transpose(2, 0, 1), short(2, 3, 2)),
    (".T", lambda x: x.T, lambda x: x.T, short(2, 3)),
    ("broadcast_to", lambda x: xp.broadcast_to(x, (3, 2)), lambda x: np.broadcast_to(x, (3, 2)), short(2)),
    ("expand_dims", lambda x: xp.expand_dims(x, axis=1), lambda x: x[:, None], short(3)),
    ("squeeze", lambda x: xp.squeeze(x, axis=1), lambda x: x[:, 0], short(3, 1)),
    ("flip", lambda x: xp.flip(x, axis=0), lambda x: x[::-1], short(3, 2)),
    ("roll", lambda x: xp.roll(x, 1, axis=1), lambda x: np.roll(x, 1, 1), short(2, 3)),
    ("moveaxis", lambda x: xp.moveaxis(x, 0, 2), lambda x: np.moveaxis(x, 0, 2), short(2, 3, 2)),
    ("swapaxes", lambda x: xp.swapaxes(x, 0, 2), lambda x: np.swapaxes(x, 0, 2), short(2, 3, 2)),
    ("tile", lambda x: xp.tile(x, (2, 2)), lambda x: np.tile(x, (2, 2)), short(3)),
    ("repeat", lambda x: xp.repeat(x, 2, axis=0), lambda x: np.repeat(x, 2, 0), short(3, 2)),
    ("tril", xp.tril, lambda x: np.tril(x), short(3, 3)),
    ("triu", lambda x: xp.triu(x, 1), lambda x: np.triu(x, 1), short(3, 3)),
    ("concat", lambda x: xp.concat([x, x * x], axis=1), lambda x: np.concatenate([x, x * x], 1), short(2, 2)),
    ("stack", lambda x: xp.stack([x, x * x], axis=1), lambda x: np.stack([x, x * x], 1), short(2, 2)),
    ("x[1:, ::2]", lambda x: x[1:, ::2], lambda x: x[1:, ::2], short(3, 4)),
    ("x[..., None, -1]", lambda x: x[..., None, -1], lambda x: x[..., None, -1], short(3, 4)),
    ("x[[2, 0, 2]]", lambda x: x[I], lambda x: x[I], short(3, 2)),
    ("take", lambda x: xp.take(x, I, axis=1), lambda x: x[:, I], short(2, 3)),
    ("diagonal", lambda x: xp.diagonal(x, offset=1), lambda x: np.diagonal(x, 1), short(3, 4)),
    ("trace", linalg.trace, lambda x: x.trace(), short(3, 3)),
    ("astype", lambda x: xp.astype(x, np.float64), lambda x: x, short(2)),
    ("matmul", lambda x: x @ x, lambda x: x @ x, short(3, 3)),
    ("matmul, vector right", lambda x: x @ x[0], lambda x: x @ x[0], short(3, 3)),
    ("matmul, vector left", lambda x: x[0] @ x, lambda x: x[0] @ x, short(3, 3)),
    ("matmul, vectors", lambda x: x[0] @ x[1], lambda x: x[0] @ x[1], short(2, 3)),
    ("matmul, stack", lambda x: x @ x[0], lambda x: x @ x[0], short(2, 2, 2)),
    ("matmul, stack and vector", lambda x: x @ x[0, 0], lambda x: x @ x[0, 0], short(2, 2, 2)),
    ("matmul, vector and stack", lambda x: x[0, 0] @ x, lambda x: x[0, 0] @ x, short(2, 2, 2)),
    ("einsum ij,jk->ik", lambda x: xp.einsum("ij,jk->ik", x, x), lambda x: x @ x, short(3, 3)),
    ("einsum ii", lambda x: xp.einsum("ii", x), lambda x: x.trace(), short(3, 3)),
    ("einsum ii->i", lambda x: xp.einsum("ii->i", x * x), lambda x: np.diagonal(x * x), short(3, 3)),
    ("einsum ij->j", lambda x: xp.einsum("ij->j", x * x), lambda x: (x * x).sum(0), short(2, 3)),
    ("einsum, dots", lambda x: xp.einsum("...i,...i", x, x), lambda x: (x * x).sum(-1), short(2, 3)),
    ("einsum, three", lambda x: xp.einsum("i,ij,j->", x[0], x, x[1]), lambda x: x[0] @ x @ x[1], short(3, 3)),
    ("tensordot", lambda x: xp.tensordot(x, x, axes=((0,), (1,))), lambda x: x.T @ x.T, short(3, 3)),
    ("outer", lambda x: xp.outer(x, x), lambda x: np.outer(x, x), short(3)),
    ("vecdot", lambda x: xp.vecdot(x, x * x), lambda x: (x**3).sum(-1), short(2, 3)),
    ("kron", lambda x: xp.kron(x, B), lambda x: np.kron(x, B), short(2, 2)),
    ("dot", lambda x: xp.dot(x, x), lambda x: x @ x, short(3)),
    ("softmax", xp.softmax, mp_softmax, short(4)),
    ("log_softmax", xp.log_softmax, lambda x: np.vectorize(mp.log, otypes=[object])(mp_softmax(x)), short(4)),
    ("logsumexp", xp.logsumexp, lambda x: mp.log(np.vectorize(mp.exp, otypes=[object])(x).sum()), short(4)),
    ("norm", linalg.norm, lambda x: mp.sqrt((x * x).sum()), short(2, 3)),
    ("norm 1", lambda x: linalg.norm(x, ord=1), lambda x: abs(x).sum(), np.array([0.5, -2.0, 1.0])),
    ("det", linalg.det, lambda x: mp.det(matrix(x.tolist())), short(3, 3)),
    ("det 4", linalg.det, lambda x: mp.det(matrix(x.tolist())), short(4, 4)),
    ("slogdet", lambda x: linalg.slogdet(x)[1], lambda x: mp.log(abs(mp.det(matrix(x.tolist())))), POSITIVE),
    ("inv", linalg.inv, lambda x: objects(mp.inverse(matrix(x.tolist()))), POSITIVE),
    ("solve", lambda x: linalg.solve(x, x @ B), lambda x: B + 0 * (x @ B), POSITIVE),
    ("solve, vector", lambda x: linalg.solve(x, x[0] ** 2), lambda x: np.array(list(mp.lu_solve(matrix(x.tolist()), matrix((x[0] ** 2).tolist()))), dtype=object), POSITIVE),
    ("cholesky", linalg.cholesky, lambda x: objects(mp.cholesky(matrix((x + x.T).tolist()) / 2)), POSITIVE),
    ("eigvalsh", linalg.eigvalsh, lambda x: mp_eigh(x)[0], POSITIVE),
    ("eigh", lambda x: linalg.eigh(x).eigenvectors, lambda x: mp_eigh(x)[1:], POSITIVE),
    ("expm", linalg.expm, lambda x: objects(mp.expm(matrix(x.tolist()))), short(3, 3)),
    ("matrix_power", lambda x: linalg.matrix_power(x, 5), lambda x: mp_power(x, 5), short(2, 2)),
    ("matrix_power -2", lambda x: linalg.matrix_power(x, -2), lambda x: mp_power(objects(mp.inverse(matrix(x.tolist()))), 2), POSITIVE),
]  # fmt: skip
IDS = [row[0] for row in ARRAYS]


def along(f, exact, x):
    """Return f and its double as functions of t: f(x + t d + t² e), contracted with weights."""
    draw = np.random.default_rng(3)
    d, e = (draw.integers(-4, 5, size=x.shape).astype(np.int8) for _ in range(2))
    shape = np.shape(xp.value(f)(x))
    w = draw.integers(1, 5, size=shape).astype(np.int8)

    def program(t):
        return xp.sum(f(x + t * d + t * t * e) * w)

    def double(t):
        return np.sum(exact(np.vectorize(mpf, otypes=[object])(x) + t * d + t * t * e) * w)

    return program, double


@pytest.mark.parametrize(("name", "f", "exact", "x"), ARRAYS, ids=IDS)
@pytest.mark.parametrize("order", [0, 1, 2])
def test_rules_agree_with_mpmath_in_balls(name, f, exact, x, order):
    program, double = along(f, exact, x)
    truth = derivative(double, 0.0, order)
    reverse = program
    for _ in range(order):
        reverse = xp.grad(reverse)
    assert same(xp.value(reverse)(ball(0))[()], truth)
    if order == 1:
        assert same(xp.jvp(program, (ball(0),), (ball(1),))[1][()], truth)
    if order == 2:
        assert same(xp.hvp(program, (ball(0),), (ball(1),))[0][()], truth)


@pytest.mark.parametrize(("name", "f", "exact", "x"), ARRAYS, ids=IDS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_follow_the_balls_in_their_own_dtype(name, f, exact, x, dtype):
    if name == "astype" and dtype == np.float32:
        pytest.skip("asks for float64")
    x = x.astype(dtype)

    def total(x):
        return xp.sum(f(x) * f(x))

    value, gradient = xp.value_and_grad(total)(x)
    assert value.dtype == gradient.dtype == dtype
    truth = xp.grad(total)(xp.ball_array(x))
    near = np.vectorize(lambda b: float(b.mid()), otypes=[float])(truth)
    scale = max(1.0, np.max(np.abs(near)))
    assert np.max(np.abs(gradient - near)) <= 4096 * float(np.finfo(dtype).eps) * scale


@pytest.mark.parametrize(("name", "f", "exact", "x"), ARRAYS, ids=IDS)
def test_the_two_modes_are_transposes(name, f, exact, x):
    draw = np.random.default_rng(5)
    y, pullback = xp.vjp(f, x)
    tangent = draw.integers(-3, 4, size=x.shape) / 2
    cotangent = draw.integers(-3, 4, size=np.shape(y)) / 2
    _, pushed = xp.jvp(f, (x,), (tangent,))
    (pulled,) = pullback(cotangent)
    assert np.sum(pushed * cotangent) == pytest.approx(
        np.sum(tangent * pulled), rel=1e-11, abs=1e-11
    )


def test_the_reference_is_exact_on_floats():
    assert to_ball(mpf(0.1)) == ball(0.1)[()]


@pytest.mark.parametrize("name", ["sum", "mean", "max", "min", "prod", "var", "expand_dims"])
def test_an_axis_may_be_an_integer_of_numpy(name):
    f, x = getattr(xp, name), np.arange(1.0, 9.0).reshape(2, 2, 2)
    by_python = xp.jacrev(lambda x: f(x * x, axis=1))(x)
    assert np.array_equal(xp.jacrev(lambda x: f(x * x, axis=np.int64(1)))(x), by_python)
    flat = xp.grad(lambda x: xp.sum(xp.reshape(x, np.int64(8)) ** 2))(x)
    assert np.array_equal(flat, 2 * x)
