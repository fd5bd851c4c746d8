"""One task's measurements: computed numbers beside their truth, judged."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import partial
from typing import Any, Final

import msgspec
import numpy as np

from diffcheck import balls
from diffcheck.backends.base import Evaluation, Unsupported
from diffcheck.case import Case, Defect, Point, Quantity, expected_defects
from diffcheck.floats import FORMATS, Format, to_hex
from diffcheck.judge import NO_RULE, Judgement, Measurement, RuleEvidence, Verdict, judge
from diffcheck.run.context import CaseContext, backend_of
from diffcheck.run.costs import at_fault, costs
from diffcheck.run.evidence import gather
from diffcheck.run.options import MANY, Task
from diffcheck.truth import Outcome

LARGEST_INLINE_POINT: Final = 16  # numbers; longer points are referred to by their id


def measure(context: CaseContext, task: Task) -> Iterator[Measurement]:
    """Yield the measurements of one task, the value first.

    A program that raises gives one `crashed` measurement for the quantity; one that the backend
    cannot run gives `unsupported`.
    """
    differs: set[int] = set()  # points at which definition and program are different functions
    found: set[tuple[int, Verdict]] = set()  # orders, and what came out
    for quantity in context.quantities_for(task):
        for m in _of_quantity(context, task, quantity, differs):
            found.add((m.order, m.verdict))
            yield m
    # Of a rule that is wrong already, or that gives nothing, there is no more to tell.
    told = {Verdict.WRONG, Verdict.MISMATCH, Verdict.CRASHED, Verdict.UNSUPPORTED}
    if not any(order < 2 and verdict in told for order, verdict in found):
        again = context.another_cotangent(task)
        if again is not None:
            yield from _of_quantity(context, task, again, differs)


def _of_quantity(
    context: CaseContext, task: Task, quantity: Quantity, differs: set[int]
) -> Iterator[Measurement]:
    """Yield the measurements of one quantity; the value notes at which points it differs."""
    try:
        evaluation = context.evaluate(task, quantity)
        evidence = gather(context, task, quantity)
    except Unsupported as error:
        yield _no_number(context, task, quantity, Verdict.UNSUPPORTED, str(error))
        return
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a user's program may raise anything
        text = f"{type(error).__name__}: {error}".splitlines()[0]
        yield _no_number(context, task, quantity, Verdict.CRASHED, text)
        return
    for point_id, rules in enumerate(evidence):
        if quantity.order == 0 and any(rule.accuses for rule in rules):
            differs.add(point_id)
        yield from _at_point(
            context, task, quantity, evaluation, point_id, rules, differs=point_id in differs
        )


def _at_point(
    context: CaseContext,
    task: Task,
    quantity: Quantity,
    evaluation: Evaluation,
    point_id: int,
    rules: list[RuleEvidence],
    *,
    differs: bool,
) -> Iterator[Measurement]:
    fmt = FORMATS[task.dtype]
    point = context.points[task.dtype][point_id]
    outcomes = context.outcomes(quantity, task.dtype, point_id)
    labels = context.truth.labels(quantity)
    row = evaluation.values[point_id].reshape(-1)
    subnormal = _has_subnormal(point, fmt)
    flushes = backend_of(task).flushes_subnormals
    for component, (computed, outcome) in enumerate(zip(row, outcomes, strict=True)):
        judgement = judge(
            computed,
            outcome,
            fmt=fmt,
            operations=evaluation.operations,
            rule=rules[component],
            costs=partial(costs, context, task, quantity, point_id, component),
            sensitivity=partial(context.sensitivity, quantity, component, point),
            one_of_many=quantity.size > MANY,
            is_value=quantity.order == 0,
            flushes_subnormals=flushes,
            subnormal_input=subnormal,
        )
        if judgement.verdict is Verdict.OP_FAULT:
            judgement = at_fault(
                context, task, quantity, point_id, component, outcome, computed, judgement
            )
        if rules[component] is NO_RULE and judgement.fails(strict=True):
            detail = "; ".join(filter(None, (judgement.detail, NO_RULE.detail)))
            judgement = replace(judgement, detail=detail)
        if differs and quantity.order > 0 and judgement.fails():
            judgement = Judgement(
                verdict=Verdict.MISMATCH,
                ulps=judgement.ulps,
                detail="definition and program already differ in value here",
            )
        record = _record(
            context, task, quantity, labels[component], point_id, computed, outcome, judgement
        )
        yield msgspec.structs.replace(record, unread=_unread(rules[component], outcome))


def _unread(rule: RuleEvidence, outcome: Outcome) -> str:
    judged_otherwise = rule.accuses or rule is NO_RULE or outcome.ball is None
    return "" if judged_otherwise else rule.detail


def _record(
    context: CaseContext,
    task: Task,
    quantity: Quantity,
    label: str,
    point_id: int,
    computed: Any,
    outcome: Outcome,
    judgement: Judgement,
) -> Measurement:
    point = context.points[task.dtype][point_id]
    ulps = judgement.ulps
    fails = judgement.fails(strict=context.options.strict)
    defect = _covering(context.case, task, quantity, judgement.verdict) if fails else None
    return Measurement(
        case=context.case.name,
        program=task.program,
        backend=task.backend,
        dtype=task.dtype,
        mode=task.mode,
        device=task.device,
        quantity=quantity.kind,
        order=quantity.order,
        index=label,
        point_id=point_id,
        point=point_values(point) if _count(point) <= LARGEST_INLINE_POINT else None,
        computed=to_hex(computed),
        truth=None if outcome.ball is None else balls.to_text(outcome.ball),
        left=None if outcome.left is None else balls.to_text(outcome.left),
        right=None if outcome.right is None else balls.to_text(outcome.right),
        ulps=None if ulps is None else to_hex(ulps),
        bits_lost=None if ulps is None else to_hex(math.log2(1 + ulps)),
        condition=None if judgement.condition is None else to_hex(judgement.condition),
        budgets=judgement.budgets,
        culprit=judgement.culprit,
        verdict=judgement.verdict,
        detail=judgement.detail,
        fails=fails,
        known_defect="" if defect is None else defect.reason,
    )


def _no_number(
    context: CaseContext, task: Task, quantity: Quantity, verdict: Verdict, detail: str
) -> Measurement:
    fails = Judgement(verdict=verdict).fails()
    defect = _covering(context.case, task, quantity, verdict) if fails else None
    failed = failed_task(context.case.name, task, quantity.kind, quantity.order, verdict, detail)
    return msgspec.structs.replace(failed, known_defect="" if defect is None else defect.reason)


def failed_task(
    case: str, task: Task, quantity: str, order: int, verdict: Verdict, detail: str
) -> Measurement:
    """Return the measurement that stands for a task, or one quantity of it, that gave no number."""
    return Measurement(
        case=case,
        program=task.program,
        backend=task.backend,
        dtype=task.dtype,
        mode=task.mode,
        device=task.device,
        quantity=quantity,
        order=order,
        index="",
        point_id=-1,
        point=None,
        computed=None,
        truth=None,
        ulps=None,
        bits_lost=None,
        verdict=verdict,
        detail=detail,
        fails=Judgement(verdict=verdict).fails(),
    )


def point_values(point: Point) -> dict[str, str | list[str]]:
    """Return a point's values in hexadecimal: a string for a scalar, a flat list for an array."""
    return {
        name: to_hex(array) if array.ndim == 0 else [to_hex(x) for x in array.reshape(-1)]
        for name, array in point.values.items()
    }


def _count(point: Point) -> int:
    return sum(array.size for array in point.values.values())


def _has_subnormal(point: Point, fmt: Format) -> bool:
    least = float(fmt.smallest_normal)
    return any(bool(np.any((a != 0) & (np.abs(a) < least))) for a in point.values.values())


def _covering(case: Case, task: Task, quantity: Quantity, verdict: Verdict) -> Defect | None:
    return next(
        (d for d in expected_defects(case) if covers(d, task, quantity.kind, verdict)), None
    )


def covers(defect: Defect, task: Task, quantity: str, verdict: Verdict) -> bool:
    """Whether a declared defect excuses this verdict; its fields may hold `*` wildcards."""
    scope = (
        (defect.program, task.program),
        (defect.backend, task.backend),
        (defect.dtype, task.dtype),
        (defect.mode, task.mode),
        (defect.quantity, quantity),
    )
    matches = all(want is None or fnmatchcase(got, want) for want, got in scope)
    return matches and verdict in defect.verdicts


Failure = tuple[Task, str, Verdict]  # with the quantity's kind


def failures_of(measurements: Iterable[Measurement]) -> frozenset[Failure]:
    """Return what failed, known defects included, without the points."""
    return frozenset((Task.of(m), m.quantity, m.verdict) for m in measurements if m.fails)


def stale_defects(case: Case, failures: Iterable[Failure]) -> list[str]:
    """Return the reasons of declared defects that no failure needed: strict, as a strict xfail is.

    Only the failures of a run that nothing narrows can tell.
    """
    found = list(failures)
    return [
        defect.reason
        for defect in expected_defects(case)
        if not any(covers(defect, *failure) for failure in found)
    ]
