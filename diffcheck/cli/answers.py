"""What a run tells: progress while it lasts, then the verdicts and the exit code."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diffcheck.cli import exits

if TYPE_CHECKING:
    from diffcheck.report.summaries import Summary
    from diffcheck.run.session import Progress, RunResult

CLEAR_LINE = "\r\x1b[K"


def show_progress(progress: Progress) -> None:
    """Write over the last line of stderr, if that is a terminal."""
    if sys.stderr.isatty():
        mark = "failing" if progress.failed else "as expected"
        text = f"[{progress.done}/{progress.total}] {progress.case}, so far {mark}"
        click.echo(f"{CLEAR_LINE}{text}", nl=False, err=True)


def end_progress() -> None:
    """Take the progress away again."""
    if sys.stderr.isatty():
        click.echo(CLEAR_LINE, nl=False, err=True)


def print_verdicts(
    summaries: Sequence[Summary], store: Path, output_format: str, output: Path | None, flags: str
) -> None:
    """Print the verdicts, worst first, or the store itself, on stdout or into a file.

    Where the store goes into a file, stdout is free for the verdicts.
    """
    from diffcheck.report.terminal import summary

    as_lines = output_format == "json-lines"
    if as_lines and output is None:
        with store.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        return
    if as_lines and output is not None:
        shutil.copyfile(store, output)
    if not as_lines and output is not None:
        output.write_text(summary(summaries, flags=flags) + "\n")
        return
    color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    click.echo(summary(summaries, flags=flags, color=color))


def print_durations(result: RunResult, most: int) -> None:
    """Say on stderr where the workers' time went, for the `most` slowest cases too."""
    total: Counter[str] = Counter()
    for parts in result.seconds.values():
        total.update(parts)
    click.echo("\nwhere the workers' time went (s):", err=True)
    for name, seconds in total.most_common():
        click.echo(f"  {seconds:8.1f}  {name}", err=True)
    click.echo("the slowest cases (s):", err=True)
    slowest = sorted(result.seconds.items(), key=lambda item: -sum(item[1].values()))
    for name, parts in slowest[:most]:
        click.echo(f"  {sum(parts.values()):8.1f}  {name}", err=True)


def exit_code(result: RunResult, *, unreadable: bool) -> int:
    """Return the exit code of a run that came to its end or was interrupted."""
    if result.interrupted:
        return exits.INTERRUPTED
    if result.crashed:
        return exits.INTERNAL
    if unreadable or result.errors:
        return exits.USAGE
    return exits.FAILED if result.failed else exits.OK
