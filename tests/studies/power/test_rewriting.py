"""A rule changed at one place of its source."""

import numpy as np
import pytest

from diffcheck.engine import TABLE, cos, grad, greater, less, matrix_transpose, where
from diffcheck.engine.table import changed
from diffcheck.studies.power.rewriting import rewritings
from diffcheck.studies.power.rules import sites


def of_larger(g, mine, other):
    return where(greater(mine, other), g, 0)


def of_tan(g, y, x):
    return g * (1 + y * y)


# Rules of the test's own, for the engine's may be written in another way tomorrow.
LARGER = lambda g, y, a, b: of_larger(g, a, b)  # noqa: E731 - rules as the op table has them
OTHER = lambda g, y, a, b: where(less(a, b), g, 0)  # noqa: E731 - rules as the op table has them


def of(rule):
    return {(operator, text) for operator, text, _ in rewritings(rule)}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            of_tan,
            {
                ("dropped term", "1 + y * y → 1"),
                ("sign inside", "1 + y * y → 1 - y * y"),
                ("constant off by one", "1 → 2"),
                ("stale output", "y → x"),
                ("dropped factor", "y * y → y"),
            },
        ),
        (lambda g, y, a, b: g * b, {("wrong operand", "b → a")}),
        (lambda g, y, x: g / x, {("product for quotient", "g / x → g * x")}),
        (lambda g, y, x: g * cos(x), {("dropped function", "cos(x) → x")}),
        (lambda g, y, a, b: -g, {("sign inside", "-g → g")}),
        (LARGER, {("kink side", "of_larger: greater(mine, other) → less(mine, other)")}),
        (lambda g, y, x: matrix_transpose(g), {("transposed", "matrix_transpose(g) → g")}),
    ],
)
def test_the_changes_of_a_rule_are_told_by_their_operators(rule, expected):
    assert expected <= of(rule)


def test_a_changed_rule_computes_what_its_text_says():
    wrong = next(r for _, text, r in rewritings(of_tan) if text == "1 + y * y → 1")
    assert grad(TABLE["tan"].entry)(0.5) == 1 + np.tan(0.5) ** 2
    with changed("tan", vjp=(wrong,)):
        assert grad(TABLE["tan"].entry)(0.5) == 1


def test_a_helper_is_changed_for_the_rule_that_calls_it_alone():
    wrong = next(r for _, text, r in rewritings(LARGER) if text.startswith("of_larger: greater"))
    gradient = grad(TABLE["maximum"].entry, (0, 1))
    with changed("maximum", vjp=(LARGER, OTHER)):
        assert gradient(2.0, 1.0) == (1, 0)
    with changed("maximum", vjp=(wrong, OTHER)):
        assert gradient(2.0, 1.0) == (0, 0)
        assert gradient(1.0, 2.0) == (1, 1)


def test_all_rules_but_a_few_are_read():
    unread = [str(site) for site in sites() if next(rewritings(site.rule), None) is None]
    assert len(sites()) > 250
    assert len(unread) < len(sites()) / 8, unread
