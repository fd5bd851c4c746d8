"""Measurements: one computed component beside its truth, with the verdict."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec


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
    INEXACT = "inexact"
    UNSUPPORTED = "unsupported"
    CRASHED = "crashed"
    TIMED_OUT = "timed-out"


class Measurement(msgspec.Struct, frozen=True, kw_only=True, tag="measurement", tag_field="record"):
    """One line of the store. Floats are hexadecimal strings; None where there is no number."""

    case: str
    program: str
    backend: str
    dtype: str
    mode: str
    device: str
    quantity: str
    order: int
    index: str               # "d/dw", "d2/dW[0,1]db": the component in the case's own names
    point: dict[str, list[str] | str]   # hex of every input (flat, C order); a scalar is one string
    point_kind: str
    point_id: int            # position in the case's list of points for this dtype
    computed: str | None
    truth: str | None        # hexadecimal, up to 96 bits; of a kink, None
    left: str | None = None  # one-sided derivatives of a kink
    right: str | None = None
    ulps: str | None         # |computed - truth| / ulp(truth), hex float
    bits_lost: str | None    # log2(1 + ulps)
    condition: str | None = None
    verdict: str
    detail: str = ""         # side of a kink, reason of undefined, text of a crash
    fails: bool = False      # whether this fails the run, known defects aside
    known_defect: str = ""   # the reason, where one is declared and covers this
