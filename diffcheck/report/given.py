"""The explicit points of a case, digit by digit: the truth over what each witness computed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from diffcheck.judge import Measurement, PointRecord
from diffcheck.judge.words import SEVERITY, short, witness
from diffcheck.report import numbers
from diffcheck.report.points import in_decimal, in_hex

MOST_POINTS: Final = 4  # of each dtype
MOST_COMPONENTS: Final = 12  # of each point
DIGITS: Final = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table: the truth, or one value with all who computed it."""

    component: str
    by: str
    value: str
    ulps: str
    verdict: str


@dataclass(frozen=True, slots=True)
class GivenPoint:
    """One explicit point in one dtype."""

    dtype: str
    label: str
    decimal: str
    hexadecimal: str
    lines: tuple[Line, ...]
    omitted: int  # components that are not shown


def given_points(
    points: Iterable[PointRecord], measurements: Iterable[Measurement]
) -> list[GivenPoint]:
    """Return the explicit points of each dtype with the first components, values before slopes."""
    explicit: dict[str, list[PointRecord]] = {}
    for p in points:
        if p.kind == "explicit":
            explicit.setdefault(p.dtype, []).append(p)
    first = [p for ps in explicit.values() for p in sorted(ps, key=_own_first)[:MOST_POINTS]]
    wanted = {(p.dtype, p.point_id): p for p in first}
    found: dict[tuple[str, int], list[Measurement]] = {key: [] for key in wanted}
    for m in measurements:
        if (m.dtype, m.point_id) in found and m.computed is not None:
            found[m.dtype, m.point_id].append(m)
    shown = sorted(
        (key for key in wanted if found[key]), key=lambda k: (k[0], wanted[k].label, k[1])
    )
    return [_given(wanted[key], found[key]) for key in shown]


def _own_first(point: PointRecord) -> tuple[bool, int]:
    """Put the points as the case gives them before their roundings to another format."""
    return bool(point.label), point.point_id


def _given(point: PointRecord, measurements: Sequence[Measurement]) -> GivenPoint:
    components: dict[tuple[int, str, str], list[Measurement]] = {}
    for m in measurements:
        components.setdefault((m.order, m.quantity, m.index), []).append(m)
    first = sorted(components, key=lambda key: (key[0], key[1] == "jvp"))[:MOST_COMPONENTS]
    return GivenPoint(
        dtype=point.dtype,
        label=point.label,
        decimal=in_decimal(point.values, point.dtype),
        hexadecimal=in_hex(point.values),
        lines=tuple(line for key in first for line in _lines(key, components[key])),
        omitted=len(components) - len(first),
    )


def _lines(key: tuple[int, str, str], measurements: Sequence[Measurement]) -> list[Line]:
    _, quantity, index = key
    component = index or quantity
    if quantity in {"jvp", "vjp", "hvp"}:
        component = f"{quantity} {index}".strip()
    return [_truth(component, measurements[0]), *_computed(measurements)]


def _truth(component: str, m: Measurement) -> Line:
    if m.truth is not None:
        return Line(component, "exact", numbers.decimal(m.truth, DIGITS), "", "")
    if m.left is not None and m.right is not None:
        sides = f"{numbers.decimal(m.left, DIGITS)} | {numbers.decimal(m.right, DIGITS)}"
        return Line(component, "left | right", sides, "", "")
    return Line(component, "exact", f"{m.verdict}: {m.detail}", "", "")


def _computed(measurements: Sequence[Measurement]) -> list[Line]:
    """Return a line per program and value: those who agree to the last bit share it."""
    groups: dict[tuple[str, str | None, str], list[Measurement]] = {}
    for m in measurements:
        groups.setdefault((m.program, m.computed, str(m.verdict)), []).append(m)
    return [_computed_line(group) for group in groups.values()]


def _computed_line(group: Sequence[Measurement]) -> Line:
    m = min(group, key=lambda m: SEVERITY[m.verdict])
    who = ", ".join(dict.fromkeys(witness(m.backend, m.mode, m.device) for m in group))
    detail = f" ({m.detail})" if m.verdict == "kink" and m.detail else ""
    return Line(
        "",
        f"{m.program}: {who}",
        numbers.decimal(m.computed, DIGITS),
        numbers.ulps(numbers.from_hex(m.ulps)),
        f"{short(m.verdict)}{detail}{'†' if m.known_defect else ''}",
    )
