"""What a run keeps of its explanations: of which measurements, and what they prove."""

import pytest

from diffcheck.case import Case, real, sym
from diffcheck.judge import key_of
from diffcheck.judge.failures import MOST_EXPLAINED, explained_on_page
from diffcheck.report.explained import explained
from diffcheck.run import Options
from diffcheck.run.context import CaseContext
from diffcheck.run.explain import explanations, shown_explanations
from diffcheck.run.measure import measure
from diffcheck.run.options import Task


def naive(xp, x):
    return xp.log(1 - xp.exp(-x))


def rounded_literal(xp, x):
    return xp.log(-xp.expm1(-x)) + 0.1 * x - 0.1 * x


CASE = Case(
    lambda x: sym.log(1 - sym.exp(-x)),
    name="log1mexp",
    programs=(naive, rounded_literal),
    inputs={"x": real(1e-10, 80)},
    orders=(0, 1),
    points=[{"x": 1e-4}, {"x": 40.0}],
)
TASKS = [
    Task(p, "engine", "eager", "cpu:0", t) for p in CASE.programs for t in ("float32", "float64")
]


@pytest.fixture(scope="module")
def found():
    context = CaseContext(CASE, Options(samples=0))
    measurements = [m for task in TASKS for m in measure(context, task)]
    return measurements, shown_explanations(context, measurements)


def test_what_fails_and_the_worst_of_each_verdict_is_explained(found):
    measurements, why = found
    keys = {key_of(e) for e in why}
    assert len(keys) == len(why)
    worst = explained_on_page(measurements)
    assert 0 < len(worst) <= MOST_EXPLAINED
    assert {key_of(m) for m in worst} <= keys
    failing = {(m.dtype, m.quantity) for m in measurements if m.fails}
    assert failing
    assert failing <= {(e.dtype, e.quantity) for e in why}


def test_each_sum_is_the_error(found):
    for e in found[1]:
        if e.losses and e.error is not None:
            error = float.fromhex(e.error)
            assert float.fromhex(e.total) == pytest.approx(error, rel=0.05, abs=0.02), e


def test_the_explanations_on_a_page_come_from_the_records_alone(found):
    measurements, why = found
    record = type("Record", (), {"case": "log1mexp"})
    shown = explained(record, [], measurements, why)
    assert [e.text.splitlines()[0] for e in shown]
    assert all(e.picture.startswith(b"<svg") for e in shown)
    assert shown == explained(record, [], measurements, why)


def test_the_rounding_of_a_literal_is_a_contribution_of_its_own():
    def tenth(xp, x):
        return xp.exp(0.1 * x)

    case = Case(
        lambda x: sym.exp(x / 10), name="tenth", programs=(tenth,), inputs={"x": real(0, 400)},
        points=[{"x": 400.0}],
    )  # fmt: skip
    context = CaseContext(case, Options(samples=0, orders=(0,)))
    found = measure(context, Task("tenth", "engine", "eager", "cpu:0", "float64"))
    m = next(m for m in found if m.point == {"x": (400.0).hex()})
    (e,) = explanations(context, [m])
    literal = next(x for x in e.losses if x.own is None)
    assert literal.operation == "the literal 0.1"
    # 0.1 is 5.55e-18 too large, and exp(40 (1 + 5.55e-17)) so many ulps of 2^-52.
    assert float.fromhex(literal.cost) == pytest.approx(400 * 5.55e-18 * 2**52 * 1.63, rel=0.3)
    assert float.fromhex(e.total) == pytest.approx(float.fromhex(e.error), abs=1e-6)


def test_an_explanation_that_fails_costs_no_measurement(monkeypatch):
    def broken(*_args, **_options):
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr("diffcheck.run.explain.attribute", broken)
    context = CaseContext(CASE, Options(samples=0, orders=(0,)))
    found = list(measure(context, TASKS[0]))
    why = shown_explanations(context, found)
    assert why
    assert {e.unnamed for e in why} == {"ZeroDivisionError: a fault of ours"}
