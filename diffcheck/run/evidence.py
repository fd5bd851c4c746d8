"""Evidence about the rules behind one task's quantity, at every point: exact semantics, or ρ."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final, cast

import numpy as np
from flint import arb

from diffcheck import balls
from diffcheck.backends.base import ExactFormulas, ExactSemantics, Unsupported
from diffcheck.balls import Undecided, precision
from diffcheck.case import Point, Quantity
from diffcheck.floats import FORMATS, Format
from diffcheck.judge import (
    NARROWED,
    NO_RULE,
    RIGHT_AS_WRITTEN,
    UNKNOWN,
    RuleEvidence,
    TwoFormats,
    by_exact_semantics,
    by_literals,
    by_two_formats,
    is_wide,
    wrong_everywhere,
)
from diffcheck.run.context import NARROW, WIDE, CaseContext, backend_of, neighbours
from diffcheck.run.costs import costs, narrows
from diffcheck.run.options import MANY, Task
from diffcheck.truth import Outcome

Table = list[list[RuleEvidence]]  # by point, by component
FORMULAS: Final = 256  # bits for JAX's approximations as they are written


def gather(context: CaseContext, task: Task, quantity: Quantity) -> Table:
    """Return what is known of the rule at each point of the task's dtype, per component.

    Exact semantics first; ρ where a program could not be read, or not decided. A program that has
    only the digits of float32 in float64 too would be accused by ρ for its rounding: it is not.
    """
    if quantity.order > 0 and not backend_of(task).has_rules:
        return [[NO_RULE] * quantity.size for _ in context.points[task.dtype]]
    table = _exact(context, task, quantity)
    if all(row[i].state != "unknown" for row, i in _judged(context, task, quantity, table)):
        return table
    wide = replace(task, dtype=WIDE.name)
    if narrows(context, wide, quantity):
        return [[r if r.state != "unknown" else NARROWED for r in row] for row in table]
    if not _runs_narrow(context, wide, quantity):
        return table
    by_ratio = _two_formats(context, wide, quantity)
    for row, other in zip(table, by_ratio, strict=False):
        for i, rule in enumerate(row):
            if rule.state == "unknown":
                row[i] = other[i] if other[i].accuses else replace(other[i], detail=rule.detail)
    return table


def _runs_narrow(context: CaseContext, wide: Task, quantity: Quantity) -> bool:
    """Whether a program runs in float32 as well: one may be made for float64 alone."""
    context.evaluate(wide, quantity)
    try:
        context.evaluate(replace(wide, dtype=NARROW.name), quantity)
    except (Exception, SystemExit):  # noqa: BLE001 - a user's program may raise anything
        return False
    return True


def _judged(
    context: CaseContext, task: Task, quantity: Quantity, table: Table
) -> Iterator[tuple[list[RuleEvidence], int]]:
    """Yield the row and component of every truth that a rule can be held against."""
    for point_id, row in enumerate(table):
        outcomes = context.outcomes(quantity, task.dtype, point_id)
        for i, outcome in enumerate(outcomes):
            if outcome.ball is not None:
                yield row, i


def _exact(context: CaseContext, task: Task, quantity: Quantity) -> Table:
    """Return the evidence by exact semantics, which the modes and devices of a backend share."""
    key = (replace(task, mode="", device=""), quantity)
    if key not in context.evidence:
        context.evidence[key] = _by_exact_semantics(context, task, quantity)
    return [list(row) for row in context.evidence[key]]


def _by_exact_semantics(context: CaseContext, task: Task, quantity: Quantity) -> Table:
    backend = backend_of(task)
    fmt = FORMATS[task.dtype]
    table: Table = []
    unread: RuleEvidence | None = None if hasattr(backend, "enclose") else UNKNOWN
    for point_id, point in enumerate(context.points[task.dtype]):
        outcomes = context.outcomes(quantity, task.dtype, point_id)
        row = [unread or UNKNOWN] * len(outcomes)
        if unread is None:

            def enclose(bits: int, point: Point = point) -> list[Any]:
                reader = cast("ExactSemantics", backend)
                return reader.enclose(
                    context.case, task.program, quantity, point, fmt=fmt, bits=bits
                )

            with context.timed("exact semantics"):
                try:
                    row = by_exact_semantics(enclose, outcomes, fmt)
                except Unsupported as error:
                    unread = RuleEvidence("unknown", str(error))
                    row = [unread] * len(outcomes)
            if quantity.size <= MANY:
                row = [
                    _settled(context, task, quantity, point_id, i) if is_wide(rule) else rule
                    for i, rule in enumerate(row)
                ]
        table.append(row)
    return table


def _settled(
    context: CaseContext, task: Task, quantity: Quantity, point_id: int, component: int
) -> RuleEvidence:
    """Return the evidence by what each literal's rounding does, one sweep for one component."""
    found = costs(context, task, quantity, point_id, component)
    truth = context.outcomes(quantity, task.dtype, point_id)[component].ball
    assert truth is not None  # without one there is no evidence either
    if isinstance(found, str):
        return RuleEvidence("unknown", found)
    return by_literals(found, truth)


def _two_formats(context: CaseContext, wide: Task, quantity: Quantity) -> Table:
    """Accuse by ρ, after a second look at the neighbours of each suspicious point.

    The float32 points open the float64 list, so at those both results are there already; the points
    that float64 has alone are looked at only once a float32 point has been accused.
    """
    narrow = replace(wide, dtype=NARROW.name)
    computed = context.evaluate(wide, quantity).values
    twins = context.evaluate(narrow, quantity).values
    operations = context.evaluate(wide, quantity).operations
    table: Table = [[UNKNOWN] * quantity.size for _ in computed]
    suspects: list[int] = []
    components: list[list[TwoFormats]] = [[] for _ in range(quantity.size)]
    for point_id, (g32, g64) in enumerate(zip(twins, computed, strict=False)):
        outcomes = context.outcomes(quantity, WIDE.name, point_id)
        pairs = list(map(_pair, g32.reshape(-1), g64.reshape(-1), outcomes))
        for component, pair in enumerate(pairs):
            components[component] += pair
        if any(pair and by_two_formats(pair, operations).accuses for pair in pairs):
            suspects.append(point_id)
    _second_look(context, wide, quantity, suspects, table)
    for component, seen in enumerate(components):
        if wrong_everywhere(seen, operations):
            for row in table[: len(twins)]:
                row[component] = RuleEvidence(
                    "wrong",
                    f"off by the factor {seen[0].factor:.6g} in both formats at every point",
                )
    if any(rule.accuses for row in table for rule in row):
        others = range(len(twins), len(computed))
        _second_look(context, wide, quantity, list(others), table)
    for point_id, row in enumerate(table):
        if any(rule.accuses for rule in row):
            table[point_id] = _by_formulas(context, wide, quantity, point_id, row)
    return table


def _by_formulas(
    context: CaseContext, wide: Task, quantity: Quantity, point_id: int, row: list[RuleEvidence]
) -> list[RuleEvidence]:
    """Drop the accusations of what is right but for rounding: both formats may absorb one term.

    JAX's approximations are no proof in exact arithmetic, but a rule that is wrong is wrong there.
    """
    backend = backend_of(wide)
    if not hasattr(backend, "enclose_as_written"):
        return row
    reader = cast("ExactFormulas", backend)
    point = context.points[WIDE.name][point_id]
    outcomes = context.outcomes(quantity, WIDE.name, point_id)
    computed = context.evaluate(wide, quantity).values[point_id].reshape(-1)
    try:
        with context.timed("exact semantics"):
            formulas = reader.enclose_as_written(
                context.case, wide.program, quantity, point, fmt=WIDE, bits=FORMULAS
            )
    except (Unsupported, Undecided):
        return row
    kept = list(row)
    for i, (rule, formula, outcome) in enumerate(zip(row, formulas, outcomes, strict=True)):
        if not rule.accuses or outcome.ball is None or not formula.is_finite():
            continue
        with precision(FORMULAS):
            error = abs(arb(float(computed[i])) - outcome.ball)
            if 4 * abs(formula - outcome.ball) < error:
                kept[i] = RIGHT_AS_WRITTEN
    return kept


def _second_look(
    context: CaseContext, wide: Task, quantity: Quantity, suspects: list[int], table: Table
) -> None:
    """Run both formats at float32 neighbours of the suspicious points and fill in the evidence."""
    if not suspects:
        return
    around = {i: neighbours(context.case, context.points[WIDE.name][i]) for i in suspects}
    flat = [point for i in suspects for point in around[i]]
    narrow = replace(wide, dtype=NARROW.name)
    computed32, computed64 = (
        context.evaluate_at(task, quantity, flat).values for task in (narrow, wide)
    )
    operations = context.evaluate(wide, quantity).operations
    row = 0
    for i in suspects:
        nearby: list[list[TwoFormats]] = [[] for _ in table[i]]
        for point in around[i]:
            outcomes = context.outcomes_at(quantity, point)
            results = zip(
                computed32[row].reshape(-1), computed64[row].reshape(-1), outcomes, strict=True
            )
            for component, (g32, g64, outcome) in enumerate(results):
                nearby[component] += _pair(g32, g64, outcome)
            row += 1
        table[i] = [by_two_formats(pairs, operations) if pairs else UNKNOWN for pairs in nearby]
        for component, rule in enumerate(table[i]):
            if rule.accuses and _excused(context, wide, quantity, i, component):
                table[i][component] = UNKNOWN


def _excused(
    context: CaseContext, wide: Task, quantity: Quantity, point_id: int, component: int
) -> bool:
    """Whether rounding the inputs once explains a float64 error: next to a root, say.

    A library that computes float32 in double precision rounds it correctly there, and float64 not:
    ρ is as large as that of a wrong rule. And a kink has no truth, whatever its neighbours have.
    """
    evaluation = context.evaluate(wide, quantity)
    outcome = context.outcomes(quantity, WIDE.name, point_id)[component]
    if outcome.ball is None:
        return True
    error = balls.error_in_ulps(
        evaluation.values[point_id].reshape(-1)[component], outcome.ball, WIDE
    )
    point = context.points[WIDE.name][point_id]
    condition = context.sensitivity(quantity, component, point) / abs(float(outcome.ball.mid()))
    return error <= 1 + evaluation.operations / 2 + condition


def _pair(g32: Any, g64: Any, outcome: Outcome) -> list[TwoFormats]:
    """Return the two results beside their truth, or nothing where the truth cannot serve."""
    error32, error64 = _error(g32, outcome, NARROW), _error(g64, outcome, WIDE)
    if error32 is None or error64 is None:
        return []
    assert outcome.ball is not None
    gap = abs(float(g32) - float(g64)) / float(balls.ulp(outcome.ball, NARROW).mid())
    factor = float(g64) / float(outcome.ball.mid())
    return [TwoFormats(error32, error64, gap if np.isfinite(gap) else math.inf, factor)]


def _error(computed: Any, outcome: Outcome, fmt: Format) -> float | None:
    if outcome.ball is None:
        return None
    magnitude = abs(float(outcome.ball.mid()))
    if not float(fmt.smallest_normal) <= magnitude <= float(fmt.max):
        return None  # zero, subnormal or out of range: the relative error says nothing
    return balls.error_in_ulps(computed, outcome.ball, fmt)
