"""A rule changed at one place of its source."""

import numpy as np

from diffcheck.engine import TABLE, grad
from diffcheck.engine.table import changed
from diffcheck.studies.power.rewriting import rewritings
from diffcheck.studies.power.rules import sites


def of(name, argument=0):
    return {(operator, text) for operator, text, _ in rewritings(TABLE[name].vjp[argument])}


def test_the_changes_of_a_rule_are_told_by_their_operators():
    assert {
        ("dropped term", "1 + y * y → 1"),
        ("sign inside", "1 + y * y → 1 - y * y"),
        ("constant off by one", "1 → 2"),
        ("stale output", "y → x"),
        ("dropped factor", "y * y → y"),
    } <= of("tan")
    assert ("wrong operand", "b → a") in of("multiply")
    assert ("product for quotient", "g / x → g * x") in of("log")
    assert ("dropped function", "cos(x) → x") in of("sin")
    assert ("sign inside", "-g → g") in of("subtract", 1)
    assert ("kink side", "_share: greater(mine, other) → less(mine, other)") in of("maximum")
    assert any(operator == "transposed" for operator, _ in of("qr"))


def test_a_changed_rule_computes_what_its_text_says():
    wrong = next(r for _, text, r in rewritings(TABLE["tan"].vjp[0]) if text == "1 + y * y → 1")
    assert grad(TABLE["tan"].entry)(0.5) == 1 + np.tan(0.5) ** 2
    with changed("tan", vjp=(wrong,)):
        assert grad(TABLE["tan"].entry)(0.5) == 1


def test_a_helper_is_changed_for_the_rule_that_calls_it_alone():
    right = grad(TABLE["minimum"].entry)(1.0, 2.0)
    rules = TABLE["maximum"].vjp
    wrong = next(r for _, text, r in rewritings(rules[0]) if text.startswith("_share: greater"))
    with changed("maximum", vjp=(wrong, rules[1])):
        assert grad(TABLE["maximum"].entry)(2.0, 1.0) == 0
        assert grad(TABLE["minimum"].entry)(1.0, 2.0) == right == 1


def test_all_rules_but_a_few_are_read():
    unread = [str(site) for site in sites() if not list(rewritings(site.rule))]
    assert len(sites()) > 250
    assert len(unread) < len(sites()) / 8, unread
