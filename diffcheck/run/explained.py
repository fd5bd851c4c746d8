"""From an attribution to the record that a store keeps of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from flint import arb
from msgspec.structs import replace

from diffcheck.balls import error_in_ulps, ulp
from diffcheck.floats import FORMATS, Format, to_hex
from diffcheck.judge import Measurement, Verdict
from diffcheck.judge.explanations import Explanation, Loss, TapeNode
from diffcheck.programs.advice import advise
from diffcheck.programs.attribution import Attribution, Contribution, Traced, operands_at
from diffcheck.programs.kinds import Happening, Kind, what_happened
from diffcheck.programs.recording import Call

MOST: Final = 10  # contributions
SMALL: Final = 1e-3  # of the largest contribution: what is below is told as a sum
MOST_OPERANDS: Final = 4  # that are written out
LARGEST_TAPE: Final = 40  # nodes that are drawn
LITERALS: Final = 2.0  # their bound is of first order: this much more they may have cost


@dataclass(frozen=True, slots=True)
class Measured:
    """A number beside its truth: `unit` is an ulp of the exact value."""

    computed: float
    exact: arb
    unit: arb
    accused: bool  # of being another function in exact arithmetic

    @classmethod
    def of(cls, m: Measurement, exact: arb, fmt: Format) -> Self:
        """Return a measurement's numbers."""
        assert m.computed is not None
        accused = m.verdict in (Verdict.WRONG, Verdict.MISMATCH)
        unit = ulp(exact, fmt) if exact.is_finite() else arb("nan")
        return cls(float.fromhex(m.computed), exact, unit, accused)

    def ulps(self, x: arb) -> str:
        """Return a difference in ulps of the exact value, in hexadecimal."""
        return _hex(x / self.unit)


def described(blank: Explanation, m: Measured, a: Attribution) -> Explanation:
    """Return the record of an attribution; `blank` says of which measurement."""
    happening = what_happened(a)
    losses = list(_losses(m, a))
    losses.sort(key=lambda loss: -_size(loss.cost))
    if losses and losses[0].own is None:
        happening = Happening(Kind.RULE if m.accused else Kind.LITERAL)
    shown = [x for x in losses[:MOST] if _size(x.cost) >= SMALL * _size(losses[0].cost)]
    rest = [x.cost for x in losses[len(shown) :]]
    where, source = _where(a, happening)
    same = a.result == m.computed or (np.isnan(a.result) and np.isnan(m.computed))
    return replace(
        blank,
        observed=m.ulps(arb(m.computed) - m.exact) if np.isfinite(m.computed) else None,
        error=m.ulps(arb(a.result) - m.exact) if np.isfinite(a.result) else None,
        total=_sum(x.cost for x in losses),
        gross=_sum(to_hex(_size(x.cost)) for x in losses),
        losses=[] if a.departure else shown,
        more=len(rest),
        rest=_sum(rest) if rest else None,
        kind=str(happening.kind),
        where=where,
        where_source=source,
        advice=advise(a, happening),
        void="" if same else f"op by op the program gives {a.result!r}",
        tape=list(_tape(m, a)) if len(a.calls) <= LARGEST_TAPE else [],
    )


def with_wrong_rule(found: Explanation, call: Call) -> Explanation:
    """Return an explanation that names the operation whose rule is wrong."""
    result = float(np.asarray(call.floats[0]).reshape(-1)[0])
    text = _written(call, 0, result)
    return replace(found, where=text, where_source=call.operation.source)


def _losses(m: Measured, a: Attribution) -> Iterator[Loss]:
    """Yield what each operation cost, and what the program itself is off in exact arithmetic."""
    for c in a.contributions:
        yield Loss(
            operation=_written(a.calls[c.call].call, c.element, c.result),
            source=c.operation.source,
            own=_hex(abs(c.own_ulps)),
            amplification=_amplification(m, c),
            cost=m.ulps(c.total),
        )
    if a.exact is None or not a.exact.is_finite() or a.exact.overlaps(m.exact):
        return
    cost = m.ulps(a.exact - m.exact)
    name = "the program itself, in exact arithmetic" if m.accused else _literals(m, a)
    yield Loss(operation=name, source="", own=None, amplification=None, cost=cost)


def _literals(m: Measured, a: Attribution) -> str:
    """Return the literals that were rounded, the costliest first, and what each may have cost.

    What a literal was meant to be is not known, so the sum of their costs is exact, and each one's
    share of it is not.
    """
    most: dict[float, arb] = {}
    for x in a.literals:
        most[x.value] = most.get(x.value, arb(0)) + x.most
    costly = {value: float((cost / m.unit).mid()) for value, cost in most.items() if cost != 0}
    total = sum(most.values(), arb(0))
    if a.exact is None or not abs(a.exact - m.exact) <= LITERALS * total:
        return "numbers that the program computes from its literals alone"
    if len(costly) == 1:
        return f"the literal {next(iter(costly)):.9g}"
    ordered = sorted(costly.items(), key=lambda item: -item[1])
    named = [f"{value:.9g} (at most {cost:.2g})" for value, cost in ordered]
    more = f" and {len(named) - MOST_OPERANDS} more" if len(named) > MOST_OPERANDS else ""
    return f"the literals {', '.join(named[:MOST_OPERANDS])}{more}"


def _amplification(m: Measured, c: Contribution) -> str | None:
    if m.exact.contains(0):
        return None
    return _hex(abs(c.amplification * arb(c.result) / m.exact))


def _where(a: Attribution, happening: Happening) -> tuple[str, str]:
    """Return the operation at which the truth leaves, as text, and its line."""
    if happening.call is None:
        return "", ""
    traced = a.calls[happening.call]
    result = np.asarray(traced.call.floats[0]).reshape(-1)[happening.element]
    text = _written(traced.call, happening.element, float(result))
    return text, traced.call.operation.source


def _written(call: Call, element: int, result: float) -> str:
    """Return an operation with its numbers at one element, as `exp(-0.0001) = 0.9999`."""
    operands = operands_at(call, element, np.size(call.floats[0]))
    shown = [f"{x:.9g}" for x in operands[:MOST_OPERANDS]]
    shown += ["…"] if len(operands) > MOST_OPERANDS else []
    return f"{call.operation.name}({', '.join(shown)}) = {result:.9g}"


def _tape(m: Measured, a: Attribution) -> Iterator[TapeNode]:
    costs = {c.call: m.ulps(c.total) for c in a.contributions}
    for index, traced in enumerate(a.calls):
        call = traced.call
        operands = [
            f"v{maker}" if maker is not None else _value(x)
            for maker, x in zip(call.makers, call.operands, strict=True)
        ]
        results = [np.asarray(y) for y in call.results]
        yield TapeNode(
            operation=f"{call.operation.name}({', '.join(operands)})",
            operands=sorted({maker for maker in call.makers if maker is not None}),
            result=", ".join(map(_value, results)),
            bits_lost=_bits_lost(traced),
            cost=None if a.departure else costs.get(index),
            source=call.operation.source,
        )


def _value(x: Any) -> str:
    """Return a scalar as a number, an array by its shape."""
    array = np.asarray(x)
    if array.dtype == bool and array.size == 1:
        return str(bool(array)).lower()
    if array.size == 1 and array.dtype.kind in "fciuV":
        return f"{float(array.reshape(-1)[0]):.6g}"
    return f"[{'×'.join(map(str, array.shape))}]"


def _bits_lost(traced: Traced) -> str | None:
    """Return the most bits that an element of a result has lost; None where it is not known."""
    lost = [
        np.log2(1 + error_in_ulps(y, exact, FORMATS[y.dtype.name]))
        for floats, true in zip(traced.call.floats, traced.true, strict=False)
        for y, exact in zip(np.asarray(floats).reshape(-1), true, strict=True)
        if exact.is_finite()
    ]
    return to_hex(max(lost)) if lost else None


def _sum(costs: Iterator[str] | Sequence[str]) -> str:
    return to_hex(sum(map(float.fromhex, costs)))


def _size(cost: str) -> float:
    size = abs(float.fromhex(cost))
    return np.inf if np.isnan(size) else size


def _hex(x: arb) -> str:
    return to_hex(float(x.mid()))
