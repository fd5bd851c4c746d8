"""One word for a measurement, from its error, its truth, the rule's evidence and the condition."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from flint import arb

from diffcheck import balls
from diffcheck.balls import precision, ulp
from diffcheck.floats import FORMATS, Format, to_hex
from diffcheck.judge.culprits import in_ulps, named
from diffcheck.judge.records import FAILING, FAILING_IF_STRICT, Budgets, Culprit, Verdict
from diffcheck.judge.rules import RuleEvidence
from diffcheck.programs.budgets import Budgets as ProgramBudgets
from diffcheck.truth import Outcome

Costs = Callable[[], ProgramBudgets | str]
Sensitivity = Callable[[], float]
_LARGEST: Final = FORMATS["float64"].max  # beyond it the condition is not known
_NOTHING_LEFT: Final = "not one correct digit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict with the numbers it rests on."""

    verdict: Verdict
    ulps: float | None = None
    condition: float | None = None
    detail: str = ""
    budgets: Budgets | None = None
    culprit: Culprit | None = None

    def fails(self, *, strict: bool = False) -> bool:
        """Whether this fails the run; a kink fails only outside the hull."""
        if self.verdict is Verdict.KINK:
            return self.detail.startswith("outside")
        return self.verdict in FAILING or (strict and self.verdict in FAILING_IF_STRICT)


def judge(
    computed: Any,
    outcome: Outcome,
    *,
    fmt: Format,
    operations: int,
    rule: RuleEvidence,
    costs: Costs,
    sensitivity: Sensitivity,
    one_of_many: bool = False,
    is_value: bool = False,
    flushes_subnormals: bool = False,
    subnormal_input: bool = False,
) -> Judgement:
    """Return the verdict of one computed component; the first that matches (design, "Verdicts").

    `costs` gives what the roundings of the program may cost, or says why it cannot be read: then
    the count of rounded `operations` has to do. `sensitivity` gives Σ_j |x_j ∂_j q|, the absolute
    condition of the quantity in the inputs. Both are called only where the verdict hangs on them.
    A component that is `one_of_many` is accurate within half an ulp for each operation as well:
    that is B0 with every amplification taken as 1, for which no program need be read.
    `is_value` marks order 0, where a wrong rule means that definition and
    program are different functions. Source: truth-and-verdicts, "What rounding may cost".
    """
    if outcome.status == "undefined":
        return Judgement(verdict=Verdict.UNDEFINED, detail=outcome.reason)
    if outcome.status == "undecided":
        return Judgement(verdict=Verdict.UNDECIDED, detail=outcome.reason)
    if outcome.status == "kink":
        return Judgement(verdict=Verdict.KINK, detail=_side(computed, outcome, fmt, operations))
    truth = outcome.ball
    assert truth is not None
    rounded = balls.round_to_format(truth, fmt)
    ulps = _ulps(computed, rounded, truth, fmt)
    # Before ρ accuses the rule: what was flushed on the way says nothing of the rule.
    flushes = flushes_subnormals and not (rule.accuses and rule.proved)
    flushed = _flushed(ulps, truth, fmt, operations, subnormal_input) if flushes else ""
    if flushed:
        return Judgement(verdict=Verdict.FLUSHED, ulps=ulps, detail=flushed)
    if rule.accuses and not _passes_through_infinity(rule, ulps, operations):
        word = Verdict.MISMATCH if is_value else Verdict.WRONG
        text = f"singular: {rule.detail}" if rule.state == "singular" else rule.detail
        return Judgement(verdict=word, ulps=ulps, detail=text)
    if computed == rounded:
        return Judgement(verdict=Verdict.EXACT, ulps=ulps)
    below_normal = ulps > 1 and abs(float(rounded)) < float(fmt.smallest_normal)
    if below_normal and not balls.is_exact_zero(truth) and _is_tiny(ulps, truth, fmt, operations):
        return Judgement(verdict=Verdict.FLUSHED, ulps=ulps, detail="the truth is subnormal")
    left = _out_of_range(computed, rounded, truth, ulps, fmt, costs)
    if left is not None:
        return left
    return _by_budget(
        computed, truth, ulps, fmt, operations, costs, sensitivity, one_of_many=one_of_many
    )


def _out_of_range(
    computed: Any, rounded: Any, truth: arb, ulps: float, fmt: Format, costs: Costs
) -> Judgement | None:
    """Judge what is no number, or a 0 that came of leaving the range; None for anything else."""
    if not np.isfinite(computed):
        return Judgement(
            verdict=Verdict.RANGE, ulps=ulps, detail="NaN" if np.isnan(computed) else "overflowed",
            culprit=_departure(costs, truth, fmt),
        )  # fmt: skip
    if computed != 0 or not float(fmt.smallest_normal) <= abs(float(rounded)) < math.inf:
        return None
    found = costs()
    if isinstance(found, str) or found.departure is None or found.unlimited is None:
        return None
    if found.unlimited.is_zero():
        return None  # with exponents of any size it is 0 as well: the digits were lost
    return Judgement(
        verdict=Verdict.RANGE, ulps=ulps,
        detail="underflowed" if abs(found.departure.result) < 1 else "overflowed",
        culprit=named(found.departure, ulp(truth, fmt)),
    )  # fmt: skip


def _by_budget(
    computed: Any,
    truth: arb,
    ulps: float,
    fmt: Format,
    operations: int,
    costs: Costs,
    sensitivity: Sensitivity,
    *,
    one_of_many: bool,
) -> Judgement:
    if ulps <= 1:
        return Judgement(verdict=Verdict.ACCURATE, ulps=ulps)
    u = arb(fmt.unit_roundoff)
    with precision(128):
        magnitude = abs(truth).upper()
        error = abs(arb(float(computed)) - truth.mid())
        unit = ulp(truth, fmt)
    # A sweep for each of many components takes minutes: what the count of operations and the
    # condition excuse is not looked at more closely.
    if one_of_many and magnitude > 0:
        with precision(128):
            by_count = u * magnitude * operations / 2
            if error <= by_count:
                return Judgement(verdict=Verdict.ACCURATE, ulps=ulps)
            data = u * (magnitude + _moved(magnitude, sensitivity))
            if error <= by_count + data:
                condition = float(data / (u * magnitude)) - 1
                return Judgement(
                    verdict=Verdict.ILL_CONDITIONED,
                    ulps=ulps,
                    condition=condition,
                    budgets=_told(unit, by_count, data),
                )
    found = costs()
    known = None if isinstance(found, str) else found
    with precision(128):
        # B0: at a truth of 0, where ulps mean nothing, no count of operations excuses anything.
        counted = known.counted if known else u * magnitude * operations / 2
        counted = counted if magnitude > 0 else arb(0)
        if error <= counted:
            return Judgement(verdict=Verdict.ACCURATE, ulps=ulps, budgets=_told(unit, counted))
        moved = _moved(magnitude, sensitivity)
        condition = float(moved / magnitude) if magnitude > 0 else math.inf
        data = u * (magnitude + moved)
        # A program that cannot be read is granted the inputs' rounding once for each operation.
        allowed = counted + (data if known or magnitude > 0 else data * max(operations, 1))
        program = known.program if known else None
        nothing_left = magnitude > 0 and ulps >= 2.0 ** (fmt.precision - 1)
        verdict = _word(error, allowed, program, nothing_left=nothing_left)
        blames = known and known.costs and verdict in (Verdict.LOST, Verdict.UNSTABLE)
        detail = _NOTHING_LEFT if verdict is Verdict.LOST else ""
        return Judgement(
            verdict=verdict,
            ulps=ulps,
            condition=condition,
            detail=str(found) if verdict is Verdict.INEXACT else detail,
            budgets=_told(unit, counted, data, program),
            culprit=named(known.costs[0], unit) if known and blames else None,
        )


def _moved(magnitude: arb, sensitivity: Sensitivity) -> arb:
    """Return by how much the inputs move a result, over their relative change; 0 if it is huge."""
    return arb(sensitivity()) if magnitude < float(_LARGEST) else arb(0)


def _word(error: arb, allowed: arb, program: arb | None, *, nothing_left: bool) -> Verdict:
    if error <= allowed:
        return Verdict.ILL_CONDITIONED
    if nothing_left:
        return Verdict.LOST
    if program is None:
        return Verdict.INEXACT
    return Verdict.UNSTABLE if error <= program else Verdict.OP_FAULT


def _told(unit: arb, *budgets: arb | None) -> Budgets:
    """Return the record of the budgets, in the order of its fields, as far as they are known."""
    found = [None if b is None else to_hex(in_ulps(b, unit)) for b in budgets]
    return Budgets(**dict(zip(Budgets.__struct_fields__, found, strict=False)))


def _passes_through_infinity(rule: RuleEvidence, ulps: float, operations: int) -> bool:
    """Whether floats came out right by 1/0 = inf and 1/inf = 0, which real numbers have not."""
    return rule.state == "singular" and ulps <= max(1.0, operations / 2)


def _flushed(ulps: float, truth: arb, fmt: Format, operations: int, subnormal_input: bool) -> str:
    """Say what a backend that flushes subnormals flushed, if that explains the error."""
    if ulps <= 1:
        return ""
    if subnormal_input:
        return "an input is subnormal"
    within = _is_tiny(ulps, truth, fmt, operations)
    return "a result on the way is subnormal" if within else ""


def _is_tiny(ulps: float, truth: arb, fmt: Format, operations: int) -> bool:
    """Whether flushing explains an error: each operation loses less than the smallest normal."""
    error = ulps * float(balls.ulp(truth, fmt).mid())
    return error <= max(operations, 1) * float(fmt.smallest_normal)


def _ulps(computed: Any, rounded: Any, truth: arb, fmt: Format) -> float:
    if np.isinf(rounded) and computed == rounded:
        return 0.0  # the truth overflows the format, and so did the result
    return balls.error_in_ulps(computed, truth, fmt)


def _side(computed: Any, outcome: Outcome, fmt: Format, operations: int) -> str:
    assert outcome.left is not None
    assert outcome.right is not None
    value = float(computed)
    if math.isnan(value):
        return "outside: NaN"
    for name, side in (("left", outcome.left), ("right", outcome.right)):
        if balls.error_in_ulps(value, side, fmt) <= max(1.0, operations / 2):
            return name
    low, high = sorted((float(outcome.left.mid()), float(outcome.right.mid())))
    return "inside" if low <= value <= high else "outside"


def _departure(costs: Costs, truth: arb, fmt: Format) -> Culprit | None:
    """Return the first operation whose exact result is out of range, else the one that costs most.

    Where the range is left although all exact results are within it, digits were lost before.
    """
    found = costs()
    if isinstance(found, str):
        return None
    first = found.departure or (found.costs[0] if found.costs else None)
    return None if first is None else named(first, ulp(truth, fmt))
