"""What the index and the terminal need to know of a case: one compact record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

import msgspec

from diffcheck.judge import CaseRecord, Explanation, Measurement, PointRecord, Verdict, key_of
from diffcheck.judge.explanations import Key
from diffcheck.judge.failures import Failure, Values, badness, failures_of_task, rank
from diffcheck.report import numbers
from diffcheck.report.explanation import short


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One program on one backend, mode, device and dtype: its counts and its worst measurements."""

    program: str
    backend: str
    mode: str
    device: str
    dtype: str
    counts: dict[str, int]
    failing: int  # known defects aside
    failures: list[Failure]  # the worst of each failing component, worst first
    unlisted: int  # failing components beyond those
    known: int
    worst: Measurement  # by verdict, failures first
    worst_ulps: float | None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """A case in the index: where it is, how each backend fared, what could not be said."""

    case: str
    path: str
    title: str
    programs: list[str]
    cells: list[Cell]
    not_run: list[tuple[str, str]]
    known_defects: list[str]
    stale_defects: list[str]
    silent: list[tuple[str, str, int]]  # verdict, reason, count: undefined, undecided, unsupported

    @property
    def topic(self) -> str:
        return topic_of(self.path)

    @property
    def failing(self) -> int:
        return sum(cell.failing for cell in self.cells) + len(self.stale_defects)


def topic_of(path: str) -> str:
    """Return the topic of a case file: the name of its folder."""
    return PurePosixPath(path).parent.name or "cases"


def worst_of(errors: Iterable[str | None]) -> float | None:
    """Return the greatest of some hexadecimal errors; None if there is none."""
    return max(map(numbers.from_hex, errors), key=badness, default=None)


def summarize(
    record: CaseRecord,
    points: Iterable[PointRecord],
    measurements: Iterable[Measurement],
    explanations: Iterable[Explanation] = (),
) -> Summary:
    """Return the summary of a case from its records."""
    why = {key_of(e): short(e) for e in explanations}
    at = {(p.dtype, p.point_id): p.values for p in points}
    groups: dict[tuple[str, ...], list[Measurement]] = {}
    silent: Counter[tuple[str, str]] = Counter()
    for m in measurements:
        groups.setdefault((m.program, m.backend, m.mode, m.device, m.dtype), []).append(m)
        if m.ulps is None and m.verdict in {"undefined", "undecided", "unsupported"}:
            silent[m.verdict, m.detail] += 1
    return Summary(
        case=record.case,
        path=record.path,
        title=record.doc.strip().partition("\n")[0].rstrip("."),
        programs=list(record.programs),
        cells=[_cell(group, at, why) for _, group in sorted(groups.items())],
        not_run=record.not_run,
        known_defects=record.known_defects,
        stale_defects=record.stale_defects,
        silent=sorted((verdict, why, count) for (verdict, why), count in silent.items()),
    )


def _cell(
    group: Sequence[Measurement], at: Mapping[tuple[str, int], Values], why: Mapping[Key, str]
) -> Cell:
    worst = min(group, key=rank)
    failures, unlisted = failures_of_task(group, at)
    return Cell(
        program=worst.program,
        backend=worst.backend,
        mode=worst.mode,
        device=worst.device,
        dtype=worst.dtype,
        counts=dict(Counter(str(m.verdict) for m in group)),
        failing=sum(m.fails and not m.known_defect for m in group),
        known=sum(m.fails and bool(m.known_defect) for m in group),
        failures=[msgspec.structs.replace(f, why=why.get(key_of(f.worst), "")) for f in failures],
        unlisted=unlisted,
        worst=worst,
        worst_ulps=_error_beside(worst, group),
    )


def _error_beside(worst: Measurement, group: Iterable[Measurement]) -> float | None:
    """Return the error of the worst; where that says nothing, the largest of the others."""
    if worst.ulps is not None and worst.verdict is not Verdict.FLUSHED:
        return numbers.from_hex(worst.ulps)
    return worst_of(m.ulps for m in group if m.verdict is not Verdict.FLUSHED)
