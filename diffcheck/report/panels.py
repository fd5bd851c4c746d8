"""What the plots show: for every point, the worst error of each program and witness."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from diffcheck.judge import CaseRecord, Measurement, PointRecord
from diffcheck.judge.failures import badness
from diffcheck.judge.words import witness
from diffcheck.report import numbers

MOST_ROWS: Final = 3


@dataclass(frozen=True, slots=True)
class Series:
    """One program by one witness: positions and errors in ulps (infinite where not a number)."""

    program: str
    witness: str
    x: tuple[float, ...]
    ulps: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """Errors in one dtype against one variable."""

    dtype: str
    variable: str
    series: tuple[Series, ...]


def panels_of(
    record: CaseRecord, points: Iterable[PointRecord], measurements: Iterable[Measurement]
) -> list[list[Panel]]:
    """Return rows of panels, a column per dtype: a row per scalar input, or one for |truth|.

    `measurements` are those of one order. Against an input, the error at a point is the worst of
    its components; against the magnitude of the truth, each component stands for itself.
    """
    judged = [m for m in measurements if m.ulps is not None]
    scalars = [name for name in record.wrt if "shape" not in record.inputs.get(name, "")]
    if scalars:
        at = {(p.dtype, p.point_id): p.values for p in points}
        worst = _worst_by_point(judged)
        rows = [(name, [(m, _coordinate(at, m, name)) for m in worst]) for name in scalars]
    else:
        rows = [("|exact value of the component|", [(m, _magnitude(m)) for m in judged])]
    return [_row(variable, dots, record) for variable, dots in rows[:MOST_ROWS] if dots]


def _worst_by_point(measurements: Iterable[Measurement]) -> list[Measurement]:
    worst: dict[tuple[str, ...], Measurement] = {}
    for m in measurements:
        key = (m.dtype, m.program, m.backend, m.mode, m.device, str(m.point_id))
        if key not in worst or _error(m) > _error(worst[key]):
            worst[key] = m
    return list(worst.values())


def _coordinate(
    at: Mapping[tuple[str, int], Mapping[str, str | list[str]]], m: Measurement, name: str
) -> float:
    value = (m.point or at[m.dtype, m.point_id])[name]
    assert isinstance(value, str)
    return float.fromhex(value)


def _magnitude(m: Measurement) -> float:
    return abs(numbers.from_hex(m.truth) or 0.0)


def _error(m: Measurement) -> float:
    return badness(numbers.from_hex(m.ulps))


def _row(
    variable: str, dots: Sequence[tuple[Measurement, float]], record: CaseRecord
) -> list[Panel]:
    dtypes = sorted({m.dtype for m, _ in dots})
    order = {program: i for i, program in enumerate(record.programs)}
    found = []
    for dtype in dtypes:
        groups: dict[tuple[int, str, str], list[tuple[float, float]]] = {}
        for m, x in dots:
            if m.dtype == dtype and math.isfinite(x):
                who = witness(m.backend, m.mode, m.device)
                key = (order.get(m.program, len(order)), m.program, who)
                groups.setdefault(key, []).append((x, _error(m)))
        series = tuple(
            Series(program, who, *map(tuple, zip(*sorted(pairs), strict=True)))
            for (_, program, who), pairs in sorted(groups.items())
        )
        found.append(Panel(dtype, variable, series))
    return found
