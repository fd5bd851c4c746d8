"""Is the rule right? Evidence about a derivative program, apart from what rounding did to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, Literal

from flint import arb

from diffcheck.balls import Undecided, is_exact_zero, precision
from diffcheck.floats import FORMATS, Format
from diffcheck.programs.budgets import Budgets
from diffcheck.truth import Outcome

State = Literal["right", "wrong", "singular", "unknown"]

# The two hypotheses about E(float64)/E(float32) at one point are 1 (rounding) and 2^29 (a rule that
# is wrong by a fixed relative amount); a ratio beyond their geometric mean speaks for the second.
_MIDWAY: Final = 2.0 ** ((FORMATS["float64"].precision - FORMATS["float32"].precision) / 2)
# One factor at so many points, to so many digits, is no coincidence of absorbed terms.
_ENOUGH: Final = 4
_SAME_FACTOR: Final = FORMATS["float32"].unit_roundoff


@dataclass(frozen=True, slots=True)
class RuleEvidence:
    """What is known of a rule at one point; singular means: where the truth exists.

    `proved` tells exact arithmetic, which nothing flushes or rounds, from ρ. Of a rule that is not
    accused, `detail` says why it could not be read in exact semantics.
    """

    state: State
    detail: str = ""
    proved: bool = False

    @property
    def accuses(self) -> bool:
        return self.state in ("wrong", "singular")


RIGHT: Final = RuleEvidence("right")
UNKNOWN: Final = RuleEvidence("unknown")
NO_RULE: Final = RuleEvidence("unknown", "a difference quotient: truncation and rounding together")
NARROWED: Final = RuleEvidence("unknown", "it computes in a narrower format than its own")
RIGHT_AS_WRITTEN: Final = RuleEvidence("unknown", "its formulas are right but for rounding")
_OPEN_BRANCH: Final = RuleEvidence("unknown", "a comparison of overlapping balls stays undecided")
_WIDE: Final = RuleEvidence("unknown", "the rounding of the program's literals decides nothing")


def by_exact_semantics(
    enclose: Callable[[int], Sequence[arb]], outcomes: Sequence[Outcome], fmt: Format
) -> list[RuleEvidence]:
    """Compare the program's own derivative in ball arithmetic with the truth, per component.

    `enclose(bits)` runs the derivative program on balls; `outcomes` are the truths in the same
    order. A disjoint pair proves the rule wrong; a ball that stays non-finite where the truth
    exists proves the program singular; overlap at far more bits than the format has says right.
    """
    evidence = [UNKNOWN] * len(outcomes)
    open_questions = {i for i, outcome in enumerate(outcomes) if outcome.ball is not None}
    for bits in (128, 512, 2048):
        if not open_questions:
            break
        try:
            balls = enclose(bits)
        except Undecided:
            for i in open_questions:
                evidence[i] = _OPEN_BRANCH
            continue
        for i in sorted(open_questions):
            truth = outcomes[i].ball
            assert truth is not None
            evidence[i] = _compare(balls[i], truth, fmt, bits)
            # A singularity may be an artefact of too little precision: it must persist.
            if evidence[i].state in ("right", "wrong"):
                open_questions.discard(i)
    return evidence


def _compare(program: arb, truth: arb, fmt: Format, bits: int) -> RuleEvidence:
    if not program.is_finite():
        text = "the program divides 0 by 0 or multiplies 0 by infinity"
        return RuleEvidence("singular", text, proved=True)
    with precision(bits):
        if not program.overlaps(truth):
            if is_exact_zero(truth):
                text = f"in exact arithmetic it gives {program.str(5)}, not 0"
            else:
                relative = abs((program - truth) / truth)
                text = f"off by {float(relative.mid()):.3g} in exact arithmetic"
            return RuleEvidence("wrong", text, proved=True)
        magnitude = abs(truth).mid()
        scale = magnitude if magnitude > 0 else arb(1)
        # The literals' rounding is part of the program's radius: a few hundred of them are allowed.
        narrow = program.rad() <= scale * arb(2) ** (10 - fmt.precision)
    return RIGHT if narrow else _WIDE


def is_wide(rule: RuleEvidence) -> bool:
    """Whether the rounding of literals, carried through the program in balls, decided nothing."""
    return rule is _WIDE


def by_literals(found: Budgets, truth: arb) -> RuleEvidence:
    """Judge by the derivative of the program in its literals, which balls overestimate.

    The program's exact result may be off by Bconst = Σ |c ∂P/∂c|·ulp(c)/|c| for literals c that are
    not short; where it is off by more, the literals may have been rounded more than once.
    """
    with precision(256):
        explained = abs(found.value - truth) <= 2 * found.literals
    return RIGHT if explained else _WIDE


@dataclass(frozen=True, slots=True)
class TwoFormats:
    """One rule at one float32 input in both formats; errors in ulps of the respective format.

    `gap` is the distance between the two results in ulps of float32; `factor` is the float64 result
    over the truth.
    """

    error32: float
    error64: float
    gap: float
    factor: float


def by_two_formats(nearby: Sequence[TwoFormats], operations: int) -> RuleEvidence:
    """Judge a rule that cannot be read by ρ = E(float64)/E(float32), at a point and its neighbours.

    Rounding costs about as many ulps in either format. A wrong rule computes another function: its
    two results agree with *each other* as closely as float32 can, `operations` half-ulps, while the
    error in ulps of float64 is 2^29 times that of float32. Medians over neighbours keep a lucky
    rounding from accusing. Where float32 has not two correct bits, ρ says nothing: both formats may
    have absorbed the same term.
    """
    e32 = median(pair.error32 for pair in nearby)
    e64 = median(pair.error64 for pair in nearby)
    gap = median(pair.gap for pair in nearby)
    saturated = 2.0 ** (FORMATS["float32"].precision - 2)
    if not e32 < saturated:
        return UNKNOWN
    rounding = max(0.5, operations / 2)
    if e64 < _MIDWAY * rounding:
        return RIGHT
    if gap > max(1.0, rounding):
        return UNKNOWN  # rounding dominates here, in one format or in both
    ratio = e64 / max(e32, 0.5)
    return RuleEvidence(
        "wrong", f"the same relative error in both formats: ρ = E(float64)/E(float32) = {ratio:.1e}"
    )


def wrong_everywhere(pairs: Sequence[TwoFormats], operations: int) -> bool:
    """Whether a rule is off by one and the same factor in both formats at every point of a run.

    A factor 1/2 or -1 leaves float32 no two correct bits, where `by_two_formats` is silent about a
    single point. What both formats absorb leaves 0, or another factor at another point.
    """
    rounding = max(0.5, operations / 2)
    agree = all(
        pair.error64 >= _MIDWAY * rounding and pair.gap <= max(1.0, rounding) for pair in pairs
    )
    if len(pairs) < _ENOUGH or not agree:
        return False
    factors = [pair.factor for pair in pairs]
    spread = max(factors) - min(factors)
    return 0 not in factors and spread <= _SAME_FACTOR * abs(factors[0])
