"""`diffcheck report`: the reports of a store, without computing anything."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from diffcheck.cli import exits
from diffcheck.cli.choices import REPORTS


@click.command("report")
@click.argument("store", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--report-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Default, for runs of whole folders: reports/.",
)
@exits.guarded
def report_command(store: Path, report_dir: Path | None) -> int:
    """Write the reports of STORE, a JSON Lines file that `diffcheck run` left.

    As in a run, some folders of the library have an index each beside their pages, and a run that
    was narrowed needs a --report-dir.
    """
    from diffcheck.judge import Header
    from diffcheck.report.commands import flags_of
    from diffcheck.report.segment import render_segment, segments_of
    from diffcheck.report.writing import finish
    from diffcheck.run.store import StoreError, read

    try:
        headers = [record for record in read(store) if isinstance(record, Header)]
    except StoreError as error:
        raise _unreadable(store, str(error)) from error
    if not headers:
        raise _unreadable(store, "no header")
    if report_dir is None and not headers[0].complete:
        raise _narrowed(store, headers[0].command)
    directory = report_dir or REPORTS
    flags = flags_of(headers[0].options)
    rendered = [render_segment(s, directory, flags) for s in segments_of(store)]
    pages = [path for r in rendered for path in r.files]
    written = finish([r.summary for r in rendered], headers[0], directory, pages)
    click.echo(written[0])
    return exits.OK


def _narrowed(store: Path, command: str) -> exits.Refused:
    return exits.Refused(
        str(store),
        f"expected a run of whole folders for the index in {REPORTS}/, got that of: {command}",
        "a run of a few cases, with options or interrupted, whose index is not that of all",
        f"diffcheck report {shlex.quote(str(store))} --report-dir FOLDER",
    )


def _unreadable(store: Path, got: str) -> exits.Refused:
    return exits.Refused(
        str(store),
        f"expected the JSON Lines of a run, got: {got}",
        "a file of another kind, one cut off in the middle, or of another version of diffcheck",
        "diffcheck run --output-format json-lines -o FILE",
    )
