"""The page of one case: Markdown with its plots beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from diffcheck.judge import CaseRecord, Explanation, Measurement, PointRecord
from diffcheck.judge.words import SEVERITY
from diffcheck.report import files, markdown
from diffcheck.report.explained import explained
from diffcheck.report.given import given_points
from diffcheck.report.panels import panels_of
from diffcheck.report.summaries import topic_of
from diffcheck.report.tables import verdict_rows, worst_points

_PLOT_NAMES: Final = ("value", "first derivatives", "second derivatives", "third derivatives")


def render_case(
    record: CaseRecord,
    points: Iterable[PointRecord],
    measurements: Iterable[Measurement],
    explanations: Iterable[Explanation],
    directory: Path,
    *,
    flags: str = "",
) -> list[Path]:
    """Write `cases/<topic>/<case>.md` and its pictures below `directory`; return their paths.

    A pure function of its arguments. `flags` are those of the run that a reader must repeat to
    meet the same points (`--points 30 --seed 1`).
    """
    points = sorted(points, key=lambda p: (p.dtype, p.point_id))
    measurements = list(measurements)
    folder = directory / "cases" / topic_of(record.path)
    plots = _plots(record, points, measurements)
    why = explained(record, points, measurements, explanations)
    pictures = [(name, content) for name, _, content in plots]
    pictures += [(e.drawing, e.picture) for e in why if e.drawing]
    written = [files.write_changed(folder / name, content) for name, content in pictures]
    text = markdown.render(
        "case.md.jinja",
        {
            "case": record,
            "inputs": [(n, text, n in record.wrt) for n, text in record.inputs.items()],
            "rows": verdict_rows(measurements, list(record.programs)),
            "plots": [(name, label) for name, label, _ in plots],
            "given": given_points(points, measurements),
            "worst": worst_points(record.path, points, measurements, flags),
            "explained": why,
            "silent": _silent(measurements),
            "defects": sorted({m.known_defect for m in measurements if m.known_defect}),
            "flags": flags,
        },
    )
    return [files.write_changed(folder / f"{record.case}.md", text.encode()), *written]


def _plots(
    record: CaseRecord, points: Sequence[PointRecord], measurements: Sequence[Measurement]
) -> list[tuple[str, str, bytes]]:
    """Return file name, label and bytes of one plot per order: of the value only without others."""
    from diffcheck.report import plots  # noqa: PLC0415 - matplotlib is slow to import

    found = []
    derivatives = any(m.order > 0 for m in measurements)
    for order, label in enumerate(_PLOT_NAMES):
        if order == 0 and derivatives:
            continue
        rows = panels_of(record, points, [m for m in measurements if m.order == order])
        if rows:
            title = f"{record.case}: {label}"
            name = f"{record.case}.order{order}.svg"
            found.append((name, label, plots.error_plot(rows, title)))
    return found


def _silent(measurements: Iterable[Measurement]) -> list[tuple[str, str, int]]:
    """Return verdict, reason and count of all that has no error in ulps."""
    counts = Counter((m.verdict, m.detail) for m in measurements if m.ulps is None)
    ordered = sorted(counts.items(), key=lambda item: (SEVERITY[item[0][0]], item[0][1]))
    return [(str(verdict), reason, count) for (verdict, reason), count in ordered]
