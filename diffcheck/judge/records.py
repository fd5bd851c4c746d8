"""The records of the store: header, case, point, measurement, explanation: one JSON line each.

This is the documented schema; `SCHEMA_VERSION` rises when a field changes its meaning or goes away.
Floats are hexadecimal strings, since JSON libraries lose NaN, the infinities and the sign of zero.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from diffcheck.judge.explanations import Explanation


class Verdict(StrEnum):
    """The word for a measurement (design: "What a verdict means")."""

    MISMATCH = "mismatch"
    UNDEFINED = "undefined"
    KINK = "kink"
    UNDECIDED = "undecided"
    WRONG = "wrong"
    RANGE = "range"
    FLUSHED = "flushed"
    EXACT = "exact"
    ACCURATE = "accurate"
    ILL_CONDITIONED = "ill-conditioned"
    LOST = "lost"
    OP_FAULT = "op-fault"
    UNSTABLE = "unstable"
    INEXACT = "inexact"  # of programs that cannot be read: no budget tells more
    UNSUPPORTED = "unsupported"
    CRASHED = "crashed"
    TIMED_OUT = "timed-out"


SCHEMA_VERSION: Final = 2

# Why a verdict fails the run; `kink` fails only outside the hull of the one-sided derivatives.
FAILING: Final = frozenset(
    {
        Verdict.MISMATCH,
        Verdict.WRONG,
        Verdict.RANGE,
        Verdict.LOST,
        Verdict.CRASHED,
        Verdict.TIMED_OUT,
    }
)
FAILING_IF_STRICT: Final = frozenset({Verdict.OP_FAULT, Verdict.UNSTABLE, Verdict.INEXACT})


class Header(msgspec.Struct, frozen=True, kw_only=True, tag="header", tag_field="record"):
    """The first line of a store: what determined the answers that follow."""

    schema: int = SCHEMA_VERSION
    diffcheck: str
    command: str
    environment: dict[str, str | list[str]]
    options: dict[str, int | list[str | int]]
    slow: list[str] = []  # cases that only `--slow` runs, as path::name
    complete: bool  # every case below the paths, with the default options, to the end
    part: bool = False  # the paths are folders of the library: each has an index of its own


class CaseRecord(msgspec.Struct, frozen=True, kw_only=True, tag="case", tag_field="record"):
    """A case as the report shows it; it comes before the case's points and measurements."""

    case: str
    path: str
    doc: str
    inputs: dict[str, str]  # name -> "real in [-8, 8]", with the shape
    wrt: list[str]
    orders: list[int]
    programs: dict[str, str]  # name -> source text
    formula: str  # LaTeX, empty where too large
    derivatives: list[tuple[str, str]]  # label, LaTeX
    not_run: list[tuple[str, str]]  # what, why
    known_defects: list[str]  # reason and link
    stale_defects: list[str]  # declared, but nothing failed: the run fails


class PointRecord(msgspec.Struct, frozen=True, kw_only=True, tag="point", tag_field="record"):
    """One point of a case in one dtype; values are hexadecimal, flat in C order."""

    case: str
    dtype: str
    point_id: int
    kind: str
    label: str
    values: dict[str, str | list[str]]


class Budgets(msgspec.Struct, frozen=True, kw_only=True):
    """What rounding may cost, in ulps of the truth; None where it was not needed or is not known.

    `counted` is B0, `data` Bdata, `program` Bprog (truth-and-verdicts, "What rounding may cost").
    """

    counted: str | None = None
    data: str | None = None
    program: str | None = None


class Culprit(msgspec.Struct, frozen=True, kw_only=True):
    """The operation that lost the digits: of `unstable` and `lost` the one that may cost most.

    That is by the bounds: at one point an operation with a smaller bound may have cost more, and
    the explanation, which measures what each did cost, begins with that one. Of `op-fault` the one
    whose own error is beyond its bound; of `range` the first that left the format. Numbers are
    hexadecimal; None where they were not needed or are not known.
    """

    operation: str
    source: str  # the user's line, as `cases/hard/log1p.py:12 (naive)`, empty where unknown
    operands: list[str] = []
    result: str | None = None
    own: str | None = None  # its own error in ulps of its own exact result, where it was measured
    bound: str | None = None  # on that, c_k
    amplification: str | None = None  # A_k = |S_k y_k / G|
    cost: str | None = None  # what it may cost (of op-fault: what it cost), in ulps of the truth


class Measurement(msgspec.Struct, frozen=True, kw_only=True, tag="measurement", tag_field="record"):
    """One computed component beside its truth. None where there is no number."""

    case: str
    program: str
    backend: str
    dtype: str
    mode: str
    device: str
    quantity: str
    order: int
    index: str  # the component in the case's own names, as "dL/dw"
    point_id: int  # of the point record with the same case and dtype
    point: dict[str, str | list[str]] | None  # its values, where there are at most 16 numbers
    computed: str | None
    truth: str | None  # up to 96 bits; None of a kink or where there is no truth
    left: str | None = None  # one-sided derivatives of a kink
    right: str | None = None
    ulps: str | None  # |computed - truth| / ulp(truth)
    bits_lost: str | None  # log2(1 + ulps)
    condition: str | None = None  # of the quantity in the inputs, where the verdict needed it
    budgets: Budgets | None = None  # where the error is beyond 1 ulp
    culprit: Culprit | None = None
    unread: str = ""  # why the rule was judged by ρ and not in exact semantics
    verdict: Verdict
    detail: str = ""  # side of a kink, reason of undefined, text of a crash
    fails: bool = False  # whether this fails the run, known defects aside
    known_defect: str = ""  # the reason, where a declared defect covers this


Record = Header | CaseRecord | PointRecord | Measurement | Explanation
