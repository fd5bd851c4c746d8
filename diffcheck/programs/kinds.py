"""What happened where the digits were lost: cancellation, saturation, overflow and their kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
from flint import arb

from diffcheck.floats import FORMATS
from diffcheck.programs.attribution import Attribution, Contribution, Departure, Traced
from diffcheck.programs.recording import is_float

# Where the result may be far smaller than its terms; by the names of both backends.
TWO_TERMS: Final = frozenset({"add", "add_any"})
SUMS: Final = TWO_TERMS | {"sum", "reduce_sum", "cumsum", "cumulative_sum", "mean", "scatter_add"}
PRODUCTS: Final = frozenset(
    {"scatter-add", "dot_general", "matmul", "einsum", "conv_general_dilated"}
)
DIFFERENCES: Final = frozenset({"sub", "subtract"})

# What magnifies no relative error by more than a small power.
TAME: Final = frozenset(
    {"mul", "multiply", "div", "divide", "neg", "negative", "sqrt", "square", "integer_pow"}
)

AMPLIFIED: Final = 8.0  # three bits: less than this is no event
SPARE: Final = 1.0  # ulps: a literal is rounded to the format within an operation
SAME_PATH: Final = 0.05  # of the culprit's weight, for a sum to be where it is lost


class Kind(StrEnum):
    """What happened at the operation where the truth leaves."""

    OVERFLOW = "overflow"
    SINGULAR = "singular"  # infinite or not a number in exact arithmetic too
    UNDERFLOW = "underflow"
    SATURATION = "saturation"
    CANCELLATION = "cancellation"
    FAULT = "fault"  # the operation's own result is off
    CONDITION = "condition"  # a function that magnifies what comes in
    LITERAL = "literal"
    RULE = "rule"  # the program itself, in exact arithmetic
    ROUNDING = "rounding"  # nothing but ordinary roundings


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened, at which call and element of its first result (None: at no call)."""

    kind: Kind
    call: int | None = None
    element: int = 0


def what_happened(a: Attribution) -> Happening:
    """Return where the truth leaves on the way from the largest contribution to the result."""
    with np.errstate(all="ignore"):
        return _what_happened(a)


def _what_happened(a: Attribution) -> Happening:
    if a.departure is not None:
        return _lost_before(a, a.departure) or _departed(a.departure)
    met = _meets_nan(a) if np.isnan(a.result) else None
    if met is not None:
        return Happening(Kind.SINGULAR, met)
    if not a.contributions:
        return Happening(Kind.ROUNDING)
    culprit = a.contributions[0]
    if _underflows(a.calls[culprit.call], culprit):
        return Happening(Kind.UNDERFLOW, culprit.call, culprit.element)
    own = abs(float(culprit.own_ulps.mid()))
    bounds = {rounding.of: rounding.most for rounding in culprit.operation.roundings}
    if set(bounds) <= {"result"} and not own <= bounds.get("result", 0.0) + SPARE:
        return Happening(Kind.FAULT, culprit.call, culprit.element)
    if "terms" in bounds and not own <= bounds["terms"]:
        return Happening(Kind.CANCELLATION, culprit.call, culprit.element)
    return _cancellation(a, culprit) or _condition(a, culprit) or Happening(Kind.ROUNDING)


def _meets_nan(a: Attribution) -> int | None:
    """Return the first call that meets a NaN which no call made: a literal."""
    for index, traced in enumerate(a.calls):
        for maker, x in zip(traced.call.makers, traced.call.operands, strict=True):
            if maker is None and is_float(np.asarray(x)) and np.isnan(np.asarray(x)).any():
                return index
    return None


def _departed(d: Departure) -> Happening:
    kind = Kind.OVERFLOW if d.exact.is_finite() else Kind.SINGULAR
    return Happening(kind, d.call, d.element)


def _lost_before(a: Attribution, d: Departure) -> Happening | None:
    """Return the call that left an operation without a digit, where it is a number in truth."""
    true = a.calls[d.call].true
    if d.exact.is_finite() or not true or not true[0][d.element].is_finite():
        return None
    for index in ancestors(a, d.call):
        traced = a.calls[index]
        for floats, exact in zip(traced.call.floats, traced.true, strict=True):
            flat = np.asarray(floats).reshape(-1)
            for j, (y, e) in enumerate(zip(flat, exact, strict=True)):
                if e.is_finite() and not abs(arb(float(y)) - e) * 2 <= abs(e):
                    return Happening(_of_the_lost(traced, flat.dtype.name, y, e), index, j)
    return None


def _of_the_lost(traced: Traced, dtype: str, computed: Any, exact: arb) -> Kind:
    """Return what happened to a result that has no correct digit."""
    if abs(exact) < float(FORMATS[dtype].smallest_normal):
        return Kind.UNDERFLOW
    if traced.call.operation.name in SUMS | PRODUCTS | DIFFERENCES:
        return Kind.CANCELLATION if computed else Kind.SATURATION
    return Kind.CONDITION


def _underflows(traced: Traced, culprit: Contribution) -> bool:
    computed = np.asarray(traced.call.floats[0])
    least = float(FORMATS[computed.dtype.name].smallest_normal)
    exact = arb(culprit.result) - culprit.rounding
    return abs(culprit.result) < least and bool(abs(exact) < least) and not exact.is_zero()


def _cancellation(a: Attribution, culprit: Contribution) -> Happening | None:
    """Return the sum behind the culprit whose terms are largest beside its result."""
    weight = abs(float((culprit.amplification * arb(culprit.result)).mid()))
    worst, found = AMPLIFIED, None
    for index in descendants(a, culprit.call):
        traced = a.calls[index]
        terms = _terms(traced)
        if terms is None:
            continue
        results = np.abs(np.asarray(traced.call.floats[0], dtype=np.float64)).reshape(-1)
        slopes = np.array([abs(float(s.mid())) for s in traced.slopes[0]])
        lost = slopes * terms
        if not lost.size or not np.isfinite(lost).any():
            continue
        j = int(np.nanargmax(lost))
        ratio = terms[j] / results[j] if results[j] else np.inf
        if lost[j] >= SAME_PATH * weight and ratio > worst:
            kind = Kind.CANCELLATION if results[j] else Kind.SATURATION
            worst, found = ratio, Happening(kind, index, j)
    if found is not None or not _absorbs(a.calls[culprit.call], culprit):
        return found
    return Happening(Kind.SATURATION, culprit.call, culprit.element)


def _terms(traced: Traced) -> Any:
    """Return for each element of a sum or difference the sum of its terms' magnitudes."""
    call = traced.call
    name = call.operation.name
    if len(call.floats) != 1 or name not in SUMS | PRODUCTS | DIFFERENCES:
        return None
    sizes = [np.abs(np.asarray(x)) if is_float(np.asarray(x)) else x for x in call.operands]
    if name in DIFFERENCES:
        found: Any = sizes[0] + sizes[1]
    else:
        found = call.operation.floats(*sizes)
        found = found[0] if isinstance(found, (list, tuple)) else found
    shape = np.shape(call.floats[0])
    return np.broadcast_to(np.asarray(found, dtype=np.float64), shape).reshape(-1)


def _absorbs(traced: Traced, culprit: Contribution) -> bool:
    """Whether a sum came out as one of its two terms, the other being too small to be seen."""
    name = traced.call.operation.name
    two = name in TWO_TERMS | DIFFERENCES
    return two and any(abs(x) == abs(culprit.result) for x in culprit.operands)


def _condition(a: Attribution, culprit: Contribution) -> Happening | None:
    """Return the call behind the culprit that magnifies relative errors most."""
    sizes: dict[int, float] = {}
    worst, found = AMPLIFIED, None
    for index in [culprit.call, *descendants(a, culprit.call)]:
        traced = a.calls[index]
        products = [
            abs(float((s * y).mid()))
            for slopes, ys in zip(traced.slopes, traced.exact, strict=True)
            for s, y in zip(slopes, ys, strict=True)
            if not s.is_zero()
        ]
        sizes[index] = max(products, default=0.0)
        before = [sizes[i] for i in traced.call.makers if i in sizes]
        # What is behind the last operation is the result itself.
        ratio = max(before, default=0.0) / sizes[index] if sizes[index] else 0.0
        behind = index != culprit.call and traced.call.operation.name not in TAME
        if behind and np.isfinite(ratio) and ratio > worst:
            worst, found = ratio, Happening(Kind.CONDITION, index, 0)
    return found


def ancestors(a: Attribution, call: int) -> list[int]:
    """Return the calls that a call depends on, in the order of execution."""
    wanted = {call}
    for index in range(call, -1, -1):
        if index in wanted:
            wanted.update(i for i in a.calls[index].call.makers if i is not None)
    return sorted(wanted - {call})


def descendants(a: Attribution, call: int) -> Iterator[int]:
    """Yield the calls that depend on a call, in the order of execution."""
    reached = {call}
    for index in range(call + 1, len(a.calls)):
        if any(i in reached for i in a.calls[index].call.makers):
            reached.add(index)
            yield index
