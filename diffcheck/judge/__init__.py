"""The judge: from a computed number and its certified truth to one word."""

from diffcheck.judge.culprits import in_ulps, named
from diffcheck.judge.explanations import Explanation, Loss, TapeNode, key_of
from diffcheck.judge.records import (
    FAILING,
    FAILING_IF_STRICT,
    SCHEMA_VERSION,
    Budgets,
    CaseRecord,
    Culprit,
    Header,
    Measurement,
    PointRecord,
    Record,
    Verdict,
)
from diffcheck.judge.rules import (
    NARROWED,
    NO_RULE,
    RIGHT,
    UNKNOWN,
    RuleEvidence,
    TwoFormats,
    by_exact_semantics,
    by_literals,
    by_two_formats,
    is_wide,
    wrong_everywhere,
)
from diffcheck.judge.verdicts import Judgement, judge

__all__ = [
    "FAILING",
    "FAILING_IF_STRICT",
    "NARROWED",
    "NO_RULE",
    "RIGHT",
    "SCHEMA_VERSION",
    "UNKNOWN",
    "Budgets",
    "CaseRecord",
    "Culprit",
    "Explanation",
    "Header",
    "Judgement",
    "Loss",
    "Measurement",
    "PointRecord",
    "Record",
    "RuleEvidence",
    "TapeNode",
    "TwoFormats",
    "Verdict",
    "by_exact_semantics",
    "by_literals",
    "by_two_formats",
    "in_ulps",
    "is_wide",
    "judge",
    "key_of",
    "named",
    "wrong_everywhere",
]
