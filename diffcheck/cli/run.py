"""`diffcheck run`: verify cases, print what fails, write the reports."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diffcheck.cli import answers, exits
from diffcheck.cli.choices import BACKENDS, MODES, REPORTS, require_installed
from diffcheck.cli.exits import Refused
from diffcheck.cli.selection import DEFAULT_PATHS, is_narrowed, is_part, matcher, select

if TYPE_CHECKING:
    from diffcheck.case import Case
    from diffcheck.report.segment import Rendered
    from diffcheck.run import Options
    from diffcheck.run.pools import Pools
    from diffcheck.run.session import RunResult
    from diffcheck.run.worker import Probe

STORE = Path(".diffcheck/last.jsonl")  # of the latest run to end in this folder
QUANTITIES = ("gradient", "jacobian", "jvp", "vjp", "hessian", "hvp", "third")


@click.command("run")
@click.argument("paths", nargs=-1, metavar="[PATH[::CASE]]...")
@click.option("-k", "keyword", default="", help="Only cases whose path::name matches, as pytest.")
@click.option("-x", "stop", is_flag=True, help="Stop after the first case that fails.")
@click.option("-j", "jobs", type=click.IntRange(1), help="Worker processes; default: all cores.")
@click.option("--backend", "backends", multiple=True, type=click.Choice(BACKENDS))
@click.option("--dtype", "dtypes", multiple=True, type=click.Choice(["float32", "float64"]))
@click.option("--device", "devices", multiple=True, help="A device such as cpu:0 or gpu:0.")
@click.option(
    "--mode",
    "modes",
    multiple=True,
    type=click.Choice(MODES),
    help="On a GPU, `+highest` asks for full precision in matrix products; the last three are "
    "kinds of finite differences.",
)
@click.option("--order", "orders", multiple=True, type=click.IntRange(0, 3))
@click.option(
    "--quantity", "quantities", multiple=True, type=click.Choice(QUANTITIES), help="As jvp, hvp."
)
@click.option("--points", "samples", type=click.IntRange(0), help="Sampled points of each dtype.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--strict", is_flag=True, help="Also fail on `unstable`, `op-fault` and `inexact`.")
@click.option(
    "--timeout",
    type=click.FloatRange(1),
    default=600.0,
    show_default=True,
    help="Seconds for one case.",
)
@click.option("--report-dir", type=click.Path(file_okay=False, path_type=Path))
@click.option("--output-format", type=click.Choice(["text", "json-lines"]), default="text")
@click.option(
    "-o", "output", type=click.Path(dir_okay=False, path_type=Path), help="Instead of stdout."
)
@click.option("--slow", is_flag=True, help="Also the cases marked slow.")
@click.option(
    "--durations", type=click.IntRange(0), help="Say where the time went; the N slowest cases."
)
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
    quantities: tuple[Any, ...],
    samples: int | None,
    seed: int,
    strict: bool,
    timeout: float,
    report_dir: Path | None,
    output_format: str,
    output: Path | None,
    slow: bool,
    durations: int | None,
) -> int:
    """Verify the cases below PATHS (default: cases/) and print the verdicts, worst first.

    Reports go to reports/ unless the run is narrowed by an option, -k, a file or PATH::CASE; with
    --report-dir they are always written. --output-format json-lines prints the store itself. The
    options that choose (--backend, --dtype, --device, --mode, --order, --quantity) may be repeated.
    """
    matches = matcher(keyword)
    _check_folder(output)
    require_installed(backends)
    from diffcheck.run import DEFAULT_SAMPLES, Options
    from diffcheck.run.pools import pools
    from diffcheck.run.worker import probe

    options = Options(
        backends=backends,
        dtypes=dtypes,
        devices=devices,
        modes=modes,
        orders=orders,
        quantities=quantities,
        samples=DEFAULT_SAMPLES if samples is None else samples,
        seed=seed,
        strict=strict,
    )
    whole = options.is_default and not stop and not is_narrowed(paths, keyword)
    directory = report_dir or (REPORTS if whole else None)
    with _new_store() as store, pools(jobs or _cores()) as workers:
        # JAX starts while the cases are loaded.
        probing = workers.submit("probe", probe, options.backends)
        cases, errors = select(paths, matches)
        for error in errors:
            exits.tell(error)
        cases, left_out = _without_slow(cases, slow=slow or is_narrowed(paths, keyword))
        if not cases:
            return _nothing_selected(paths, keyword, unreadable=bool(errors))
        present: Probe = probing.result()
        _check_presence(cases, options, present)
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)  # now, not after minutes of work
        command = _command(paths, keyword, options, slow=slow)
        result = _verify(
            cases,
            options,
            workers,
            present,
            store,
            command,
            left_out,
            complete=whole,
            part=whole and is_part(paths),
            stop=stop,
            timeout=timeout,
        )
        if result.interrupted:
            directory = None  # half a report would take the place of a whole one
        rendered = _render(result, workers, store, directory, options)
        if directory is not None:
            index = _write_index(rendered, store, directory)
        summaries = [r.summary for r in rendered]
        answers.print_verdicts(summaries, store, output_format, output, _flags(options))
    for error in result.errors:
        exits.tell(error)
    if directory is not None:
        click.echo(f"report: {index}", err=True)
    if result.interrupted:
        click.echo(f"interrupted; the cases that were finished are kept in {STORE}", err=True)
    if durations is not None:
        answers.print_durations(result, durations)
    return answers.exit_code(result, unreadable=bool(errors))


def _without_slow(cases: Sequence[Case], *, slow: bool) -> tuple[list[Case], list[str]]:
    """Return the cases to run and the names of those left out for being slow."""
    left_out = [] if slow else [case for case in cases if case.slow]
    if left_out:
        click.echo(f"not run: {len(left_out)} slow cases; --slow runs them too", err=True)
    names = [f"{case.path}::{case.name}" for case in left_out]
    return [case for case in cases if case not in left_out], names


def _check_folder(output: Path | None) -> None:
    if output is not None and not output.parent.is_dir():
        raise Refused(
            f"-o {output}",
            f"expected a file in a folder that exists, got {str(output.parent)!r}, which does not",
            "a spelling slip, or a folder that was never made",
            f"mkdir -p {shlex.quote(str(output.parent))}",
        )


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _new_store() -> Iterator[Path]:
    """Yield the path of a new store; whatever stands in it at the end is the latest run."""
    STORE.parent.mkdir(exist_ok=True)
    path = STORE.with_name(f"run-{os.getpid()}.jsonl")  # runs may go side by side
    try:
        yield path
    finally:
        if path.exists():
            path.replace(STORE)


def _nothing_selected(paths: Sequence[str], keyword: str, *, unreadable: bool) -> int:
    if unreadable:
        return exits.USAGE
    where = shlex.join(paths or DEFAULT_PATHS)
    raise Refused(
        where,
        "expected cases, got none" + (f" that matches -k {keyword!r}" if keyword else ""),
        "a -k that matches no path::name" if keyword else "a folder without case files",
        f"diffcheck list {where}",
        code=exits.NOTHING_SELECTED,
    )


def _check_presence(cases: Sequence[Case], options: Options, present: Probe) -> None:
    """Say which devices are not here; raise `Refused` if nothing is left to run."""
    from diffcheck.run.plan import absent, plan

    missing = [f"{what} ({why})" for what, why in absent(options, present.presence)]
    if plan(cases[:1], options, present.presence)[0].tasks:
        if options.devices and missing:
            click.echo(f"not run: {', '.join(missing)}", err=True)
        return
    here = sorted({device for found in present.presence.values() for device in found})
    chosen = {"--backend": options.backends, "--mode": options.modes, "--device": options.devices}
    asked = " ".join(f"{flag} {name}" for flag, names in chosen.items() for name in names)
    raise Refused(
        asked,
        f"expected something to run, got nothing; not run: {', '.join(missing) or asked}",
        f"no backend chosen has this device or mode; devices here: {', '.join(here)}",
        "run again without --device and --mode",
        code=exits.NOTHING_SELECTED,
    )


def _verify(
    cases: Sequence[Case],
    options: Options,
    workers: Pools,
    present: Probe,
    store: Path,
    command: str,
    left_out: Sequence[str],
    *,
    complete: bool,
    part: bool,
    stop: bool,
    timeout: float,
) -> RunResult:
    from diffcheck.run.session import execute

    try:
        with store.open("wb") as file:
            return execute(
                cases,
                options,
                file,
                workers=workers,
                present=present,
                command=command,
                slow=left_out,
                complete=complete,
                part=part,
                stop_on_failure=stop,
                timeout=timeout,
                progress=answers.show_progress,
            )
    finally:
        answers.end_progress()


def _command(paths: Sequence[str], keyword: str, options: Options, *, slow: bool) -> str:
    """Return the command with what determines the answers, however it was typed."""
    words = ["diffcheck", "run", *(paths or DEFAULT_PATHS)]
    words += ["-k", keyword] if keyword else []
    words += ["--slow"] if slow else []
    names = {
        "--backend": options.backends,
        "--dtype": options.dtypes,
        "--device": options.devices,
        "--mode": options.modes,
        "--order": options.orders,
        "--quantity": options.quantities,
    }
    for flag, values in names.items():
        words += [word for value in values for word in (flag, str(value))]
    return " ".join(filter(None, [shlex.join(words), _flags(options)]))


def _flags(options: Options) -> str:
    from diffcheck.report.commands import flags_of

    return flags_of(options.as_record())


def _render(
    result: RunResult, workers: Pools, store: Path, directory: Path | None, options: Options
) -> list[Rendered]:
    from diffcheck.report.segment import Segment, render_segment

    segments = [Segment(store, offset, length) for _, offset, length in result.segments]
    if directory is None:  # no plots: quicker here than sent to workers
        rendered = [render_segment(segment, None) for segment in segments]
    else:
        flags = _flags(options)
        futures = [
            workers.submit("cpu:0", render_segment, segment, directory, flags)
            for segment in segments
        ]
        rendered = [future.result() for future in futures]
    return sorted(rendered, key=lambda r: (r.summary.path, r.summary.case))


def _write_index(rendered: Sequence[Rendered], store: Path, directory: Path) -> Path:
    from diffcheck.judge import Header
    from diffcheck.report.writing import finish
    from diffcheck.run.store import read

    header = next(record for record in read(store) if isinstance(record, Header))
    pages = [path for r in rendered for path in r.files]
    return finish([r.summary for r in rendered], header, directory, pages)[0]
