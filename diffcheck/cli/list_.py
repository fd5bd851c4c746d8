"""`diffcheck list`: the cases, without importing any backend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from diffcheck.cli import exits
from diffcheck.cli.selection import matcher, select

if TYPE_CHECKING:
    from diffcheck.case import Input


@click.command("list")
@click.argument("paths", nargs=-1)
@click.option(
    "-k", "keyword", default="", help="Only cases whose path::name matches, as in pytest."
)
@exits.guarded
def list_command(paths: tuple[str, ...], keyword: str) -> int:
    """List the cases below PATHS (default: cases/) with their programs, inputs and orders."""
    cases, errors = select(paths, matcher(keyword))
    for case in cases:
        inputs = ", ".join(f"{name}{_shape(item)}" for name, item in case.inputs.items())
        programs = ", ".join(case.programs)
        orders = ", ".join(map(str, case.orders))
        click.echo(f"{case.path}::{case.name}{' (slow)' if case.slow else ''}")
        click.echo(f"    {_headline(case.doc)}")
        click.echo(f"    programs: {programs}; orders: {orders}")
        click.echo(f"    inputs: {inputs}; with respect to: {', '.join(case.wrt)}")
    for error in errors:
        exits.tell(error)
    click.echo(f"{len(cases)} cases", err=True)
    if errors:
        return exits.USAGE
    return exits.OK if cases else exits.NOTHING_SELECTED


def _headline(doc: str) -> str:
    return doc.strip().partition("\n")[0]


def _shape(item: Input) -> str:
    return f"[{', '.join(map(str, item.shape))}]" if item.shape else ""
