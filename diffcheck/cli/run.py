"""`diffcheck run`: verify cases, print what fails, write the reports."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diffcheck.cli import exits
from diffcheck.cli.selection import is_narrowed, select

if TYPE_CHECKING:
    from diffcheck.case import Case, CaseError
    from diffcheck.run import Options
    from diffcheck.run.session import Progress, RunResult

STORE = Path(".diffcheck/last.jsonl")


@click.command("run")
@click.argument("paths", nargs=-1, metavar="[PATH[::CASE]]...")
@click.option(
    "-k", "keyword", default="", help="Only cases whose path::name matches, as in pytest."
)
@click.option("-x", "stop", is_flag=True, help="Stop after the first case that fails.")
@click.option("-j", "jobs", type=click.IntRange(1), default=None, help="Worker processes [cores].")
@click.option("--backend", "backends", multiple=True, type=click.Choice(["engine", "jax"]))
@click.option("--dtype", "dtypes", multiple=True, type=click.Choice(["float32", "float64"]))
@click.option("--device", "devices", multiple=True, help="A device such as cpu:0 or gpu:0.")
@click.option("--mode", "modes", multiple=True, help="eager, jit; on a GPU also jit+highest.")
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
    cases, errors = select(paths, keyword)
    for error in errors:
        click.echo(f"error: {error}", err=True)
    if not cases:
        click.echo("nothing selected", err=True)
        return exits.USAGE if errors else exits.NOTHING_SELECTED
