"""The report: what was asked, what misses, and every op beside its peers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np

from diffcheck.studies.accuracy.goals import DECLARED, Key, key, limit, misses
from diffcheck.studies.accuracy.measuring import Worst
from diffcheck.studies.accuracy.walk import FORMAT_NAMES, GUESTS, ORDERS, Row

TITLES: Final = {1: "First derivatives", 2: "Second derivatives"}


def component_name(row: Row) -> str:
    """Return a derivative as the page writes it: `∂xy` is ∂²f/∂x∂y."""
    return "∂" + "".join("xy"[i] for i in row.component)


def misses_table(rows: Sequence[Row]) -> list[str]:
    """Return the derivatives beyond their limits, the worst of each op, with the reasons."""
    found = _worst_by_key(row for row in rows if misses(row))
    if not found:
        return ["Nothing."]
    lines = [
        "| op | format | derivative | limit | ulps | at | computed | exact | reason |",
        "| --- | --- | --- | ---: | ---: | --- | --- | --- | --- |",
    ]
    for k, row in found.items():
        worst = row.engine
        reason = DECLARED[k].reason if k in DECLARED else "**not declared**"
        lines.append(
            f"| {row.op} | {row.format} | {component_name(row)} | {limit(row):g} "
            f"| {ulps(worst.ulps)} | {place(worst)} | {worst.computed!s} | {worst.truth!s} "
            f"| {reason} |"
        )
    return lines


def zeros_table(rows: Sequence[Row]) -> list[str]:
    """Return where the engine has NaN or infinity for a derivative that is exactly 0."""
    found = [row for row in rows if row.engine.not_zero]
    if not found:
        return ["Where the derivative is exactly 0, the engine has a number at every point."]
    return [
        "Where the derivative is exactly 0, the engine has NaN or infinity:",
        "",
        "| op | format | derivative | points |",
        "| --- | --- | --- | ---: |",
        *(
            f"| {row.op} | {row.format} | {component_name(row)} | {row.engine.not_zero} |"
            for row in found
        ),
    ]


def op_tables(rows: Sequence[Row]) -> list[str]:
    """Return a table per order and format: every op, the engine beside its guests."""
    lines = []
    for order in ORDERS:
        lines += [f"## {TITLES[order]}", ""]
        for name in FORMAT_NAMES:
            chosen = [r for r in rows if r.order == order and r.format == name]
            lines += [f"### {name}", "", *_op_table(chosen), ""]
    return lines


def _op_table(rows: Sequence[Row]) -> list[str]:
    lines = [
        f"| op | points | engine | worst at | {' | '.join(GUESTS)} |",
        f"| --- | ---: | ---: | --- | {' | '.join('---:' for _ in GUESTS)} |",
    ]
    for (op, *_), worst in _worst_by_key(rows).items():
        same = [r for r in rows if r.op == op]
        counted = sum(r.engine.counted for r in same)
        mark = " ✗" if any(misses(r) for r in same) else ""
        guests = " | ".join(_of_guest(same, guest) for guest in GUESTS)
        at = f"{component_name(worst)} {place(worst.engine)}"
        lines.append(f"| {op} | {counted} | {ulps(worst.engine.ulps)}{mark} | {at} | {guests} |")
    return lines


def _of_guest(rows: Iterable[Row], guest: str) -> str:
    errors = [r.guests[guest].ulps for r in rows if guest in r.guests]
    return ulps(max(errors)) if errors else ""


def _worst_by_key(rows: Iterable[Row]) -> dict[Key, Row]:
    found: dict[Key, Row] = {}
    for row in rows:
        if key(row) not in found or row.engine.ulps > found[key(row)].engine.ulps:
            found[key(row)] = row
    return found


def ulps(error: float) -> str:
    """Return an error as the tables write it; ∞ stands for NaN and infinity alike."""
    if not np.isfinite(error):
        return "∞"
    return f"{error:.2f}" if error < 100 else f"{error:.1e}"


def place(worst: Worst) -> str:
    """Return the worst point, in digits that give the float back."""
    return ", ".join(f"`{_shortest(x)}`" for x in worst.point)


def _shortest(x: Any) -> str:
    return np.format_float_scientific(x, trim="-") if 0 < abs(x) < 1e-3 or abs(x) > 1e6 else str(x)
