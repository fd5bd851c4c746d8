"""`diffcheck run`: verify cases, print what fails, write the reports."""

from __future__ import annotations

import os
import shlex
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diffcheck.cli import exits
from diffcheck.cli.selection import DEFAULT_PATHS, is_narrowed, select

if TYPE_CHECKING:
    from diffcheck.case import Case
    from diffcheck.report.segment import Rendered
    from diffcheck.run import Options
    from diffcheck.run.pools import Pools
    from diffcheck.run.session import Progress, RunResult
    from diffcheck.run.worker import Probe

STORE = Path(".diffcheck/last.jsonl")  # of the latest run to end in this folder
REPORTS = Path("reports")


@click.command("run")
@click.argument("paths", nargs=-1, metavar="[PATH[::CASE]]...")
@click.option(
    "-k", "keyword", default="", help="Only cases whose path::name matches (pytest's -k)."
)
@click.option("-x", "stop", is_flag=True, help="Stop after the first case that fails.")
@click.option("-j", "jobs", type=click.IntRange(1), default=None, help="Worker processes [cores].")
@click.option("--backend", "backends", multiple=True, type=click.Choice(["engine", "jax"]))
@click.option("--dtype", "dtypes", multiple=True, type=click.Choice(["float32", "float64"]))
@click.option("--device", "devices", multiple=True, help="A device such as cpu:0 or gpu:0.")
@click.option("--mode", "modes", multiple=True, help="eager or jit; on a GPU also jit+highest.")
@click.option("--order", "orders", multiple=True, type=click.IntRange(0, 3))
@click.option("--points", "samples", type=click.IntRange(0), default=None, help="Sampled points.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--strict", is_flag=True, help="Also fail on `inexact`.")
@click.option("--timeout", type=click.FloatRange(1), default=600.0, help="Seconds for one case.")
@click.option("--report-dir", type=click.Path(file_okay=False, path_type=Path), default=None)
@click.option("--output-format", type=click.Choice(["text", "json-lines"]), default="text")
@click.option("-o", "output", type=click.Path(dir_okay=False, path_type=Path), default=None)
@click.option("--durations", is_flag=True, help="Say where the time went.")
@exits.guarded
def run_command(
    paths: tuple[str, ...],
    keyword: str,
    stop: bool,
    jobs: int | None,
    backends: tuple[str, ...],
    dtypes: tuple[str, ...],
    devices: tuple[str, ...],
    modes: tuple[str, ...],
    orders: tuple[int, ...],
    samples: int | None,
    seed: int,
    strict: bool,
    timeout: float,
    report_dir: Path | None,
    output_format: str,
    output: Path | None,
    durations: bool,
) -> int:
    """Verify the cases below PATHS (default: cases/) and print the verdicts, worst first.

    Reports go to reports/ unless the run is narrowed by an option, -k, a file or PATH::CASE; with
    --report-dir they are always written. --output-format json-lines prints the store itself.
    """
    from diffcheck.run import DEFAULT_SAMPLES, Options  # noqa: PLC0415 - SymPy is slow to import
    from diffcheck.run.pools import pools  # noqa: PLC0415
    from diffcheck.run.worker import probe  # noqa: PLC0415

    options = Options(
        backends=backends,
        dtypes=dtypes,
        devices=devices,
        modes=modes,
        orders=orders,
        samples=DEFAULT_SAMPLES if samples is None else samples,
        seed=seed,
        strict=strict,
    )
    whole = options.is_default and not is_narrowed(paths, keyword)
    STORE.parent.mkdir(exist_ok=True)
    store = STORE.with_name(f"run-{os.getpid()}.jsonl")  # runs may go side by side
    with pools(jobs or len(os.sched_getaffinity(0))) as workers:
        present = workers.submit("probe", probe)  # JAX starts while the cases are loaded
        cases, errors = select(paths, keyword)
        for error in errors:
            click.echo(f"error: {error}", err=True)
        if not cases:
            click.echo("nothing selected", err=True)
            return exits.USAGE if errors else exits.NOTHING_SELECTED
        command = shlex.join(["diffcheck", "run", *_arguments(paths)])
        result = _verify(
            cases, options, workers, present.result(), store, command, whole, stop, timeout
        )
        directory = report_dir or (REPORTS if whole else None)
        rendered = _render(result, workers, store, directory, options)
    if directory is not None:
        _write_index(rendered, store, directory, complete=whole and not result.interrupted)
    _print(rendered, result, store, output_format, output, directory)
    store.replace(STORE)
    if durations:
        _print_durations(result)
    return _exit_code(result, bool(errors))


def _arguments(paths: Sequence[str]) -> list[str]:
    return list(paths or DEFAULT_PATHS) if not sys.argv[2:] else sys.argv[2:]


def _verify(
    cases: Sequence[Case],
    options: Options,
    workers: Pools,
    present: Probe,
    store: Path,
    command: str,
    complete: bool,
    stop: bool,
    timeout: float,
) -> RunResult:
    from diffcheck.run.session import execute  # noqa: PLC0415 - imports every backend

    with store.open("wb") as file:
        return execute(
            cases,
            options,
            file,
            workers=workers,
            present=present,
            command=command,
            complete=complete,
            stop_on_failure=stop,
            timeout=timeout,
            progress=_show_progress if sys.stderr.isatty() else lambda _: None,
        )


def _show_progress(progress: Progress) -> None:
    mark = "failing" if progress.failed else "as expected"
    text = f"[{progress.done}/{progress.total}] {progress.case}, so far {mark}"
    click.echo(f"\r\x1b[K{text}", nl=progress.done == progress.total, err=True)


def _render(
    result: RunResult, workers: Pools, store: Path, directory: Path | None, options: Options
) -> list[Rendered]:
    from diffcheck.report.commands import flags_of  # noqa: PLC0415
    from diffcheck.report.segment import Segment, render_segment  # noqa: PLC0415

    flags = "" if options.is_default else flags_of(options.as_record())
    futures = [
        workers.submit("cpu:0", render_segment, Segment(store, offset, length), directory, flags)
        for _, offset, length in result.segments
    ]
    rendered: list[Rendered] = [future.result() for future in futures]
    return sorted(rendered, key=lambda r: (r.summary.path, r.summary.case))


def _write_index(
    rendered: Sequence[Rendered], store: Path, directory: Path, *, complete: bool
) -> None:
    from diffcheck.judge import Header  # noqa: PLC0415
    from diffcheck.report.writing import finish  # noqa: PLC0415
    from diffcheck.run.store import read  # noqa: PLC0415

    header = next(record for record in read(store) if isinstance(record, Header))
    pages = [path for r in rendered for path in r.files]
    finish([r.summary for r in rendered], header, directory, pages, complete=complete)


def _print(
    rendered: Sequence[Rendered],
    result: RunResult,
    store: Path,
    output_format: str,
    output: Path | None,
    directory: Path | None,
) -> None:
    from diffcheck.report.terminal import summary  # noqa: PLC0415

    if output_format == "json-lines":
        content = store.read_bytes()
    else:
        content = (summary([r.summary for r in rendered]) + "\n").encode()
    if output is None:
        click.get_binary_stream("stdout").write(content)
    else:
        output.write_bytes(content)
    if directory is not None:
        click.echo(f"report: {directory / 'index.md'}", err=True)
    for error in result.errors:
        click.echo(f"error: {error}", err=True)
    if result.interrupted:
        click.echo(f"interrupted; what was measured is kept in {STORE}", err=True)


def _print_durations(result: RunResult) -> None:
    total: Counter[str] = Counter()
    for parts in result.seconds.values():
        total.update(parts)
    click.echo("\nwhere the workers' time went (s):", err=True)
    for name, seconds in total.most_common():
        click.echo(f"  {seconds:8.1f}  {name}", err=True)
    click.echo("the ten slowest cases (s):", err=True)
    slowest = sorted(result.seconds.items(), key=lambda item: -sum(item[1].values()))
    for name, parts in slowest[:10]:
        click.echo(f"  {sum(parts.values()):8.1f}  {name}", err=True)


def _exit_code(result: RunResult, unreadable: bool) -> int:
    if result.interrupted:
        return exits.INTERRUPTED
    if result.crashed:
        return exits.INTERNAL
    if unreadable or result.errors:
        return exits.USAGE
    if not result.segments:
        return exits.NOTHING_SELECTED
    return exits.FAILED if result.failed else exits.OK
