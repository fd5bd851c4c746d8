"""The record of an explanation: which operations lost the digits of one measurement, and how.

Numbers are hexadecimal strings, as in the other records; costs are in ulps of the exact value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from diffcheck.judge.records import Measurement

Key = tuple[str, str, str, str, str, str, str, str, int]


class Loss(msgspec.Struct, frozen=True, kw_only=True):
    """What one operation contributed to the error."""

    operation: str  # with the numbers it met, as `exp(-0.0001) = 0.9999`
    source: str  # the user's line, empty where unknown
    own: str | None  # its own error in ulps of its own exact result
    amplification: str | None  # |S_k y_k / G|; None where the truth is 0
    cost: str  # S_k·δ_k, signed


class TapeNode(msgspec.Struct, frozen=True, kw_only=True):
    """One operation of a small program, for the drawing of its tape."""

    operation: str  # as `sub(1, v3)`
    operands: list[int]  # the nodes that made its operands
    result: str
    bits_lost: str | None  # of the result beside what it would be had nothing been rounded
    cost: str | None  # S_k·δ_k; None where it rounded nothing
    source: str


class Explanation(msgspec.Struct, frozen=True, kw_only=True, tag="explanation", tag_field="record"):
    """Why one measurement is off. It follows the measurement that it belongs to."""

    case: str
    program: str
    backend: str
    dtype: str
    mode: str
    device: str
    quantity: str
    index: str
    point_id: int
    observed: str | None = None  # computed - exact, signed
    error: str | None = None  # the same of the program run operation by operation
    total: str | None = None  # the sum of all contributions: the proof, where it meets `error`
    gross: str | None = None  # the sum of their magnitudes
    losses: list[Loss] = []  # largest first
    more: int = 0  # further contributions
    rest: str | None = None  # their sum
    kind: str = ""  # `programs.Kind`: what happened where the truth leaves
    where: str = ""  # the operation at which it leaves, with its numbers
    where_source: str = ""
    void: str = ""  # why the attribution is not of the number computed
    unnamed: str = ""  # why no operation can be named at all
    advice: list[str] = []  # names of the patterns found at the culprit
    tape: list[TapeNode] = []  # of small programs


def key_of(record: Measurement | Explanation) -> Key:
    """Return what an explanation and its measurement have in common."""
    return (
        record.case,
        record.program,
        record.backend,
        record.dtype,
        record.mode,
        record.device,
        record.quantity,
        record.index,
        record.point_id,
    )
