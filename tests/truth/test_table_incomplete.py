"""The incomplete gamma functions where x is near a large s: against mpmath, and each other."""

import mpmath
import pytest
from flint import acb, arb

from diffcheck.balls import precision
from diffcheck.truth.table.incomplete import gamma_lower, gamma_upper

NEAR = [(859.75, 859.8125), (427.25, 300.5), (100.0, 140.0), (4000.0, 4090.0), (65.0, 33.0)]


@pytest.mark.parametrize(("s", "x"), NEAR)
def test_they_agree_with_mpmath(s, x):
    with precision(256), mpmath.workprec(400):
        for ours, ends in ((gamma_lower, {"b": x}), (gamma_upper, {"a": x})):
            expected = arb(str(mpmath.gammainc(s, regularized=False, **ends)))
            found = ours(arb(s), arb(x))
            assert found.rel_accuracy_bits() > 150
            assert abs(found - expected) < abs(expected) * arb((1, -200))


@pytest.mark.parametrize(("s", "x"), NEAR)
def test_off_the_real_line_their_sum_is_gamma(s, x):
    with precision(128):
        order = acb(s, 0.125)
        lower, upper = gamma_lower(order, acb(x)), acb(x).gamma_upper(order)
        assert lower.is_finite()
        assert (lower + upper).overlaps(order.gamma())


def test_arb_has_no_digits_where_the_series_has():
    with precision(64):
        order, x = acb(859.75, 2.0**-20), acb(859.75)
        assert not x.gamma_lower(order).rel_accuracy_bits() > 0
        assert gamma_lower(order, x).rel_accuracy_bits() > 40


def test_a_box_is_enclosed_whole():
    with precision(64):
        box = gamma_lower(acb(arb(200, 0.125), arb(0, 0.125)), acb(210))
        inside = gamma_lower(acb(200.0625, -0.0625), acb(210))
        assert box.contains(inside)
