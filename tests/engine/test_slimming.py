"""Large arrays that no rule reads are not kept on the tape, and nobody can tell."""

import numpy as np
import pytest

from diffcheck import engine as xp
from diffcheck.engine import entries, slimming
from diffcheck.engine.slimming import outline, reads_of
from diffcheck.engine.table import TABLE, changed
from diffcheck.engine.tape import unpacked

X = np.linspace(0.25, 2.0, 40)


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch):
    monkeypatch.setattr(entries, "MANY", 20)
    monkeypatch.setattr(slimming, "MANY", 20)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("add", (False, False, False)),
        ("multiply", (True, True, False)),
        ("divide", (False, True, True)),
        ("exp", (False, True)),
        ("tanh", (True, False)),
        ("hypot", (True, True, False)),
        ("pow", (True, True, False)),
    ],
)
def test_what_the_rules_of_an_op_look_at(name, expected):
    assert reads_of(TABLE[name]) == expected


def test_an_outline_has_shape_and_dtype_and_no_memory():
    x = np.ones((2, 20), np.float32)
    found = outline(x)
    assert (found.shape, found.dtype, found.strides) == (x.shape, x.dtype, (0, 0))
    few = X[:3]
    assert outline(few) is few
    assert outline(2.0) == 2.0


def test_only_what_is_read_is_kept():
    tape = xp.Tape()
    x = tape.input(X)
    xp.exp(x * x + 1.0)
    product, total, power = map(unpacked, tape.entries[1:])
    assert product[2][0] is X
    assert [a.strides for a in (product[4], total[2][0], total[4], power[2][0])] == [(0,)] * 4
    assert power[4].strides == (8,)


@pytest.mark.parametrize(
    "name", [op.name for op in TABLE.values() if op.kind == "elementwise" and op.form]
)
def test_many_elements_have_the_derivatives_of_few(name):
    entry = TABLE[name].entry
    operands = (X, X[::-1].copy())[: TABLE[name].form]

    def total(*args):
        return xp.sum(entry(*args))

    def slope_of_squares(*args):
        return xp.sum(xp.grad(lambda *a: total(*(b * b for b in a)))(*args))

    nested = isinstance(TABLE[name].forward, np.ufunc) or name in ("add", "multiply", "divide")
    for f in (total, slope_of_squares) if nested else (total,):
        many = xp.grad(f)(*operands)
        few = xp.grad(f)(*(x[:15] for x in operands))
        assert np.array_equal(many[:15], few, equal_nan=True)


def test_a_planted_rule_gets_what_it_reads():
    with changed("exp", vjp=(lambda g, y, x: g * x,)):
        assert np.array_equal(xp.grad(lambda x: xp.sum(xp.exp(x)))(X), X)
    assert np.array_equal(xp.grad(lambda x: xp.sum(xp.exp(x)))(X), np.exp(X))


def test_a_pullback_can_be_differentiated_over_a_slim_tape():
    def f(g):
        _, pullback = xp.vjp(lambda x: xp.exp(x * x + x), X[: g.size])
        return xp.sum(pullback(g)[0])

    assert np.array_equal(xp.grad(f)(np.ones(X.size))[:15], xp.grad(f)(np.ones(15)))
