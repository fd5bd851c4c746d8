"""A case's part of a store: its summary and, where asked for, its page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from diffcheck.judge import CaseRecord, Explanation, Measurement, PointRecord
from diffcheck.report.case_page import render_case
from diffcheck.report.summaries import Summary, summarize
from diffcheck.run.store import decode


@dataclass(frozen=True, slots=True)
class Segment:
    """Where in a store file the lines of one case stand."""

    store: Path
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Rendered:
    """A case's summary and the files written for it."""

    summary: Summary
    files: list[Path]


def render_segment(segment: Segment, directory: Path | None, flags: str = "") -> Rendered:
    """Read a case's lines and return its summary; write its page below `directory`, if given.

    `flags` are those of the run that a reader must repeat to meet the same points.
    """
    with segment.store.open("rb") as file:
        file.seek(segment.offset)
        lines = file.read(segment.length).splitlines()
    records = list(decode(lines, str(segment.store)))
    case = next(r for r in records if isinstance(r, CaseRecord))
    points = [r for r in records if isinstance(r, PointRecord)]
    measurements = [r for r in records if isinstance(r, Measurement)]
    explanations = [r for r in records if isinstance(r, Explanation)]
    summary = summarize(case, points, measurements, explanations)
    if directory is None:
        return Rendered(summary, [])
    written = render_case(case, points, measurements, explanations, directory, flags=flags)
    return Rendered(summary, written)


def segments_of(store: Path) -> list[Segment]:
    """Return the segments of a store file: each begins with a case record."""
    starts: list[int] = []
    with store.open("rb") as file:
        offset = 0
        for line in file:
            if line.startswith(b'{"record":"case"'):
                starts.append(offset)
            offset += len(line)
    ends = [*starts[1:], offset]
    return [Segment(store, start, end - start) for start, end in zip(starts, ends, strict=True)]
