"""Is the rule right? By exact semantics, and by the ratio of two formats."""

import math

import pytest
from flint import arb, ctx

from diffcheck.balls import Undecided, exact, precision
from diffcheck.floats import FORMATS
from diffcheck.judge import (
    TwoFormats,
    by_exact_semantics,
    by_literals,
    by_two_formats,
    wrong_everywhere,
)
from diffcheck.programs.budgets import Budgets
from diffcheck.truth import Outcome

F32, F64 = FORMATS["float32"], FORMATS["float64"]


def truth(numerator, denominator=1):
    with precision(300):
        return Outcome(status="certified", ball=arb(numerator) / denominator)


def evidence(compute, outcome, fmt=F64):
    def enclose(bits):
        with precision(bits):
            return [compute()]

    return by_exact_semantics(enclose, [outcome], fmt)[0]


def test_overlap_at_many_bits_is_right():
    assert evidence(lambda: arb(1) / 3, truth(1, 3)).state == "right"


@pytest.mark.parametrize("k", [20, 40, 53, 60, 100])
def test_a_factor_far_below_one_ulp_is_proved_wrong(k):
    found = evidence(lambda: (1 + arb(2) ** -k) / 3, truth(1, 3))
    assert found.state == "wrong"
    assert "exact arithmetic" in found.detail


def test_a_wrong_sign_is_proved_wrong():
    assert evidence(lambda: -arb(1) / 3, truth(1, 3)).state == "wrong"


def test_a_result_where_the_truth_is_zero_is_proved_wrong():
    assert evidence(lambda: arb(1), truth(0)).state == "wrong"


def test_the_rounding_of_a_literal_is_no_wrong_rule():
    third = arb(1 / 3, abs(1 / 3) * F64.unit_roundoff)
    assert evidence(lambda: third * 2, truth(2, 3)).state == "right"


def test_a_program_that_stays_singular_is_accused():
    found = evidence(lambda: arb(0) * arb("inf"), truth(1))
    assert (found.state, found.accuses) == ("singular", True)


def test_a_singularity_that_more_bits_remove_is_no_accusation():
    def cancels():
        return arb(1) / (arb(2).sqrt() ** 2 - 2 + arb(2) ** -300 if ctx.prec > 1000 else arb(0, 1))

    with precision(400):
        exact_value = Outcome(status="certified", ball=arb(2) ** 300)
    assert evidence(cancels, exact_value).state == "right"


def test_a_ball_too_wide_to_tell_is_unknown():
    assert evidence(lambda: arb(1, 0.5), truth(1)).state == "unknown"


def test_a_singularity_that_more_bits_make_merely_wide_is_no_accusation():
    found = evidence(lambda: arb(1, 0.5) if ctx.prec > 128 else arb("nan"), truth(1))
    assert found.state == "unknown"


def test_an_undecided_branch_is_unknown():
    def undecided():
        raise Undecided

    assert evidence(undecided, truth(1)).state == "unknown"


def test_components_without_truth_are_left_alone():
    found = by_exact_semantics(
        lambda _: [exact(1), exact(2)], [Outcome(status="undefined"), truth(2)], F64
    )
    assert [e.state for e in found] == ["unknown", "right"]


@pytest.mark.parametrize(
    ("e32", "e64", "gap", "state"),
    [
        ([0.3, 0.5, 0.2], [0.4, 0.1, 0.3], [0.3, 0.5, 0.2], "right"),  # rounding in both
        ([900.0, 1100.0], [1000.0, 983.0], [900.0, 1100.0], "right"),  # amplified alike
        ([9.0, 8.0, 10.0], [4.5e9, 4.6e9, 4.4e9], [0.4, 0.6, 0.5], "wrong"),  # off by 1e-6
        ([0.3, 0.4, 0.5], [9e6, 9e6, 9e6], [0.3, 0.4, 0.5], "wrong"),  # off by 1e-9
        ([0.0, 2e5, 3e5], [3e5, 2e5, 1e5], [0.0, 2e5, 3e5], "unknown"),  # one lucky rounding
        ([2.7e5] * 3, [1.4e13] * 3, [2.7e5] * 3, "unknown"),  # gelu at -8: erf absorbed in float32
        ([1.6e7] * 3, [9e15] * 3, [0.1] * 3, "unknown"),  # nothing left in float32
        ([math.inf] * 3, [math.inf] * 3, [math.inf] * 3, "unknown"),
    ],
)
def test_the_ratio_of_two_formats(e32, e64, gap, state):
    nearby = [TwoFormats(*row, factor=1.0) for row in zip(e32, e64, gap, strict=True)]
    assert by_two_formats(nearby, operations=4).state == state


def test_a_long_program_may_differ_more_between_formats():
    nearby = [TwoFormats(30.0, 4.5e9, 12.0, factor=1.0)] * 3
    assert by_two_formats(nearby, operations=2).state == "unknown"
    assert by_two_formats(nearby, operations=40).state == "wrong"


@pytest.mark.parametrize(
    ("factors", "gap", "wrong"),
    [
        ([0.5, 0.5, 0.5, 0.5], 0.2, True),  # half the gradient
        ([-1.0, -1.0, -1.0, -1.0], 0.2, True),  # a wrong sign
        ([0.5, 0.5, 0.5], 0.2, False),  # too few points
        ([0.0, 0.0, 0.0, 0.0], 0.0, False),  # tanh' in its tail: absorbed everywhere
        ([12.0, 1e6, 1e9, 1e12], 0.2, False),  # (1 - cos x)/x² near 0: absorbed, not by a factor
        ([0.5, 0.5, 0.5, 0.5], 1e5, False),  # rounding decides
    ],
)
def test_one_factor_at_every_point_is_a_wrong_rule(factors, gap, wrong):
    pairs = [TwoFormats(2.0**23, 2.0**52, gap, factor) for factor in factors]
    assert wrong_everywhere(pairs, operations=2) is wrong


@pytest.mark.parametrize(("off", "state"), [(-54, "right"), (-50, "unknown")])
def test_what_the_derivative_in_the_literals_explains_is_right(off, state):
    with precision(128):
        found = Budgets(
            value=1 + arb(2) ** off, counted=arb(0), program=arb(0),
            literals=arb(2) ** -54, costs=(), departure=None, unlimited=None,
        )  # fmt: skip
    assert by_literals(found, arb(1)).state == state
