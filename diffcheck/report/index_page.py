"""The index of a report: the matrix cases × backends, and everything that was not judged."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from diffcheck.judge import FAILING, FAILING_IF_STRICT, Header, Verdict
from diffcheck.judge.words import MEANINGS, SEVERITY, short, short_dtype, witness
from diffcheck.report import files, markdown, numbers
from diffcheck.report.summaries import Cell, Summary

_NO_NUMBER: Final = frozenset({Verdict.CRASHED, Verdict.TIMED_OUT})
Column = tuple[str, str, str, str]  # backend, mode, device, dtype


@dataclass(frozen=True, slots=True)
class Row:
    """One program of a case across all columns; `case` is empty below the first program."""

    case: str
    link: str
    program: str
    cells: tuple[str, ...]


def render_index(
    summaries: Iterable[Summary], header: Header, directory: Path, topic: str | None = None
) -> Path:
    """Write `index.md` below `directory`, or beside the pages of one topic; return its path."""
    index = directory / "index.md" if topic is None else directory / "cases" / topic / "index.md"
    link = _link if topic is None else _link_beside
    ordered = sorted(summaries, key=lambda s: (s.topic, s.case))
    columns = columns_of(ordered)
    topics = {s.topic: [t for t in ordered if t.topic == s.topic] for s in ordered}
    counts = total_counts(ordered)
    text = markdown.render(
        "index.md.jinja",
        {
            "header": header,
            "topic": topic,
            "slow": _slow_folders(header, directory, index),
            "environment": _environment(header),
            "options": {k: v for k, v in header.options.items() if v not in ([], 0)},
            "cases": ordered,
            "programs": sum(len(s.programs) for s in ordered),
            "measurements": sum(counts.values()),
            "columns": [_heading(column) for column in columns],
            "topics": {t: _rows(members, columns, link) for t, members in topics.items()},
            "counts": sorted(counts.items(), key=lambda item: SEVERITY[item[0]]),
            "failing": sum(s.failing for s in ordered),
            "known": sum(cell.known for s in ordered for cell in s.cells),
            "defects": [(s, text) for s in ordered for text in s.known_defects],
            "stale": [(s, text) for s in ordered for text in s.stale_defects],
            "not_run": _not_run(ordered),
            "silent": _silent(ordered),
            "has_gpu": any(not cell.device.startswith("cpu") for s in ordered for cell in s.cells),
            "meanings": MEANINGS,
            "always_fail": FAILING,
            "if_strict": FAILING_IF_STRICT,
            "link": link,
        },
    )
    return files.write_changed(index, text.encode())


def columns_of(summaries: Iterable[Summary]) -> list[Column]:
    """Return who computed anything, in a fixed order."""
    return sorted({(c.backend, c.mode, c.device, c.dtype) for s in summaries for c in s.cells})


def total_counts(summaries: Iterable[Summary]) -> Counter[Verdict]:
    """Return how often each verdict was given."""
    counts: Counter[Verdict] = Counter()
    for summary in summaries:
        for cell in summary.cells:
            counts.update({Verdict(word): n for word, n in cell.counts.items()})
    return counts


def _heading(column: Column) -> str:
    backend, mode, device, dtype = column
    return f"{witness(backend, mode, device)}<br>{short_dtype(dtype)}"


def _rows(
    summaries: Sequence[Summary], columns: Sequence[Column], link: Callable[[Summary], str]
) -> list[Row]:
    rows = []
    for summary in summaries:
        cells = {(c.program, c.backend, c.mode, c.device, c.dtype): c for c in summary.cells}
        for i, program in enumerate(summary.programs):
            texts = tuple(_cell(cells.get((program, *column))) for column in columns)
            rows.append(Row("" if i else summary.case, link(summary), program, texts))
    return rows


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return ""
    word = short(cell.worst.verdict)
    nothing = cell.worst_ulps is None or cell.worst.verdict in _NO_NUMBER
    text = word if nothing else f"{numbers.ulps(cell.worst_ulps)} {word}"
    text = f"**{text}**" if cell.failing else text
    return f"{text}†" if cell.known else text


def _link(summary: Summary) -> str:
    return f"cases/{summary.topic}/{summary.case}.md"


def _link_beside(summary: Summary) -> str:
    return f"{summary.case}.md"


def _environment(header: Header) -> list[tuple[str, str]]:
    found = {"diffcheck": header.diffcheck}
    for name, value in header.environment.items():
        text = ", ".join(value) if isinstance(value, list) else value
        found[name.removeprefix("packages ")] = text
    return list(found.items())


def _not_run(summaries: Iterable[Summary]) -> list[tuple[str, str, str]]:
    """Return what, why and in which cases; equal entries of many cases are one line."""
    found: dict[tuple[str, str], list[str]] = {}
    for summary in summaries:
        for entry in summary.not_run:
            found.setdefault((entry[0], entry[1]), []).append(summary.case)
    return [(what, why, _some(cases)) for (what, why), cases in sorted(found.items())]


def _silent(summaries: Iterable[Summary]) -> list[tuple[str, str, int, str]]:
    """Return verdict, reason, count and cases of what has no truth or no number."""
    counts: Counter[tuple[str, str]] = Counter()
    cases: dict[tuple[str, str], list[str]] = {}
    for summary in summaries:
        for verdict, reason, n in summary.silent:
            counts[verdict, reason] += n
            cases.setdefault((verdict, reason), []).append(summary.case)
    return [(*key, n, _some(cases[key])) for key, n in sorted(counts.items())]


def _slow_folders(header: Header, directory: Path, index: Path) -> list[str]:
    """Return a line for each folder with slow cases: its own index, or what pages it has."""
    folders: dict[str, list[str]] = {}
    for name in header.slow:
        path, _, case = name.rpartition("::")
        folders.setdefault(PurePosixPath(path).parent.as_posix(), []).append(case)

    def linked(text: str, page: str) -> str:
        path = directory / page
        if path == index or not path.is_file():
            return text
        return f"[{text}]({Path(os.path.relpath(path, index.parent)).as_posix()})"

    lines = []
    for folder, cases in sorted(folders.items()):
        whole = linked(f"`{folder}`", f"{folder}/index.md")
        names = [linked(case, f"{folder}/{case}.md") for case in sorted(cases)]
        has_index = whole.startswith("[")
        lines.append(f"{len(cases)} of {whole}" + ("" if has_index else f": {', '.join(names)}"))
    return lines


def _some(cases: Sequence[str]) -> str:
    names = list(dict.fromkeys(cases))
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
