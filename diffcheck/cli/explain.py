"""`diffcheck explain`: which operations lost the digits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from diffcheck.cli import exits
from diffcheck.cli.selection import DEFAULT_PATHS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffcheck.case import Case, Point, Quantity


@click.command("explain")
@click.argument("case", metavar="[PATH::]CASE")
@click.option("--program", help="A program of the case; default: its first.")
@click.option("--backend", type=click.Choice(["engine", "jax"]), default="jax", show_default=True)
@click.option("--mode", default="eager", show_default=True)
@click.option("--device", default="cpu:0", show_default=True)
@click.option(
    "--dtype", type=click.Choice(["float32", "float64"]), default="float32", show_default=True
)
@click.option("--quantity", help="As gradient (the default of a scalar), jacobian, hessian.")
@click.option("--component", default="", help="As df/dx; default: all.")
@click.option(
    "--at",
    "at",
    multiple=True,
    metavar="NAME=VALUE[,VALUE…]",
    help="An input's value, decimal or hexadecimal; rounded to the dtype. Default: the case's own.",
)
@exits.guarded
def explain_command(
    case: str,
    program: str | None,
    backend: str,
    mode: str,
    device: str,
    dtype: str,
    quantity: str | None,
    component: str,
    at: tuple[str, ...],
) -> int:
    """Say which operations lost the digits, largest first, and prove it by the sum.

    CASE is a case's name below cases/, a file that holds one case, or PATH::CASE.
    """
    from diffcheck.report.explanation import (
        explanation,
        heading,
    )
    from diffcheck.run.explain import explain
    from diffcheck.run.options import Task

    found = _one_case(case)
    name = program or next(iter(found.programs))
    if name not in found.programs:
        raise exits.Refused(
            f"--program {name}",
            f"expected one of {', '.join(found.programs)}, got {name}",
            "a misspelt name",
            f"diffcheck list {found.path}",
        )
    _require_way(case, backend, mode, device)
    task = Task(name, backend, mode, device, dtype)
    asked = _quantity(found, quantity)
    try:
        result = explain(found, task, asked, _point(found, dtype, at), component=component)
    except LookupError as error:
        raise exits.Refused(
            f"--component {component}",
            f"expected one of {error.args[0]}",
            "a name that this quantity does not have",
            f"diffcheck explain {case} --quantity {asked.kind}",
        ) from error
    m = result[0][0]
    click.echo("\n".join(heading(m, str(found.path), m.point)))
    for measurement, why in result:
        click.echo("\n".join(["", *explanation(measurement, why)]))
    return exits.OK


def _require_way(case: str, backend: str, mode: str, device: str) -> None:
    """Raise `Refused` for a device or mode that the backend has not."""
    from diffcheck.backends import get

    chosen = get(backend)
    devices = chosen.devices()
    if device not in devices:
        raise exits.Refused(
            f"--backend {backend} --device {device}",
            f"expected one of {', '.join(devices)}, got {device}",
            "a misspelt name, or a device that is not here",
            f"diffcheck explain {case} --backend {backend} --device {devices[0]}",
        )
    modes = chosen.modes(device)
    if mode not in modes:
        raise exits.Refused(
            f"--backend {backend} --mode {mode}",
            f"expected one of {', '.join(modes)}, got {mode}",
            f"a misspelt name, or a mode that {backend} does not have on {device}",
            f"diffcheck explain {case} --backend {backend} --mode {modes[0]}",
        )


def _one_case(case: str) -> Case:
    from diffcheck.case import find_cases

    whole = "::" in case or Path(case).exists()
    cases, errors = find_cases([case] if whole else [f"{path}::{case}" for path in DEFAULT_PATHS])
    if errors:
        raise exits.Refused(*errors[0].args) from errors[0]
    if len(cases) != 1:
        raise exits.Refused(
            case,
            f"expected one case, got {len(cases)}",
            "a file or folder that does not hold exactly one",
            f"diffcheck list {case}" if whole else "diffcheck list",
        )
    return cases[0]


def _quantity(case: Case, kind: str | None) -> Quantity:
    from diffcheck.case import Quantity, quantities_of
    from diffcheck.truth import Truth

    truth = Truth(case)
    usual = "gradient" if truth.m == 1 else "jacobian"
    wanted = kind or usual
    known = {q.kind for q in quantities_of(truth.m, truth.n, (0, 1, 2, 3))} | {"hessian", "vjp"}
    if wanted not in known:
        raise exits.Refused(
            f"--quantity {wanted}",
            f"expected one of {', '.join(sorted(known))}",
            "a quantity that a function of this shape does not have",
            f"diffcheck explain {case.name} --quantity {usual}",
        )
    return Quantity(wanted, truth.m, truth.n)  # type: ignore[arg-type]  # checked just above


def _point(case: Case, dtype: str, at: Sequence[str]) -> Point:
    import numpy as np

    from diffcheck.case import Point, points
    from diffcheck.floats import FORMATS

    fmt = FORMATS[dtype]
    all_points = points(case, fmt, 1, 0)
    explicit = [p for p in all_points if p.kind == "explicit"]
    values = dict((explicit or all_points)[0].values)
    for text in at:
        name, _, numbers = text.partition("=")
        try:
            given = [_number(part) for part in numbers.split(",")]
            rounded = np.array(given).astype(fmt.dtype).astype(np.float64)
            values[name] = rounded.reshape(case.inputs[name].shape)
        except (KeyError, ValueError, OverflowError) as error:
            raise exits.Refused(
                f"--at {text}",
                f"expected NAME=VALUE for one of {', '.join(case.inputs)}, got {text}",
                f"{error}",
                f"diffcheck show {case.name}",
            ) from error
    return Point(values=values, format=dtype, kind="explicit")


def _number(text: str) -> float:
    return float.fromhex(text) if "0x" in text else float(text)
