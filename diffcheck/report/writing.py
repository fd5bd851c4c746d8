"""A whole report from a whole store."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from diffcheck.judge import CaseRecord, Explanation, Header, Measurement, PointRecord, Record
from diffcheck.report import files
from diffcheck.report.case_page import render_case
from diffcheck.report.commands import flags_of
from diffcheck.report.index_page import render_index
from diffcheck.report.summaries import Summary, summarize


def write(
    records: Iterable[Record], directory: Path, *, complete: bool | None = None
) -> list[Path]:
    """Write index, pages and plots of a store below `directory`; return all paths of the report.

    Only files whose bytes change are touched. If the run was `complete` (by default: if the header
    says so), pages of cases that are no longer there are removed. Raises `ValueError` if the store
    does not begin with a header.
    """
    header: Header | None = None
    cases: dict[str, CaseRecord] = {}
    points: dict[str, list[PointRecord]] = {}
    measurements: dict[str, list[Measurement]] = {}
    explanations: dict[str, list[Explanation]] = {}
    for record in records:
        match record:
            case Header():
                header = record
            case CaseRecord():
                cases[record.case] = record
            case PointRecord():
                points.setdefault(record.case, []).append(record)
            case Measurement():
                measurements.setdefault(record.case, []).append(record)
            case Explanation():
                explanations.setdefault(record.case, []).append(record)
    if header is None:
        raise ValueError("a store begins with a header, but this one has none")
    flags = flags_of(header.options)
    written: list[Path] = []
    summaries: list[Summary] = []
    for name, record in sorted(cases.items()):
        found = (points.get(name, []), measurements.get(name, []), explanations.get(name, []))
        parts = (record, *found)
        written += render_case(*parts, directory, flags=flags)
        summaries.append(summarize(*parts))
    return finish(summaries, header, directory, written, complete=complete)


def finish(
    summaries: Iterable[Summary],
    header: Header,
    directory: Path,
    pages: Iterable[Path],
    *,
    complete: bool | None = None,
) -> list[Path]:
    """Write the index for pages that are there, and remove stale ones; return all paths.

    The pages of slow cases stay, from the run that had them. Of a run of some folders of the
    library each has an index beside its pages, and nothing else is touched.
    """
    found = list(summaries)
    topics = sorted({s.topic for s in found}) if header.part else []
    indices = [
        render_index((s for s in found if s.topic == topic), header, directory, topic)
        for topic in topics
    ]
    written = [*(indices or [render_index(found, header, directory)]), *pages]
    if header.complete if complete is None else complete:
        slow = (name.rpartition("::")[2] for name in header.slow)
        kept = [path for name in slow for path in (directory / "cases").glob(f"*/{name}.*")]
        kept += (directory / "cases").glob("*/index.md")
        files.remove_stale(directory, [*written, *kept], folders=topics or ["*"])
    return written
