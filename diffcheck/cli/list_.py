"""`diffcheck list`: the cases, or the engine's ops, without importing any other backend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from diffcheck.cli import exits, ops
from diffcheck.cli.selection import Matcher, matcher, select

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffcheck.case import Case, Input
    from diffcheck.programs import Program


@click.command("list")
@click.argument("paths", nargs=-1)
@click.option(
    "-k", "keyword", default="", help="Only cases whose path::name matches, as in pytest."
)
@click.option(
    "--primitives",
    is_flag=True,
    help="Instead: the operations in JAX's derivatives of these cases and of the public functions "
    "of jax.nn, jax.numpy and jax.scipy.special, and which of them run in exact arithmetic.",
)
@click.option(
    "--ops", "of_ops", is_flag=True, help="The engine's op table instead, a line for each op."
)
@exits.guarded
def list_command(paths: tuple[str, ...], keyword: str, primitives: bool, of_ops: bool) -> int:
    """List the cases below PATHS (default: cases/) with their programs, inputs and orders."""
    if of_ops and primitives:
        raise exits.Refused(
            "list --ops --primitives",
            "expected one of --ops and --primitives, got both",
            "each of them replaces the list of cases by one of its own",
            "diffcheck list --ops, then diffcheck list --primitives",
        )
    if of_ops:
        return _list_ops(paths, matcher(keyword))
    cases, errors = select(paths, matcher(keyword))
    if primitives:
        click.echo(_primitives(cases))
    for case in () if primitives else cases:
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


def _primitives(cases: list[Case]) -> str:
    from diffcheck.backends import jax_coverage
    from diffcheck.truth import Truth

    def shapes(case: Case) -> tuple[int, int]:
        truth = Truth(case)
        return truth.m, truth.n

    def programs() -> Iterator[tuple[str, Program]]:
        yield from jax_coverage.programs_of_cases(cases, shapes)
        yield from jax_coverage.programs_of_functions()

    return jax_coverage.table(*jax_coverage.of_programs(programs()))


def _list_ops(paths: tuple[str, ...], matches: Matcher) -> int:
    if paths:
        raise exits.Refused(
            f"list --ops {' '.join(paths)}",
            f"expected no paths, got {', '.join(paths)}",
            "the op table is the engine's and does not depend on cases",
            f"diffcheck list --ops -k {paths[0]}",
        )
    header, *rows = ops.lines(matches)
    if rows:
        click.echo("\n".join([header, *rows]))
    click.echo(f"{len(rows)} ops", err=True)
    return exits.OK if rows else exits.NOTHING_SELECTED


def _headline(doc: str) -> str:
    return doc.strip().partition("\n")[0]


def _shape(item: Input) -> str:
    return f"[{', '.join(map(str, item.shape))}]" if item.shape else ""
