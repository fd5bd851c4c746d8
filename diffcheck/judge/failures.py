"""What fails of one task: the worst measurement of each component, with its point."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
import numpy as np

from diffcheck.floats import from_hex
from diffcheck.judge.explanations import key_of
from diffcheck.judge.records import Measurement, Verdict
from diffcheck.judge.words import SEVERITY

MOST_COMPONENTS: Final = 5  # of one quantity: a broken network of 61 inputs fails in all of them
MOST_EXPLAINED: Final = 6  # on a page
LOSSY: Final = frozenset(
    {
        Verdict.MISMATCH,
        Verdict.WRONG,
        Verdict.RANGE,
        Verdict.LOST,
        Verdict.OP_FAULT,
        Verdict.UNSTABLE,
        Verdict.INEXACT,
    }
)  # verdicts whose worst point a page explains

Values = Mapping[str, str | list[str]]


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """The worst failing measurement of a component, and at how many further points it fails."""

    worst: Measurement
    point: dict[str, str | list[str]] | None
    further: int
    why: str = ""  # its explanation in one line


def rank(m: Measurement) -> tuple[bool, bool, int, float]:
    """Return a key that sorts the worst measurement first: failures, then verdict, then ulps."""
    return (
        not (m.fails and not m.known_defect),
        not m.fails,
        SEVERITY[m.verdict],
        -badness(None if m.ulps is None else from_hex(m.ulps)),
    )


def badness(value: float | None) -> float:
    """Return a key that puts errors in order: none below all numbers, NaN beside infinity."""
    if value is None:
        return -1.0
    return math.inf if np.isnan(value) else value


def failures_of_task(
    measurements: Sequence[Measurement], at: Mapping[tuple[str, int], Values]
) -> tuple[list[Failure], int]:
    """Return a task's unexcused failures, worst first, and how many components are left out.

    There is one for each quantity and component, of at most `MOST_COMPONENTS` components of a
    quantity. `at` has the points' values by dtype and id, for measurements that do not hold them.
    """
    groups: dict[tuple[str, str], list[Measurement]] = {}
    for m in measurements:
        if m.fails and not m.known_defect:
            groups.setdefault((m.quantity, m.index), []).append(m)
    found = sorted((_failure(group, at) for group in groups.values()), key=lambda f: rank(f.worst))
    kept: dict[str, list[Failure]] = {}
    for failure in found:
        kept.setdefault(failure.worst.quantity, []).append(failure)
    shown = sorted(_first(kept.values()), key=lambda f: rank(f.worst))
    return shown, len(found) - len(shown)


def _failure(group: Sequence[Measurement], at: Mapping[tuple[str, int], Values]) -> Failure:
    worst = min(group, key=rank)
    values = worst.point or at.get((worst.dtype, worst.point_id))
    return Failure(
        worst=worst, point=None if values is None else dict(values), further=len(group) - 1
    )


def _first(groups: Iterable[list[Failure]]) -> list[Failure]:
    return [failure for group in groups for failure in group[:MOST_COMPONENTS]]


def explained_on_page(measurements: Iterable[Measurement]) -> list[Measurement]:
    """Return what a case's page explains: the worst of each program, backend and verdict.

    Whatever has a number and fails or lost digits, known defects included, worst first and at
    most `MOST_EXPLAINED`.
    """
    worst: dict[tuple[str, str, Verdict], Measurement] = {}
    for m in measurements:
        if (m.fails or m.verdict in LOSSY) and m.computed is not None:
            key = (m.program, m.backend, m.verdict)
            if key not in worst or rank(m) < rank(worst[key]):
                worst[key] = m
    return sorted(worst.values(), key=rank)[:MOST_EXPLAINED]


def to_explain(measurements: Sequence[Measurement]) -> list[Measurement]:
    """Return the measurements that a terminal or a page explains, each once."""
    tasks: dict[tuple[str, ...], list[Measurement]] = {}
    for m in measurements:
        tasks.setdefault((m.program, m.backend, m.mode, m.device, m.dtype), []).append(m)
    failures = [f.worst for group in tasks.values() for f in failures_of_task(group, {})[0]]
    chosen = [*failures, *explained_on_page(measurements)]
    return list({key_of(m): m for m in chosen if m.computed is not None}.values())
