"""Is the rule right? Evidence about a derivative program, apart from what rounding did to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, Literal

from flint import arb

from diffcheck.balls import Undecided, is_exact_zero, precision
from diffcheck.floats import FORMATS, Format
from diffcheck.truth import Outcome

State = Literal["right", "wrong", "singular", "unknown"]

# The two hypotheses about E(float64)/E(float32) at one point are 1 (rounding) and 2^29 (a rule that
# is wrong by a fixed relative amount); a ratio beyond their geometric mean speaks for the second.
_MIDWAY: Final = 2.0 ** ((FORMATS["float64"].precision - FORMATS["float32"].precision) / 2)


@dataclass(frozen=True, slots=True)
class RuleEvidence:
    """What is known of a rule at one point; singular means: where the truth exists."""

    state: State
    detail: str = ""

    @property
    def accuses(self) -> bool:
        return self.state in ("wrong", "singular")


RIGHT: Final = RuleEvidence("right")
UNKNOWN: Final = RuleEvidence("unknown")


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
            continue
        for i in sorted(open_questions):
            truth = outcomes[i].ball
            assert truth is not None
            found = _compare(balls[i], truth, fmt, bits)
            if found.state == "unknown":
                continue
            evidence[i] = found
            # A singularity may be an artefact of too little precision: it must persist.
            if found.state != "singular":
                open_questions.discard(i)
    return evidence


def _compare(program: arb, truth: arb, fmt: Format, bits: int) -> RuleEvidence:
    if not program.is_finite():
        return RuleEvidence("singular", "the program divides 0 by 0 or multiplies 0 by infinity")
    with precision(bits):
        if not program.overlaps(truth):
            if is_exact_zero(truth):
                return RuleEvidence(
                    "wrong", f"in exact arithmetic it gives {program.str(5)}, not 0"
                )
            relative = abs((program - truth) / truth)
            return RuleEvidence(
                "wrong", f"off by {relative.str(3, radius=False)} in exact arithmetic"
            )
        magnitude = abs(truth).mid()
        scale = magnitude if magnitude > 0 else arb(1)
        # The literals' rounding is part of the program's radius: a few hundred of them are allowed.
        narrow = program.rad() <= scale * arb(2) ** (10 - fmt.precision)
    return RIGHT if narrow else UNKNOWN


def by_two_formats(errors32: Sequence[float], errors64: Sequence[float]) -> RuleEvidence:
    """Judge a rule that cannot be read by ρ = E(float64)/E(float32), at a point and its neighbours.

    The errors are in ulps of the respective format, at the same float32 inputs. Rounding costs
    about as many ulps in either format; a wrong rule is off by the same *relative* amount, so its
    error in ulps grows by 2^29. Medians over neighbours keep a lucky rounding from accusing.
    Where float32 has not two correct bits, ρ says nothing: both formats may have lost all digits.
    """
    e32, e64 = median(errors32), median(errors64)
    saturated = 2.0 ** (FORMATS["float32"].precision - 2)
    if not e32 < saturated:
        return UNKNOWN
    ratio = e64 / max(e32, 0.5)
    if ratio < _MIDWAY:
        return RIGHT
    return RuleEvidence(
        "wrong", f"the same relative error in both formats: ρ = E(float64)/E(float32) = {ratio:.1e}"
    )
