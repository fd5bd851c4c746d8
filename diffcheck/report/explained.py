"""The explanations on a case's page: text, and the drawing of a small tape."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from diffcheck.judge import CaseRecord, Explanation, Measurement, PointRecord, key_of
from diffcheck.judge.failures import explained_on_page
from diffcheck.judge.words import witness
from diffcheck.report import numbers
from diffcheck.report.explanation import explanation
from diffcheck.report.points import in_decimal
from diffcheck.report.tape_drawing import tape_drawing


@dataclass(frozen=True, slots=True)
class Explained:
    """One explanation as it stands on a page; without a drawing its name is empty."""

    headline: str
    who: str
    dtype: str
    point: str
    text: str
    drawing: str
    picture: bytes


def explained(
    record: CaseRecord,
    points: Iterable[PointRecord],
    measurements: Sequence[Measurement],
    explanations: Iterable[Explanation],
) -> list[Explained]:
    """Return the explanations of what lost digits, worst first, as far as the store has them."""
    known = {key_of(e): e for e in explanations if not e.unnamed}
    at = {(p.dtype, p.point_id): p.values for p in points}
    found = [(m, known[key_of(m)]) for m in explained_on_page(measurements) if key_of(m) in known]
    return [
        _explained(record.case, number, m, e, m.point or at.get((m.dtype, m.point_id)))
        for number, (m, e) in enumerate(found, start=1)
    ]


def _explained(
    case: str,
    number: int,
    m: Measurement,
    e: Explanation,
    values: dict[str, str | list[str]] | None,
) -> Explained:
    who = f"{m.program} by {witness(m.backend, m.mode, m.device)}"
    point = in_decimal(values, m.dtype)
    title = f"{case}: {m.quantity} {m.index}, {who}, {m.dtype}, at {point}"
    error = "" if m.ulps is None else f" with {numbers.ulps(numbers.from_hex(m.ulps))} ulps"
    return Explained(
        headline=f"{m.verdict}{'†' if m.known_defect else ''}{error}",
        who=who,
        dtype=m.dtype,
        point=point,
        text="\n".join(explanation(m, e)),
        drawing=f"{case}.tape{number}.svg" if e.tape else "",
        picture=tape_drawing(e.tape, m.dtype, title) if e.tape else b"",
    )
