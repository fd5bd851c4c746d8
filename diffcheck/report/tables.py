"""The verdict table and the worst points of a case's page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from diffcheck.judge import Measurement, PointRecord, Verdict
from diffcheck.judge.failures import rank
from diffcheck.judge.words import SEVERITY, short, witness
from diffcheck.report import numbers
from diffcheck.report.commands import reproduce
from diffcheck.report.points import in_decimal, in_hex
from diffcheck.report.summaries import worst_of

MOST_WORST: Final = 12
FEW: Final = 3
_HARMLESS: Final = frozenset(
    {Verdict.EXACT, Verdict.ACCURATE, Verdict.UNDECIDED, Verdict.UNDEFINED, Verdict.UNSUPPORTED}
)


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """A program by a witness in a dtype, for one quantity."""

    program: str
    witness: str
    dtype: str
    quantity: str
    points: int
    ulps: str
    bits_lost: str
    verdicts: str
    fails: bool


@dataclass(frozen=True, slots=True)
class Worst:
    """The worst measurement of one program in one dtype, by one or more witnesses."""

    who: str
    dtype: str
    component: str
    headline: str
    detail: str
    computed: str
    truth: str
    condition: str
    point: str
    hexadecimal: str
    command: str


def verdict_rows(measurements: Iterable[Measurement], programs: Sequence[str]) -> list[VerdictRow]:
    """Return a row for each program (in the case's order), witness, dtype and quantity."""
    groups: dict[tuple[str, ...], list[Measurement]] = {}
    for m in measurements:
        who = witness(m.backend, m.mode, m.device)
        groups.setdefault((m.program, who, m.dtype, str(m.order), m.quantity), []).append(m)
    ordered = sorted(groups, key=lambda key: (programs.index(key[0]), key))
    return [_verdict_row(key, groups[key]) for key in ordered]


def _verdict_row(key: tuple[str, ...], group: Sequence[Measurement]) -> VerdictRow:
    counted_in = [m for m in group if m.verdict is not Verdict.FLUSHED]
    worst = worst_of(m.ulps for m in counted_in)
    bits = worst_of(m.bits_lost for m in counted_in)
    program, who, dtype, _, quantity = key
    return VerdictRow(
        program=program,
        witness=who,
        dtype=dtype,
        quantity=quantity,
        points=len({m.point_id for m in group if m.point_id >= 0}),
        ulps=numbers.ulps(worst),
        bits_lost="–" if bits is None else f"{bits:.1f}",
        verdicts=counted(group),
        fails=any(m.fails for m in group),
    )


def counted(group: Iterable[Measurement]) -> str:
    """Return `3 lost†, 20 accurate`, worst first; the dagger marks what a known defect covers."""
    counts = Counter((m.verdict, bool(m.known_defect)) for m in group)
    ordered = sorted(counts.items(), key=lambda item: (SEVERITY[item[0][0]], item[0][1]))
    return ", ".join(f"{n} {short(v)}{'†' if known else ''}" for (v, known), n in ordered)


def worst_points(
    path: str, points: Iterable[PointRecord], measurements: Iterable[Measurement], flags: str
) -> list[Worst]:
    """Return the worst measurement of each program, witness and dtype, worst first.

    Witnesses that agree to the last bit share an entry. Where some lost digits, those that are
    accurate are left out; else the worst few of them are shown.
    """
    at = {(p.dtype, p.point_id): p for p in points}
    worst: dict[tuple[str, ...], Measurement] = {}
    for m in measurements:
        key = (m.program, m.backend, m.mode, m.device, m.dtype)
        if key not in worst or rank(m) < rank(worst[key]):
            worst[key] = m
    ordered = sorted(worst.values(), key=rank)
    bad = [m for m in ordered if m.verdict not in _HARMLESS]
    groups: dict[tuple[object, ...], list[Measurement]] = {}
    for m in bad or ordered[:FEW]:
        same = (m.program, m.dtype, m.quantity, m.index, m.point_id, m.computed, m.verdict)
        groups.setdefault((*same, m.detail, m.known_defect), []).append(m)
    chosen = list(groups.values())[:MOST_WORST]
    return [_worst(path, g, at.get((g[0].dtype, g[0].point_id)), flags) for g in chosen]


def _worst(path: str, group: Sequence[Measurement], point: PointRecord | None, flags: str) -> Worst:
    m = group[0]
    who = ", ".join(witness(m.backend, m.mode, m.device) for m in group)
    values = m.point or (point.values if point else None)
    condition = numbers.from_hex(m.condition)
    return Worst(
        who=f"{m.program} by {who}",
        dtype=m.dtype,
        component=f"{m.quantity} {m.index}".strip(),
        headline=_headline(m),
        detail=m.detail,
        computed=numbers.decimal(m.computed, 17),
        truth=_truth(m),
        condition="" if condition is None else f"{condition:.2g}",
        point=in_decimal(values, m.dtype),
        hexadecimal=in_hex(values),
        command=reproduce(path, m, flags=flags),
    )


def _headline(m: Measurement) -> str:
    error = "" if m.ulps is None else f" with {numbers.ulps(numbers.from_hex(m.ulps))} ulps"
    return f"{m.verdict}{'†' if m.known_defect else ''}{error}"


def _truth(m: Measurement) -> str:
    if m.left is not None and m.right is not None:
        return f"{numbers.decimal(m.left, 17)} (left), {numbers.decimal(m.right, 17)} (right)"
    return numbers.decimal(m.truth, 20)
