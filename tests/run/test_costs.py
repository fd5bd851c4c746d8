"""Which operation is at fault where the error is beyond all budgets."""

from types import SimpleNamespace

import numpy as np
import pytest
from flint import arb

from diffcheck.balls import exact
from diffcheck.judge import Judgement, Verdict
from diffcheck.programs.attribution import Attribution, Contribution
from diffcheck.programs.budgets import Budgets, Cost
from diffcheck.programs.form import Operation, rounded
from diffcheck.run import costs
from diffcheck.run.options import Task
from diffcheck.studies.explanations.known import at_point, bundled
from diffcheck.truth import Outcome

ULP = 2.0**-52
TASK = Task("program", "engine", "eager", "cpu:0", "float64")


def operation(name):
    return Operation(
        name=name, operands=(), results=(), floats=None, exact=None, roundings=rounded(1)
    )


def contribution(name, cost, own):
    """An operation that cost so many ulps of 1, with an error of its own of so many of its own."""
    return Contribution(
        operation=operation(name), call=0, element=0, total=arb(cost * ULP), rounding=arb(0),
        own_ulps=arb(own), amplification=arb(1), result=1.0, operands=(),
    )  # fmt: skip


def at_fault(monkeypatch, contributions, *, by_op, computed):
    """The judgement of a result at 1 + `computed` ulps, `by_op` run op by op; Bprog is 10 ulps."""
    blamed = Cost(
        operation=operation("sub"), total=arb(1), result=1.0, bound=0.5, amplification=1.0
    )
    found = Budgets(
        value=arb(1), counted=arb(0), program=arb(10 * ULP), literals=arb(0), costs=(blamed,),
        departure=None, unlimited=None,
    )  # fmt: skip
    attribution = Attribution(
        result=1.0 + by_op * ULP, contributions=tuple(contributions), total=arb(0), exact=arb(1),
        literals=(), departure=None, calls=(),
    )  # fmt: skip
    reading = SimpleNamespace(program=None, inputs=None, places=[(0, 0)])
    monkeypatch.setattr(costs, "costs", lambda *_: found)
    monkeypatch.setattr(costs, "_read", lambda *_: reading)
    monkeypatch.setattr(costs, "attribute", lambda *_, **__: attribution)
    context = SimpleNamespace(timed=lambda _: np.errstate())
    outcome = Outcome(status="certified", ball=exact(1.0))
    judgement = Judgement(verdict=Verdict.OP_FAULT)
    return costs.at_fault(
        context, TASK, None, 0, 0, outcome, np.float64(1.0 + computed * ULP), judgement
    )


def test_the_operation_beyond_its_bound_is_named(monkeypatch):
    found = [contribution("sub", 5, 0.5), contribution("exp", 30, 3)]
    judged = at_fault(monkeypatch, found, by_op=35, computed=35)
    assert (judged.verdict, judged.culprit.operation) == (Verdict.OP_FAULT, "exp")
    assert float.fromhex(judged.culprit.own) == 3


def test_one_beyond_its_bound_that_cost_next_to_nothing_is_not_blamed(monkeypatch):
    found = [contribution("sub", 35, 0.5), contribution("exp", 1e-9, 3)]
    judged = at_fault(monkeypatch, found, by_op=35, computed=35)
    assert (judged.verdict, judged.culprit.operation) == (Verdict.UNSTABLE, "sub")
    assert judged.detail == costs.BEYOND_FIRST_ORDER


def test_what_only_the_compiled_program_lost_is_said(monkeypatch):
    judged = at_fault(monkeypatch, [contribution("sub", 5, 0.5)], by_op=5, computed=35)
    assert (judged.verdict, judged.culprit, judged.detail) == (
        Verdict.OP_FAULT, None, costs.COMPILED,
    )  # fmt: skip


@pytest.mark.parametrize(("dtype", "x"), [("float32", "1.4"), ("float64", "1.46")])
def test_digamma_of_jax_beside_its_root_is_at_fault(dtype, x):
    case = bundled("special/gamma_functions", "log_gamma")
    ((_, m, _),) = at_point(case, "library", "jax", dtype, "gradient", {"x": x})
    assert (m.verdict, m.culprit.operation) == ("op-fault", "digamma")
    assert float.fromhex(m.culprit.own) > float.fromhex(m.culprit.bound)
