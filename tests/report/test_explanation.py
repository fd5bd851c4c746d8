"""Explanations as text: what a line says, and what it must not claim."""

import pytest

from diffcheck.judge import Explanation, Loss
from diffcheck.report.explanation import explanation, short


def loss(cost, operation="exp(-0.0001) = 0.9999", **fields):
    found = {"source": "a.py:3 (f)", "own": (0.25).hex(), "amplification": (1e4).hex()} | fields
    return Loss(operation=operation, cost=float(cost).hex(), **found)


def why(*losses, error=None, **fields):
    costs = [float.fromhex(x.cost) for x in losses]
    total = sum(costs)
    return Explanation(
        case="c", program="p", backend="jax", dtype="float32", mode="eager", device="cpu:0",
        quantity="gradient", index="df/dx", point_id=0,
        observed=total.hex(), error=(total if error is None else float(error)).hex(),
        total=total.hex(), gross=sum(map(abs, costs)).hex(), losses=list(losses), **fields,
    )  # fmt: skip


def text(store, e):
    m = store.measurement("c", ulps=(2e3).hex(), verdict="lost")
    return "\n".join(explanation(m, e))


def test_one_line_names_culprit_line_amplification_share_and_event():
    e = why(loss(2000), loss(-10), kind="cancellation", where="sub(1, 0.9999) = 0.0001")
    assert short(e) == (
        "exp(-0.0001) = 0.9999 at a.py:3 (f): 0.25 ulp of its own times 1e+04, 100.5% of the error;"
        " sub(1, 0.9999) = 0.0001 cancels: its terms agree in their leading digits, and their "
        "roundings remain"
    )


def test_a_sum_that_misses_the_error_gives_no_shares(store):
    e = why(loss(2000), error=5000, kind="rounding")
    assert "%" not in short(e)
    assert "%" not in text(store, e)
    assert "The sum does not close: it misses the error by 3000 ulps" in text(store, e)


def test_contributions_that_cancel_are_told_and_their_shares_are_of_all(store):
    e = why(loss(1e6), loss(-999_990), kind="rounding")
    assert "Contributions of 1.99999e+06 ulps in all cancel each other" in text(store, e)
    assert "50.0%" in text(store, e)
    assert "10000" not in short(e).partition("%")[0]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("literal", "the rounding of its literals costs more"),
        ("rule", "in exact arithmetic the program is another function"),
    ],
)
def test_what_no_operation_did_is_laid_on_the_program(store, kind, words):
    e = why(loss(100, "the literal 0.1", own=None, amplification=None, source=""), kind=kind)
    assert words in short(e)
    assert words in text(store, e)


def test_what_cannot_be_read_says_why(store):
    e = Explanation(
        case="c", program="p", backend="torch", dtype="float32", mode="eager", device="cpu:0",
        quantity="gradient", index="df/dx", point_id=0, unnamed="the programs cannot be read",
    )  # fmt: skip
    assert short(e) == "no operation can be named: the programs cannot be read"
    assert text(store, e).endswith("No operation can be named: the programs cannot be read.")


def test_another_number_op_by_op_makes_it_void(store):
    e = why(loss(3), kind="rounding", void="op by op the program gives 2.0")
    assert "void (op by op the program gives 2.0)" in short(e)
    assert "What remains true" in text(store, e)


def test_infinite_slopes_give_the_event_and_no_numbers(store):
    e = why(loss(float("nan"), "pow(3e-30, 2) = 0"), kind="underflow", where="pow(3e-30, 2) = 0")
    assert short(e) == "pow(3e-30, 2) = 0 underflows: below the least number of the format"
    assert "own ulps" not in text(store, e)
