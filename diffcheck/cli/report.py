"""`diffcheck report`: the reports of a store, without computing anything."""

from __future__ import annotations

from pathlib import Path

import click

from diffcheck.cli import exits


@click.command("report")
@click.argument("store", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--report-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("reports"),
    show_default=True,
)
@exits.guarded
def report_command(store: Path, report_dir: Path) -> int:
    """Write the reports of STORE, a JSON Lines file that `diffcheck run` left."""
    from diffcheck.judge import Header
    from diffcheck.report.segment import render_segment, segments_of
    from diffcheck.report.writing import finish
    from diffcheck.run.store import StoreError, read

    try:
        headers = [record for record in read(store) if isinstance(record, Header)]
    except StoreError as error:
        raise _unreadable(store, str(error)) from error
    if not headers:
        raise _unreadable(store, "no header")
    rendered = [render_segment(s, report_dir) for s in segments_of(store)]
    pages = [path for r in rendered for path in r.files]
    finish([r.summary for r in rendered], headers[0], report_dir, pages)
    click.echo(report_dir / "index.md")
    return exits.OK


def _unreadable(store: Path, got: str) -> exits.Refused:
    return exits.Refused(
        str(store),
        f"expected the JSON Lines of a run, got: {got}",
        "a file of another kind, one cut off in the middle, or of another version of diffcheck",
        "diffcheck run --output-format json-lines -o FILE",
    )
