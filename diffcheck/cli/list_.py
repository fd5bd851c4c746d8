"""`diffcheck list`: the cases, without importing any backend."""

from __future__ import annotations

import click

from diffcheck.cli import exits
from diffcheck.cli.selection import select


@click.command("list")
@click.argument("paths", nargs=-1)
@click.option(
    "-k", "keyword", default="", help="Only cases whose path::name matches, as in pytest."
)
@exits.guarded
def list_command(paths: tuple[str, ...], keyword: str) -> int:
    """List the cases below PATHS (default: cases/) with their programs, inputs and orders."""
    cases, errors = select(paths, keyword)
    for case in cases:
        inputs = ", ".join(
            name + (str(list(i.shape)) if i.shape else "") for name, i in case.inputs.items()
        )
        programs = ", ".join(case.programs)
        orders = ", ".join(map(str, case.orders))
        click.echo(f"{case.path}::{case.name}")
        click.echo(f"    {_headline(case.doc)}")
        click.echo(
            f"    programs: {programs}; inputs: {inputs}; wrt: {', '.join(case.wrt)}; orders: {orders}"
        )
    for error in errors:
        click.echo(f"error: {error}", err=True)
    click.echo(f"{len(cases)} cases", err=True)
    if errors:
        return exits.USAGE
    return exits.OK if cases else exits.NOTHING_SELECTED


def _headline(doc: str) -> str:
    return doc.strip().partition("\n")[0]
