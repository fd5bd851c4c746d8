"""The order of the verdicts, and the budgets behind them."""

import numpy as np
import pytest
from flint import arb

from diffcheck.balls import exact, precision
from diffcheck.floats import FORMATS
from diffcheck.judge import RIGHT, UNKNOWN, RuleEvidence, Verdict, judge
from diffcheck.programs.budgets import Budgets, Cost
from diffcheck.truth import Outcome

F32, F64 = FORMATS["float32"], FORMATS["float64"]
WRONG = RuleEvidence("wrong", "off by 1e-6 in exact arithmetic")


def certified(value):
    return Outcome(status="certified", ball=value if isinstance(value, arb) else exact(value))


EXP = Cost(operation=None, total=arb(1), result=1.0, bound=0.5, amplification=1.0)


def budgets(counted=0.0, program=0.0, departure=None, unlimited=None):
    """Budgets as absolute numbers."""
    return Budgets(
        value=arb(1), counted=arb(counted), program=arb(program), literals=arb(0),
        costs=(EXP,), departure=departure, unlimited=unlimited,
    )  # fmt: skip


def judged(computed, outcome, *, fmt=F64, rule=RIGHT, sensitivity=0.0, **flags):
    operations = flags.pop("operations", 0)
    costs = flags.pop("costs", "no program to read")
    return judge(
        fmt.dtype.type(computed),
        outcome,
        fmt=fmt,
        operations=operations,
        rule=rule,
        costs=lambda: costs,
        sensitivity=lambda: sensitivity,
        **flags,
    )


def word(computed, outcome, **flags):
    return judged(computed, outcome, **flags).verdict


SINGULAR = RuleEvidence("singular", "the program divides 0 by 0")


def test_floats_that_came_out_right_by_way_of_infinity_are_not_accused():
    assert word(1.0, certified(1.0), rule=SINGULAR) is Verdict.EXACT
    assert word(np.nan, certified(1.0), rule=SINGULAR) is Verdict.WRONG
    assert word(0.0, certified(1.0), rule=SINGULAR) is Verdict.WRONG


def test_what_is_flushed_excuses_no_rule_that_is_proved_wrong():
    flags = {"flushes_subnormals": True, "subnormal_input": True, "operations": 3}
    by_ratio = RuleEvidence("wrong", "the same relative error in both formats")
    proved = RuleEvidence("wrong", "off by 0.5 in exact arithmetic", proved=True)
    assert word(0.5, certified(1.0), rule=by_ratio, **flags) is Verdict.FLUSHED
    assert word(0.5, certified(1.0), rule=proved, **flags) is Verdict.WRONG
    assert word(2.0**-1023, certified(2.0**-1022), rule=proved, **flags) is Verdict.WRONG


def one_third():
    with precision(200):
        return arb(1) / 3


@pytest.mark.parametrize(
    ("computed", "truth", "flags", "expected"),
    [
        (1.0, 1.0, {}, Verdict.EXACT),
        (1 / 3, one_third(), {}, Verdict.EXACT),
        (np.nextafter(1 / 3, 1), one_third(), {}, Verdict.ACCURATE),
        (1 / 3 * (1 + 2**-49), one_third(), {}, Verdict.INEXACT),
        (1 / 3 * (1 + 2**-49), one_third(), {"operations": 40}, Verdict.ACCURATE),
        (1 / 3 * (1 + 2**-49), one_third(), {"sensitivity": 20.0}, Verdict.ILL_CONDITIONED),
        (1 / 3, one_third(), {"rule": WRONG}, Verdict.WRONG),
        (1 / 3, one_third(), {"rule": WRONG, "is_value": True}, Verdict.MISMATCH),
        (0.0, 1.0, {}, Verdict.LOST),
        (-1.0, 1.0, {}, Verdict.LOST),
        (0.0, 1.0, {"sensitivity": 1e17}, Verdict.ILL_CONDITIONED),
        (np.nan, 1.0, {}, Verdict.RANGE),
        (np.inf, 1.0, {}, Verdict.RANGE),
        (0.0, 0.0, {}, Verdict.EXACT),
        (-0.0, 0.0, {}, Verdict.EXACT),
        (1e-17, 0.0, {"sensitivity": 1.0, "operations": 4}, Verdict.ILL_CONDITIONED),
        (1e-15, 0.0, {"sensitivity": 1.0, "operations": 4}, Verdict.INEXACT),
        (0.0, 1e-310, {}, Verdict.FLUSHED),
        (np.nan, 1e-310, {}, Verdict.RANGE),
        (5.0, 1e-310, {}, Verdict.LOST),
        (5.0, arb((1, -2000)), {}, Verdict.LOST),
        (1.0, arb((1, 2000)), {"operations": 3, "sensitivity": np.inf}, Verdict.LOST),
        (np.inf, 1.0, {"subnormal_input": True}, Verdict.RANGE),
        (np.inf, 1.0, {"subnormal_input": True, "flushes_subnormals": True}, Verdict.FLUSHED),
        (0.0, 2.0**-1021, {"flushes_subnormals": True, "operations": 3}, Verdict.FLUSHED),
        (0.0, 2.0**-1021, {"operations": 3}, Verdict.LOST),
        (0.0, 2.0**-1000, {"flushes_subnormals": True, "operations": 3}, Verdict.LOST),
    ],
)
def test_the_first_matching_word_is_given(computed, truth, flags, expected):
    assert word(computed, certified(truth), **flags) is expected


def test_overflow_of_the_truth_is_correctly_rounded_to_infinity():
    beyond = certified(arb((1, 200)))
    assert word(np.inf, beyond, fmt=F32) is Verdict.EXACT
    assert word(1.0, beyond, fmt=F32) is Verdict.LOST


ULP = 2.0**-52


@pytest.mark.parametrize(
    ("ulps", "costs", "sensitivity", "expected"),
    [
        (1, budgets(), 0.0, Verdict.ACCURATE),
        (3, budgets(counted=3 * ULP), 0.0, Verdict.ACCURATE),
        (4, budgets(counted=3 * ULP), 0.0, Verdict.OP_FAULT),
        (4, budgets(counted=3 * ULP), 1.0, Verdict.ILL_CONDITIONED),  # Bdata = u(1 + 1)
        (5, budgets(counted=3 * ULP), 1.0, Verdict.OP_FAULT),
        (5, budgets(counted=3 * ULP, program=5 * ULP), 1.0, Verdict.UNSTABLE),
        (2.0**52, budgets(counted=3 * ULP, program=1.0), 0.0, Verdict.LOST),
        (2.0**51, budgets(counted=3 * ULP, program=1.0), 0.0, Verdict.UNSTABLE),
        (2.0**51, budgets(counted=3 * ULP, program=0.1), 0.0, Verdict.OP_FAULT),
        (5, "no program to read", 0.0, Verdict.INEXACT),
    ],
)
def test_the_budgets_in_their_order(ulps, costs, sensitivity, expected):
    found = judged(1.0 + ulps * ULP, certified(1.0), costs=costs, sensitivity=sensitivity)
    assert found.verdict is expected
    assert found.ulps == ulps


@pytest.mark.parametrize(
    ("computed", "sensitivity", "expected"),
    [
        (0.0, 0.0, Verdict.EXACT),
        (1e-16, 1.0, Verdict.ILL_CONDITIONED),
        (1e-16, 0.1, Verdict.UNSTABLE),
        (1e-14, 0.1, Verdict.OP_FAULT),
    ],
)
def test_a_truth_of_zero_is_held_against_absolute_budgets(computed, sensitivity, expected):
    costs = budgets(counted=1.0, program=1e-15)  # nothing counts as accurate but 0 itself
    assert word(computed, certified(0.0), costs=costs, sensitivity=sensitivity) is expected


def test_of_many_components_the_count_of_operations_is_asked_first():
    flags = {"costs": budgets(program=1.0), "operations": 40}
    assert word(1.0 + 5 * ULP, certified(1.0), **flags) is Verdict.UNSTABLE
    assert word(1.0 + 5 * ULP, certified(1.0), one_of_many=True, **flags) is Verdict.ACCURATE
    assert word(1.0 + 50 * ULP, certified(1.0), one_of_many=True, **flags) is Verdict.UNSTABLE


def test_what_left_the_range_is_named_before_what_costs_most():
    first = Cost(operation=None, total=arb(0), result=1e300, bound=0.5, amplification=1.0)
    found = judged(np.inf, certified(1.0), costs=budgets(departure=first))
    assert found.verdict is Verdict.RANGE
    assert found.culprit.result == (1e300).hex()
    assert judged(np.inf, certified(1.0), costs=budgets()).culprit.result == (1.0).hex()


TINY = Cost(operation=None, total=arb(0), result=1e-320, bound=0.5, amplification=1.0)


def test_a_0_that_is_none_without_limits_of_the_range_left_it():
    found = judged(0.0, certified(1.0), costs=budgets(departure=TINY, unlimited=arb(1)))
    assert (found.verdict, found.detail) == (Verdict.RANGE, "underflowed")
    assert found.culprit.result == (1e-320).hex()
    # Without limits it is 0 as well: the digits were lost, and something else underflowed.
    lost = budgets(departure=TINY, unlimited=arb(0))
    assert word(0.0, certified(1.0), costs=lost) is Verdict.LOST
    # Rule 3 comes before what the condition would excuse.
    flags = {"costs": budgets(departure=TINY, unlimited=arb(1)), "sensitivity": 1e17}
    assert word(0.0, certified(1.0), **flags) is Verdict.RANGE
    assert word(0.0, certified(1.0), one_of_many=True, operations=1, **flags) is Verdict.RANGE


def test_the_culprit_and_the_budgets_are_told_in_ulps():
    found = judged(2.0 + 8 * 2 * ULP, certified(2.0), costs=budgets(program=10 * 2 * ULP))
    assert found.verdict is Verdict.UNSTABLE
    assert float.fromhex(found.budgets.program) == pytest.approx(10)
    assert float.fromhex(found.budgets.data) == pytest.approx(0.5)
    assert float.fromhex(found.culprit.cost) == pytest.approx(2.0**51)


@pytest.mark.parametrize("status", ["undefined", "undecided"])
def test_without_a_truth_nothing_is_judged(status):
    found = judge(
        1.0,
        Outcome(status=status, reason="log of a negative number"),
        fmt=F64,
        operations=1,
        rule=WRONG,
        costs=lambda: "",
        sensitivity=lambda: 0.0,
    )
    assert (found.verdict, found.detail, found.fails()) == (
        status,
        "log of a negative number",
        False,
    )


@pytest.mark.parametrize(
    ("computed", "side", "fails"),
    [
        (0.0, "left", False),
        (1.0, "right", False),
        (0.5, "inside", False),
        (2.0, "outside", True),
        (np.nan, "outside: NaN", True),
    ],
)
def test_a_kink_names_the_side_and_fails_outside_the_hull(computed, side, fails):
    relu = Outcome(status="kink", left=exact(0), right=exact(1))
    found = judged(computed, relu, rule=UNKNOWN, operations=1)
    assert (found.detail, found.fails()) == (side, fails)


@pytest.mark.parametrize(
    ("costs", "expected"),
    [
        ("no program to read", Verdict.INEXACT),
        (budgets(program=1.0), Verdict.UNSTABLE),
        (budgets(), Verdict.OP_FAULT),
    ],
)
def test_strict_also_fails_on_lost_digits(costs, expected):
    found = judged(1.0 + 2**-40, certified(1.0), costs=costs, operations=1)
    assert (found.verdict, found.fails(), found.fails(strict=True)) == (expected, False, True)
