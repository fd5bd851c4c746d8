"""`diffcheck show`: a case's formula, its derivative, and every backend at one point."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diffcheck.cli import exits
from diffcheck.cli.choices import BACKENDS, require_installed
from diffcheck.cli.selection import DEFAULT_PATHS

if TYPE_CHECKING:
    from diffcheck.case import Case, Definition
    from diffcheck.judge import Measurement

MOST_COMPONENTS = 4  # of one quantity, the worst; the rest is in the report
MOST_LINES = 12  # of formulas
WIDTH = 100
DIGITS = 20


@click.command("show")
@click.argument("case", metavar="[PATH::]CASE")
@click.option("--backend", "backends", multiple=True, type=click.Choice(BACKENDS))
@exits.guarded
def show_command(case: str, backends: tuple[str, ...]) -> int:
    """Show one case: formula, derivative, and every backend at one point.

    CASE is a case's name below cases/, a file that holds one case, or PATH::CASE.
    """
    require_installed(backends)
    from diffcheck.case import find_cases

    whole = "::" in case or Path(case).exists()
    cases, errors = find_cases([case] if whole else [f"{path}::{case}" for path in DEFAULT_PATHS])
    for error in errors:
        exits.tell(error)
    if errors:
        return exits.USAGE
    if len(cases) != 1:
        names = ", ".join(found.name for found in cases)
        raise exits.Refused(
            case,
            f"expected one case, got {len(cases)}: {names}",
            "a file or folder that does not hold exactly one",
            f"diffcheck show {case}::{cases[0].name}" if cases else f"diffcheck list {case}",
        )
    _show(cases[0], backends)
    return exits.OK


def _show(case: Case, backends: tuple[str, ...]) -> None:
    from diffcheck.case import build_definition
    from diffcheck.run.one_point import at_one_point

    click.echo(f"{case.path}::{case.name}\n\n{case.doc.strip()}\n")
    click.echo("\n".join(_formulas(case, build_definition(case))))
    found = at_one_point(case, backends)  # takes a while: the formulas are there to read
    for line in _points(found):
        click.echo(line)
    for quantity in dict.fromkeys(m.quantity for m in found):
        click.echo(f"\n{quantity}")
        for line in _quantity([m for m in found if m.quantity == quantity]):
            click.echo(line)


def _formulas(case: Case, definition: Definition) -> list[str]:
    """Return the definition and, of one expression, its derivatives, as mathematics."""
    import sympy

    outputs, named = definition.outputs, definition.assignments
    heads = ["f"] if len(outputs) == 1 else [f"f[{i}]" for i in range(len(outputs))]
    lines = [_formula(_plain(symbol.name), rhs) for symbol, rhs in named[:MOST_LINES]]
    lines += [_formula(head, e) for head, e in zip(heads, outputs, strict=True)][:MOST_LINES]
    cut = len(named) + len(outputs) - len(lines)
    lines += [f"… and {cut} more: {len(outputs)} outputs, {len(named)} named parts"] if cut else []
    if len(outputs) == 1 and not named:
        scalars = [definition.symbols[name] for name in case.wrt if not case.inputs[name].shape]
        lines += [_formula(f"df/d{x}", sympy.diff(outputs[0], x)) for x in scalars[:MOST_LINES]]
    return lines


def _plain(name: str) -> str:
    """Return a symbol's name as programs write it: `x[0,3]`, where LaTeX has `x_{0,3}`."""
    return name.replace("_{", "[").replace("}", "]")


def _formula(head: str, expression: Any) -> str:
    """Return `head = expression`: in two dimensions where that fits, else on one line or not."""
    import sympy

    if int(sympy.count_ops(expression)) > WIDTH:
        return f"{head} = (too long to print: {sympy.count_ops(expression)} operations)"
    named = {s: sympy.Symbol(_plain(s.name)) for s in expression.free_symbols}
    expression = expression.xreplace(named)
    equation = sympy.Eq(sympy.Symbol(head), expression, evaluate=False)
    lines: list[str] = sympy.pretty(equation, use_unicode=True, wrap_line=False).splitlines()
    if max(map(len, lines)) <= WIDTH:
        return "\n".join([line.rstrip() for line in lines] + [""] * (len(lines) > 1))
    return textwrap.fill(
        f"{head} = {expression}", WIDTH, subsequent_indent="    ", break_long_words=False
    )


def _points(found: Sequence[Measurement]) -> Iterator[str]:
    """Yield the point, which is the same in every dtype: float64 begins with float32's points."""
    from diffcheck.report.points import in_decimal, in_hex

    at = {m.dtype: m.point for m in found}
    dtype, point = next(iter(at.items()))
    yield f"\nat {in_decimal(point, dtype)}"
    yield f"   {in_hex(point)}"


def _quantity(found: Sequence[Measurement]) -> Iterator[str]:
    """Yield a quantity's components with a line for each witness; of many, the worst."""
    from diffcheck.judge.failures import rank

    components: dict[str, list[Measurement]] = {}
    for m in found:
        components.setdefault(m.index, []).append(m)
    shown = list(components)
    if len(shown) > MOST_COMPONENTS:
        worst = {index: min(map(rank, ms)) for index, ms in components.items()}
        shown = sorted(components, key=worst.__getitem__)[:MOST_COMPONENTS]
        yield f"  the worst {len(shown)} of {len(components)} components"
    for index in shown:
        yield from _component(components[index])


def _component(found: Sequence[Measurement]) -> Iterator[str]:
    """Yield the truth, then a row for each witness with a column for each dtype."""
    from diffcheck.judge.words import witness

    yield f"  {_truth(found[0])}"
    rows: dict[tuple[str, str], dict[str, Measurement]] = {}
    for m in found:
        rows.setdefault((m.program, witness(m.backend, m.mode, m.device)), {})[m.dtype] = m
    width = max(len(f"{program} {who}") for program, who in rows)
    for (program, who), by_dtype in rows.items():
        cells = "".join(f"  {_cell(m):<47}" for _, m in sorted(by_dtype.items()))
        yield f"    {f'{program} {who}':<{width}}{cells}".rstrip()
    for detail in dict.fromkeys(m.detail for m in found if m.fails and m.index and m.detail):
        yield f"      {detail}"


def _truth(m: Measurement) -> str:
    from diffcheck.report import numbers

    name = m.index or m.quantity
    if m.truth is not None:
        return f"{name} = {numbers.decimal(m.truth, DIGITS)}"
    if m.left is not None and m.right is not None:
        left, right = numbers.decimal(m.left, DIGITS), numbers.decimal(m.right, DIGITS)
        return f"{name} has a kink: {left} from the left, {right} from the right"
    return f"{name}: {m.detail}"


def _cell(m: Measurement) -> str:
    """Return `float32  0.5  0.12 ulp  exact`."""
    from diffcheck.judge.words import short, short_dtype
    from diffcheck.report import numbers

    number = "" if m.computed is None else numbers.shortest(m.computed, m.dtype)
    error = "" if m.ulps is None else f"{numbers.ulps(numbers.from_hex(m.ulps))} ulp"
    digits = {"float32": 14, "float64": 24}[m.dtype]
    side = f" ({m.detail})" if m.verdict == "kink" else ""
    word = short(m.verdict) + side
    return f"{short_dtype(m.dtype)} {number:>{digits}} {error:>11}  {word}"
