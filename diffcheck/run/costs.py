"""What the rounding of a measured program may cost, and which operation broke its bound."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, cast

import numpy as np
from flint import arb

from diffcheck.backends.base import Readable, Reading, Unsupported
from diffcheck.balls import Undecided, ulp
from diffcheck.case import Quantity
from diffcheck.engine import OperationError
from diffcheck.floats import FORMATS, to_hex
from diffcheck.judge import Culprit, Judgement, Verdict, in_ulps, named
from diffcheck.programs import MissingFormError
from diffcheck.programs.attribution import Attribution, Contribution, attribute
from diffcheck.programs.budgets import Budgets, Watched
from diffcheck.programs.form import operations
from diffcheck.run.context import CaseContext, backend_of
from diffcheck.run.options import Task
from diffcheck.truth import Outcome

# The second precision is for programs that cancel more digits than the first one has.
PRECISIONS: Final = (192, 1024)
_CANNOT: Final = (Unsupported, MissingFormError, Undecided, NotImplementedError, OperationError)
BEYOND_FIRST_ORDER: Final = "every operation kept its bound: together they cost more than their sum"
COMPILED: Final = "no operation is worse than its bound alone: compiled together, one of them is"


def costs(
    context: CaseContext, task: Task, quantity: Quantity, point_id: int, component: int
) -> Budgets | str:
    """Return the budgets of one component, or why its program gives none.

    Modes and devices of a backend run the same program, so they share the answer.
    """
    at = (replace(task, mode="", device=""), quantity, point_id)
    key = (*at, component)
    if key not in context.costs:
        with context.timed("budgets"):
            found: Budgets | str = ""
            for bits in PRECISIONS:
                found = _budgets(context, task, quantity, point_id, component, bits)
                if isinstance(found, str) or found.program.is_finite():
                    break
            else:
                found = "the program passes through infinity here"
        context.costs[key] = found
    return context.costs[key]


def _budgets(
    context: CaseContext, task: Task, quantity: Quantity, point_id: int, component: int, bits: int
) -> Budgets | str:
    key = (replace(task, mode="", device=""), quantity, point_id, bits)
    if context.watched is None or context.watched[0] != key:
        context.watched = (key, _watch(context, task, quantity, point_id, bits))
    watched = context.watched[1]
    if isinstance(watched, str):
        return watched
    reading, program = watched
    truth = context.outcomes(quantity, task.dtype, point_id)[component].ball
    try:
        return program.budgets(*reading.places[component], truth)
    except _CANNOT as error:
        return _reason(error)


def _watch(
    context: CaseContext, task: Task, quantity: Quantity, point_id: int, bits: int
) -> tuple[Reading, Watched] | str:
    try:
        reading = _read(context, task, quantity, point_id)
        return reading, Watched(reading.program, reading.inputs, FORMATS[task.dtype], bits=bits)
    except _CANNOT as error:
        return _reason(error)


def _read(context: CaseContext, task: Task, quantity: Quantity, point_id: int) -> Reading:
    backend = backend_of(task)
    if not hasattr(backend, "read"):
        raise Unsupported(f"the programs of {task.backend} cannot be read")
    point = context.points[task.dtype][point_id]
    fmt = FORMATS[task.dtype]
    reader = cast("Readable", backend)
    return reader.read(context.case, task.program, quantity, point, fmt=fmt)


def narrows(context: CaseContext, task: Task, quantity: Quantity) -> bool:
    """Whether a program that can be read rounds anything to fewer digits than its format has."""
    fmt = FORMATS[task.dtype]
    try:
        program = _read(context, task, quantity, 0).program
    except _CANNOT:
        return False
    return any(o.roundings and o.rounded_to(fmt) is not fmt for o in operations(program))


def _reason(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


def at_fault(
    context: CaseContext,
    task: Task,
    quantity: Quantity,
    point_id: int,
    component: int,
    outcome: Outcome,
    computed: Any,
    judgement: Judgement,
) -> Judgement:
    """Name the operation behind an `op-fault`: the one whose own error is beyond its bound.

    Where each kept its bound, the bounds themselves are too small: they are of first order.
    """
    found = costs(context, task, quantity, point_id, component)
    assert outcome.ball is not None
    assert isinstance(found, Budgets)
    unit = ulp(outcome.ball, FORMATS[task.dtype])
    try:
        with context.timed("attribution"):
            reading = _read(context, task, quantity, point_id)
            output, element = reading.places[component]
            by_op = attribute(reading.program, reading.inputs, output=output, element=element)
    except _CANNOT as error:
        return replace(judgement, detail=_reason(error))
    void = by_op.result != float(computed)
    error_by_op = abs(arb(by_op.result) - outcome.ball) if np.isfinite(by_op.result) else arb("inf")
    guilty = _guilty(by_op)
    # One that is worse than its bound may have cost next to nothing.
    cost = sum((abs(c.total) for c in guilty), arb(0))
    if guilty and not 2 * cost < error_by_op - found.program:
        return replace(judgement, culprit=_culprit(guilty[0], unit, outcome.ball))
    if not void or not error_by_op <= found.program:
        culprit = named(found.costs[0], unit) if found.costs else None
        return replace(
            judgement, verdict=Verdict.UNSTABLE, culprit=culprit, detail=BEYOND_FIRST_ORDER
        )
    return replace(judgement, detail=COMPILED)


def _guilty(by_op: Attribution) -> list[Contribution]:
    """Return the contributions of operations that are worse than their bounds, largest first."""
    return [
        c
        for c in by_op.contributions
        if all(r.of == "result" for r in c.operation.roundings)
        and abs(c.own_ulps) > sum(r.most for r in c.operation.roundings)
    ]


def _culprit(c: Contribution, unit: arb, exact: arb) -> Culprit:
    amplified = float(abs(c.amplification * c.result / exact).mid()) if exact != 0 else np.inf
    return Culprit(
        operation=c.operation.name,
        source=c.operation.source,
        operands=[to_hex(x) for x in c.operands],
        result=to_hex(c.result),
        own=to_hex(float(abs(c.own_ulps).mid())),
        bound=to_hex(sum(r.most for r in c.operation.roundings)),
        amplification=to_hex(amplified),
        cost=to_hex(in_ulps(abs(c.total), unit)),
    )
