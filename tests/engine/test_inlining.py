"""Rules written out in the sweep: the same as calling them, and only where nothing is asked."""

import numpy as np
import pytest

from diffcheck import engine as xp
from diffcheck.engine.backward_source import backward_source
from diffcheck.engine.binding import bind_plain
from diffcheck.engine.inlining import expression
from diffcheck.engine.sweep import fit
from diffcheck.engine.table import TABLE, changed

ARGUMENTS = {1: ("g", "y", "x"), 2: ("g", "y", "a", "b")}
WRITTEN = [
    (op.name, position)
    for op in TABLE.values()
    if op.kind == "elementwise" and op.form
    for position, rule in enumerate(op.vjp)
    if rule is not None and expression(bind_plain(rule), ARGUMENTS[op.form], {}) is not None
]


@pytest.mark.parametrize(("name", "position"), WRITTEN)
def test_the_expression_gives_what_the_rule_gives(name, position):
    op, names = TABLE[name], {}
    rule = bind_plain(op.vjp[position])
    text = expression(rule, ARGUMENTS[op.form], names)
    values = np.array([[1.5, -2.25], [0.1875, 3.0], [-0.75, 0.40625], [2.5, 7.0]])
    given = dict(zip(ARGUMENTS[op.form], values, strict=False))
    with np.errstate(all="ignore"):
        assert eval(text, names, given).tobytes() == rule(*given.values()).tobytes()


def test_arithmetic_is_written_out():
    assert {"add", "subtract", "multiply", "divide", "negative", "exp", "sin"} <= {
        name for name, _ in WRITTEN
    }


@pytest.mark.parametrize(
    "rule",
    [
        lambda g, y, x: g if x > 0 else -g,  # looks at a value
        lambda g, y, x: g * (1.0 if isinstance(x, float) else 2.0),  # looks at a kind
        lambda g, y, x: next(g * s * s for s in (g * x,)),  # would be computed twice
        lambda g, y, x: g * x.shape[0],
        lambda g, y, x: g * np.exp(x),  # looks up a module, whatever it may be
        abs,
    ],
)
def test_a_rule_that_does_more_is_called(rule):
    assert expression(rule, ("g", "y", "x"), {}) is None
    source, names = backward_source((rule,))
    assert names["rule0"] is rule
    assert "rule0(g, y, x)" in source


def test_an_argument_without_derivative_gets_nothing():
    source, _ = backward_source((None, lambda g, y, a, b: g * a))
    assert "[i]" not in source
    assert "cotangents[j] = (g * a)" in source


def test_a_planted_rule_is_the_one_that_runs():
    def f(x):
        return x * x

    with changed("multiply", vjp=(lambda g, y, a, b: g * b, lambda g, y, a, b: 3 * g * a)):
        assert xp.grad(f)(2.0) == 8
    assert xp.grad(f)(2.0) == 4


def test_numbers_and_arrays_take_the_same_way_back():
    def f(x, y):
        return xp.exp(x) * y - y / (x + 2.0)

    x, y = np.array([0.5, -1.25]), np.array([2.0, 0.75])
    together = xp.grad(lambda x, y: xp.sum(f(x, y)), (0, 1))(x, y)
    for k in range(2):
        assert xp.grad(f, (0, 1))(x[k], y[k]) == tuple(g[k] for g in together)


def test_fit_is_called_where_an_operand_was_broadcast():
    source, _ = backward_source(tuple(map(bind_plain, TABLE["multiply"].vjp)))
    assert source.count("fit(t, ") == 2
    assert fit(np.ones((2, 3)), np.zeros(3), np.zeros((2, 3))).tolist() == [2, 2, 2]
