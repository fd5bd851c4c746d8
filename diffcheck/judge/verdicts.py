"""One word for a measurement, from its error, its truth, the rule's evidence and the condition."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from flint import arb

from diffcheck import balls
from diffcheck.floats import Format
from diffcheck.judge.records import FAILING, FAILING_IF_STRICT, Verdict
from diffcheck.judge.rules import RuleEvidence
from diffcheck.truth import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict with the numbers it rests on."""

    verdict: Verdict
    ulps: float | None = None
    condition: float | None = None
    detail: str = ""

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
    sensitivity: Callable[[], float],
    is_value: bool = False,
    flushes_subnormals: bool = False,
    subnormal_input: bool = False,
) -> Judgement:
    """Return the verdict of one computed component; the first that matches (design, "Verdicts").

    `operations` is the count of rounded operations behind the component. `sensitivity` gives
    Σ_j |x_j ∂_j q|, the absolute condition of the quantity in the inputs; it is called only where
    the verdict hangs on it. `is_value` marks order 0, where a wrong rule means that definition and
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
    # Before the rule is accused: what was flushed on the way says nothing of the rule.
    flushed = _flushed(ulps, truth, fmt, operations, subnormal_input) if flushes_subnormals else ""
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
    if not np.isfinite(computed):
        return Judgement(verdict=Verdict.RANGE, ulps=ulps, detail=_range_detail(computed))
    return _by_budget(computed, truth, ulps, fmt, operations, sensitivity)


def _by_budget(
    computed: Any,
    truth: arb,
    ulps: float,
    fmt: Format,
    operations: int,
    sensitivity: Callable[[], float],
) -> Judgement:
    magnitude = abs(float(truth.mid()))
    u = fmt.unit_roundoff
    error = abs(float(arb(float(computed)) - truth.mid()))
    # Half an ulp for each operation; amplification within the program is not known here.
    counted = u * magnitude * operations / 2
    if ulps <= 1 or (0 < magnitude < math.inf and error <= counted):
        return Judgement(verdict=Verdict.ACCURATE, ulps=ulps)
    nothing_left = not balls.is_exact_zero(truth) and ulps >= 2.0 ** (fmt.precision - 1)
    lost = Judgement(verdict=Verdict.LOST, ulps=ulps, detail="not one correct digit")
    if math.isinf(magnitude):  # beyond float64, where the budgets below are infinite as well
        return lost if nothing_left else Judgement(verdict=Verdict.INEXACT, ulps=ulps)
    data = sensitivity()
    condition = data / magnitude if magnitude > 0 else math.inf
    # At a truth of 0 ulps mean nothing; what rounding the inputs costs, once per operation, does.
    budget = counted + u * (magnitude + data) if magnitude > 0 else u * data * max(operations, 1)
    if error <= budget:
        return Judgement(verdict=Verdict.ILL_CONDITIONED, ulps=ulps, condition=condition)
    if nothing_left:
        return replace(lost, condition=condition)
    return Judgement(verdict=Verdict.INEXACT, ulps=ulps, condition=condition)


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


def _range_detail(computed: Any) -> str:
    return "NaN" if np.isnan(computed) else "overflowed"
