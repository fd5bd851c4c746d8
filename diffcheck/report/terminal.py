"""Text for a terminal: the verdicts worst first, and one line for each failure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from diffcheck.judge import Measurement, Verdict
from diffcheck.judge.failures import rank
from diffcheck.judge.words import SEVERITY, short, short_dtype, witness
from diffcheck.report import numbers
from diffcheck.report.commands import reproduce
from diffcheck.report.index_page import total_counts
from diffcheck.report.points import in_decimal, in_hex
from diffcheck.report.summaries import Cell, Summary

MOST_LINES: Final = 25
_RED, _YELLOW, _GREEN, _PLAIN = "\x1b[31m", "\x1b[33m", "\x1b[32m", "\x1b[0m"
_GOOD: Final = frozenset({Verdict.EXACT, Verdict.ACCURATE})


def failure_line(
    m: Measurement,
    point: Mapping[str, str | list[str]] | None,
    path: str,
    *,
    flags: str = "",
    further: int = 0,
    why: str = "",
    color: bool = False,
) -> str:
    """Return one line that names all of a failure, with the command that reproduces it.

    `path` is the case file's; `point` its values where the measurement does not hold them;
    `further` the number of points at which the same component fails too; `why` its explanation,
    which stands in a second line.
    """
    values = m.point or point
    error = "" if m.ulps is None else f" {numbers.ulps(numbers.from_hex(m.ulps))} ulps"
    word = f"{_RED}{m.verdict}{_PLAIN}" if color else str(m.verdict)
    where = f" at {in_decimal(values, m.dtype)} ({in_hex(values)})" if values else ""
    more = f" and {further} more {'points' if further > 1 else 'point'}" if further else ""
    detail = f" [{' '.join(m.detail.split())}]" if m.detail else ""
    who = f"{m.program} {m.backend} {m.mode} {m.device} {m.dtype}"
    what = f"{m.quantity} {m.index}".strip()
    command = reproduce(path, m, flags=flags)
    because = f"\n    {why}" if why else ""
    return f"{word}{error}: {path}::{m.case} {who} {what}{where}{more}{detail} | {command}{because}"


def summary(summaries: Iterable[Summary], *, flags: str = "", color: bool = False) -> str:
    """Return the text of a whole run, worst first, ending with the counts.

    Each component that fails gets a line with its worst point and the command that reproduces it;
    what merely lost digits, or fails as declared, a short one for each program and witness.
    """
    ordered = list(summaries)
    found = sorted(
        ((cell, s) for s in ordered for cell in s.cells),
        key=lambda pair: (rank(pair[0].worst), pair[1].path, pair[0].program),
    )
    failing = _failures(found, flags, color=color)
    others = [(c, s) for c, s in found if not c.failing and c.worst.verdict not in _GOOD]
    lines = failing + [_line(cell, s, color=color) for cell, s in others[:MOST_LINES]]
    if len(others) > MOST_LINES:
        lines.append(f"… and {len(others) - MOST_LINES} more that do not fail: see the report")
    for s in ordered:
        lines += [f"{s.path}::{s.case}: no longer seen: {text}" for text in s.stale_defects]
    return "\n".join([*lines, *([""] if lines else []), *_totals(ordered, color=color)])


def _failures(found: list[tuple[Cell, Summary]], flags: str, *, color: bool) -> list[str]:
    failures = sorted(
        ((failure, s.path) for cell, s in found for failure in cell.failures),
        key=lambda pair: rank(pair[0].worst),
    )
    lines = [
        failure_line(f.worst, f.point, path, flags=flags, further=f.further, why=f.why, color=color)
        for f, path in failures
    ]
    for cell, s in found:
        if cell.unlisted:
            who = f"{cell.program} {cell.backend} {cell.mode} {cell.device} {cell.dtype}"
            lines.append(f"… and {cell.unlisted} more components of {s.path}::{s.case} {who}")
    return lines


def _line(cell: Cell, s: Summary, *, color: bool) -> str:
    m = cell.worst
    mark = "known" if cell.known else ""
    who = f"{cell.program} {witness(cell.backend, cell.mode, cell.device)}"
    error = numbers.ulps(numbers.from_hex(m.ulps))
    what = f"{m.quantity} {m.index}".strip()
    text = (
        f"{mark:5} {short(m.verdict):10} {error:>7}  {s.topic + '/' + s.case:36} "
        f"{who:24} {short_dtype(cell.dtype)}  {what}"
    )
    return f"{_YELLOW}{text}{_PLAIN}" if color else text


def _totals(summaries: list[Summary], *, color: bool) -> list[str]:
    counts = total_counts(summaries)
    words = sorted(counts.items(), key=lambda item: SEVERITY[item[0]])
    failing = sum(s.failing for s in summaries)
    known = sum(cell.known for s in summaries for cell in s.cells)
    programs = sum(len(s.programs) for s in summaries)
    verdict = f"{failing} failing" if failing else "no failure"
    if color:
        verdict = f"{_RED if failing else _GREEN}{verdict}{_PLAIN}"
    size = f"{len(summaries)} cases, {programs} programs, {sum(counts.values())} measurements"
    return [", ".join(f"{n} {word}" for word, n in words), f"{size}: {verdict}, {known} known"]
