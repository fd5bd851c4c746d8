"""Evidence about the rules behind one task's quantity, at every point: exact semantics, or ρ."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Final, cast

from diffcheck import balls
from diffcheck.backends.base import ExactSemantics, Unsupported
from diffcheck.case import Point, Quantity
from diffcheck.floats import FORMATS, Format
from diffcheck.judge import UNKNOWN, RuleEvidence, by_exact_semantics, by_two_formats
from diffcheck.run.context import NARROW, WIDE, CaseContext, backend_of, neighbours
from diffcheck.run.options import Task
from diffcheck.truth import Outcome

Table = list[list[RuleEvidence]]  # by point, by component

# An error below this is rounding as far as ρ can tell: no second look.
_SUSPICIOUS: Final = 2.0 ** ((WIDE.precision - NARROW.precision) / 2 - 1)


def gather(context: CaseContext, task: Task, quantity: Quantity) -> Table:
    """Return what is known of the rule at each point of the task's dtype, per component."""
    if hasattr(backend_of(task), "enclose"):
        return _exact(context, task, quantity)
    wide = replace(task, dtype=WIDE.name)
    table = _two_formats(context, wide, quantity)
    return table[: len(context.points[task.dtype])]


def _exact(context: CaseContext, task: Task, quantity: Quantity) -> Table:
    backend = cast("ExactSemantics", backend_of(task))
    fmt = FORMATS[task.dtype]
    table: Table = []
    for point_id, point in enumerate(context.points[task.dtype]):
        outcomes = context.outcomes(quantity, task.dtype, point_id)

        def enclose(bits: int, point: Point = point) -> list[Any]:
            return backend.enclose(context.case, task.program, quantity, point, fmt=fmt, bits=bits)

        with context.timed("exact semantics"):
            try:
                table.append(by_exact_semantics(enclose, outcomes, fmt))
            except Unsupported:
                table.append([UNKNOWN] * len(outcomes))
    return table


def _two_formats(context: CaseContext, wide: Task, quantity: Quantity) -> Table:
    computed = context.evaluate(wide, quantity).values
    table: Table = []
    suspects: list[int] = []
    for point_id, row in enumerate(computed):
        outcomes = context.outcomes(quantity, WIDE.name, point_id)
        table.append([UNKNOWN] * len(outcomes))
        errors = _errors(row, outcomes, WIDE)
        if any(error >= _SUSPICIOUS for error in errors if error is not None):
            suspects.append(point_id)
    if suspects:
        _second_look(context, wide, quantity, suspects, table)
    return table


def _second_look(
    context: CaseContext, wide: Task, quantity: Quantity, suspects: list[int], table: Table
) -> None:
    """Run both formats at float32 neighbours of the suspicious points and fill in the evidence."""
    around = {i: neighbours(context.case, context.points[WIDE.name][i]) for i in suspects}
    flat = [point for i in suspects for point in around[i]]
    narrow = replace(wide, dtype=NARROW.name)
    values = {
        task.dtype: context.evaluate_at(task, quantity, flat).values for task in (narrow, wide)
    }
    row = 0
    for i in suspects:
        errors: dict[str, list[list[float | None]]] = {NARROW.name: [], WIDE.name: []}
        for point in around[i]:
            outcomes = context.outcomes_at(quantity, point)
            for fmt in (NARROW, WIDE):
                errors[fmt.name].append(_errors(values[fmt.name][row], outcomes, fmt))
            row += 1
        for component in range(len(table[i])):
            pairs = [
                (e32[component], e64[component])
                for e32, e64 in zip(errors[NARROW.name], errors[WIDE.name], strict=True)
            ]
            table[i][component] = _verdict_of(pairs)


def _verdict_of(pairs: list[tuple[float | None, float | None]]) -> RuleEvidence:
    known = [(e32, e64) for e32, e64 in pairs if e32 is not None and e64 is not None]
    if not known:
        return UNKNOWN
    return by_two_formats([e32 for e32, _ in known], [e64 for _, e64 in known])


def _errors(row: Any, outcomes: list[Outcome], fmt: Format) -> list[float | None]:
    return [
        None if outcome.ball is None else _error(computed, outcome, fmt)
        for computed, outcome in zip(row.reshape(-1), outcomes, strict=True)
    ]


def _error(computed: Any, outcome: Outcome, fmt: Format) -> float | None:
    assert outcome.ball is not None
    magnitude = abs(float(outcome.ball.mid()))
    if not float(fmt.smallest_normal) <= magnitude <= float(fmt.max):
        return None  # zero, subnormal or out of range: the relative error says nothing
    error = balls.error_in_ulps(computed, outcome.ball, fmt)
    return error if not math.isnan(error) else None
