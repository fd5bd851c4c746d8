"""`diffcheck show`: a case's formula, its derivative, and every backend at one point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from diffcheck.cli import exits
from diffcheck.cli.selection import DEFAULT_PATHS

if TYPE_CHECKING:
    from diffcheck.case import Case
    from diffcheck.judge import Measurement

MOST_COMPONENTS = 12  # of one quantity; the rest is in the report
LONGEST_FORMULA = 400  # characters


@click.command("show")
@click.argument("case", metavar="[PATH::]CASE")
@exits.guarded
def show_command(case: str) -> int:
    """Show one case: formula, derivative, and every backend at one point.

    CASE is a case's name below cases/, or PATH::CASE.
    """
    from diffcheck.case import find_cases  # noqa: PLC0415 - SymPy is slow to import

    wanted = [case] if "::" in case else [f"{path}::{case}" for path in DEFAULT_PATHS]
    cases, errors = find_cases(wanted)
    if errors or not cases:
        for error in errors:
            click.echo(f"error: {error}", err=True)
        return exits.USAGE
    _show(cases[0])
    return exits.OK


def _show(case: Case) -> None:
    from diffcheck.run.one_point import at_one_point  # noqa: PLC0415 - imports every backend

    click.echo(f"{case.path}::{case.name}\n\n{case.doc.strip()}\n")
    for line in _formulas(case):
        click.echo(line)
    found = at_one_point(case)
    click.echo(f"\nat {_point_text(found.measurements)}")
    by_component: dict[tuple[str, str], list[Measurement]] = {}
    for m in found.measurements:
        by_component.setdefault((m.quantity, m.index), []).append(m)
    for quantity in dict.fromkeys(m.quantity for m in found.measurements):
        components = [key for key in by_component if key[0] == quantity]
        click.echo(f"\n{quantity}")
        for key in components[:MOST_COMPONENTS]:
            _show_component(by_component[key])
        if len(components) > MOST_COMPONENTS:
            click.echo(f"  … and {len(components) - MOST_COMPONENTS} more components")


def _formulas(case: Case) -> list[str]:
    import sympy  # noqa: PLC0415 - SymPy is slow to import

    from diffcheck.case.definition import build_definition  # noqa: PLC0415

    definition = build_definition(case)
    if definition.assignments or len(definition.outputs) > 1:
        return [f"{len(definition.outputs)} outputs, {len(definition.assignments)} assignments"]
    expression = definition.outputs[0]
    lines = [f"f = {expression}"]
    if len(lines[0]) > LONGEST_FORMULA:
        return [f"f has {int(sympy.count_ops(expression))} operations"]
    symbols = [
        s for name in case.wrt if not case.inputs[name].shape for s in [definition.symbols[name]]
    ]
    for symbol in symbols:
        derivative = f"df/d{symbol} = {sympy.diff(expression, symbol)}"
        lines.append(
            derivative if len(derivative) <= LONGEST_FORMULA else f"df/d{symbol}: too long"
        )
    return lines


def _point_text(measurements: list[Measurement]) -> str:
    from diffcheck.floats import from_hex  # noqa: PLC0415

    point = next((m.point for m in measurements if m.point is not None), None)
    if point is None:
        return "its first point"
    parts = []
    for name, value in point.items():
        numbers = [value] if isinstance(value, str) else value
        decimal = ", ".join(f"{from_hex(text):.17g} ({text})" for text in numbers)
        parts.append(f"{name} = {decimal if isinstance(value, str) else f'[{decimal}]'}")
    return "; ".join(parts)


def _show_component(measurements: list[Measurement]) -> None:
    from diffcheck.balls import from_text  # noqa: PLC0415
    from diffcheck.floats import from_hex  # noqa: PLC0415

    first = measurements[0]
    truth = "" if first.truth is None else from_text(first.truth).str(20, radius=False)
    click.echo(f"  {first.index or first.quantity}: {truth or first.detail}")
    for m in measurements:
        who = f"{m.program} {m.backend} {m.mode} {m.device} {m.dtype}"
        number = "" if m.computed is None else f"{from_hex(m.computed):.17g}"
        ulps = "" if m.ulps is None else f"{from_hex(m.ulps):.3g} ulp"
        click.echo(f"    {who:<40} {number:>25} {ulps:>14}  {m.verdict} {m.detail}".rstrip())
