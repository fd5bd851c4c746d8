"""Entries of numbers, and of arrays alike in shape and dtype: less is kept, nobody can tell."""

import operator

import numpy as np
import pytest

from diffcheck import engine as xp
from diffcheck.engine.table import TABLE, changed
from diffcheck.engine.tape import ALIKE, NUMBERS, unpacked

X, Z = np.array([[0.5, -1.25, 2.0]]), np.array([[2.0, 0.75, -3.5]])


def taped(f, *args):
    tape = xp.Tape()
    f(*map(tape.input, args))
    return tape.entries[len(args) :]


def kinds(entries):
    return [entry[0] - unpacked(entry)[0].code for entry in entries]


def test_of_two_numbers_only_what_a_rule_reads_is_kept():
    total, product, quotient = taped(
        lambda x, z: (x + z, x * z, x / z), np.float64(0.5), np.float64(2.0)
    )
    assert kinds([total, product, quotient]) == [NUMBERS] * 3
    assert [entry[3:] for entry in (total, product, quotient)] == [(), (0.5, 2.0), (2.0, 0.25)]
    assert unpacked(quotient) == (TABLE["divide"], (0, 1), (0.0, 2.0), {}, 0.25)


def test_of_arrays_alike_only_what_a_rule_reads_is_kept():
    first, second, third = taped(lambda x, z: xp.exp(x * z + 1.0), X, Z)
    assert kinds([first, second, third]) == [ALIKE] * 3
    product, total, power = map(unpacked, (first, second, third))
    assert [a.strides for a in (product[4], total[2][0], total[4], power[2][0])] == [(0, 0)] * 4
    assert product[2][0] is X
    assert product[2][1] is Z
    assert np.array_equal(power[4], np.exp(X * Z + 1.0))


@pytest.mark.parametrize(
    "f",
    [
        lambda x, z: x * z[0],  # broadcast
        lambda x, z: x * xp.astype(z, np.float32),
        lambda x, _: x * np.ones(3),
        lambda x, z: x * xp.sum(z),
        lambda x, _: x + 1j,
    ],
)
def test_all_else_is_looked_at_in_the_sweep(f):
    assert kinds(taped(f, X, Z))[-1] == 0


def mixed(x, z):
    y = x * z + 2 / x - (z - 1) * 0.5
    y = y * y[:, :1] + xp.sum(z) * x - x**2 / (3 - z)
    return xp.sum(-y * xp.tanh(x) + xp.hypot(y, z) * np.array([1.0, 2.0, 3.0]))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble"])
def test_gradients_are_those_of_entries_that_keep_all(dtype):
    given = X.astype(dtype), Z.astype(dtype)
    thin = xp.value_and_grad(mixed, (0, 1))(*given)
    with changed("gamma"):  # no op of this program; but then every tape keeps all
        thick = xp.value_and_grad(mixed, (0, 1))(*given)
    assert thin[0] == thick[0]
    for a, b in zip(thin[1], thick[1], strict=True):
        assert a.dtype == dtype
        assert np.array_equal(a, b)


def test_numbers_have_the_gradients_of_arrays():
    def f(x, z):
        return (x * z + 2 / x - (z - 1) * 0.5) ** 2 / (3 - z) - -x

    numbers = xp.grad(f, (0, 1))(0.5, 2.0)
    arrays = xp.grad(lambda *a: xp.sum(f(*a)), (0, 1))(np.array([0.5]), np.array([2.0]))
    assert numbers == tuple(g[0] for g in arrays)


@pytest.mark.parametrize("x", [np.float64(0.5), X])
@pytest.mark.parametrize("name", ["add", "multiply", "divide"])
def test_a_rule_planted_in_arithmetic_gets_what_it_reads(name, x):
    reading = (lambda g, y, a, b: g * y + a, lambda g, y, a, b: g * y + b)
    with changed(name, vjp=reading):
        found = xp.grad(lambda x: xp.sum(TABLE[name].entry(x, 2.0)))(x)
    assert np.array_equal(found, TABLE[name].forward(x, 2.0) + x)


@pytest.mark.parametrize("op", [operator.add, operator.sub, operator.mul, operator.truediv])
@pytest.mark.parametrize("left", [2, 0.5, True, np.float32(3.0), X, 1j])
def test_the_left_operand_may_be_no_tensor(op, left):
    def real(x, by):
        return xp.sum(xp.real(by(left, x)))

    given = xp.grad(lambda x: real(x, op))(Z)
    name = {"sub": "subtract", "mul": "multiply", "truediv": "divide"}.get(op.__name__, "add")
    assert np.array_equal(given, xp.grad(lambda x: real(x, TABLE[name].entry))(Z))


def test_a_reflected_method_called_with_a_tensor_takes_both():
    found = xp.grad(lambda x, z: x.__rsub__(z) * 3.0, (0, 1))(0.5, 2.0)
    assert found == (-3.0, 3.0)


def test_a_pullback_can_be_called_again():
    _, pullback = xp.vjp(mixed, X, Z)
    first, second = pullback(1.0), pullback(1.0)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_a_number_beside_arrays_of_one_form():
    def f(x, s):
        y = x * x
        return xp.sum(s * y + y / s + y * np.float64(3.0))

    gradients = xp.grad(f, (0, 1))(X, np.float64(2.0))
    assert np.array_equal(gradients[0], 2 * X * (2.0 + 0.5 + 3.0))
    assert gradients[1] == np.sum(X * X) - np.sum(X * X) / 4


def test_an_index_adds_into_views():
    def f(x):
        return x[0, 1] * 2.0 + xp.sum(x[0] * x[0]) + xp.sum(x[..., None, 1:]) + xp.sum(x[:, [0, 0]])

    assert xp.grad(f)(X).tolist() == [[2 * 0.5 + 2, -2.5 + 2 + 1, 4.0 + 1]]


@pytest.mark.parametrize("kind", [np.float32, np.int64, np.complex128])
def test_a_cotangent_of_another_dtype_is_brought_to_that_of_the_output(kind):
    g = np.array([[1, -2, 3]], kind) + (1j if kind is np.complex128 else 0)
    _, pullback = xp.vjp(lambda x, z: -(x * z + x) + x, X, Z)
    found, expected = pullback(g), pullback(np.array([[1.0, -2.0, 3.0]]))
    for a, b in zip(found, expected, strict=True):
        assert a.dtype == np.float64
        assert np.array_equal(a, b)
