"""An explanation as text: the operations that lost the digits, largest first, and their sum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite, isnan
from typing import Final

from diffcheck.judge import Explanation, Loss, Measurement
from diffcheck.programs.advice import PATTERNS
from diffcheck.report import numbers
from diffcheck.report.points import in_decimal, in_hex

# What the sum may leave over, as a part of the error: beyond half of it, more is unexplained than
# explained, and no row's share says how much of the error is its own.
LEFT_OVER: Final = 0.5
UNSEEN: Final = 0.01  # ulps: less than this is left over by second order where roundings cancel
CANCELLING: Final = 10.0  # gross over net: from here on a share of the net says nothing

LEAVING: Final[dict[str, str]] = {
    "overflow": "overflows: beyond the largest number of the format",
    "singular": "is no number, and not in exact arithmetic either",
    "underflow": "underflows: below the least number of the format",
    "saturation": "saturates: what is left of its terms is below their last place",
    "cancellation": "cancels: its terms agree in their leading digits, and their roundings remain",
    "fault": "is off by itself: its own result is worse than rounding explains",
    "condition": "is ill-conditioned here: it magnifies the roundings of its operands",
}
WHOLE: Final[dict[str, str]] = {
    "literal": "the rounding of its literals costs more than that of any operation",
    "rule": "no rounding explains it: in exact arithmetic the program is another function",
    "rounding": "ordinary roundings, none of them magnified",
}


def heading(m: Measurement, path: str, point: Mapping[str, str | list[str]] | None) -> list[str]:
    """Return the lines that say what was measured, where, and how far off it is."""
    lines = [f"{path}::{m.case} {m.program} {m.backend} {m.mode} {m.device} {m.dtype}"]
    if point:
        lines.append(f"at {in_decimal(point, m.dtype)} ({in_hex(point)})")
    return lines


def explanation(m: Measurement, e: Explanation) -> list[str]:
    """Return the lines of one component's explanation, in full."""
    return list(_lines(m, e))


def short(e: Explanation) -> str:
    """Return an explanation in one line: the culprit, its line, its amplification and share."""
    if e.unnamed:
        return f"no operation can be named: {e.unnamed}"
    parts = [_event(e)] if e.kind in LEAVING or e.kind in WHOLE else []
    first_order = bool(e.losses) and not isnan(_number(e.total))
    if first_order and e.losses[0].own is not None and e.kind != "rule":
        culprit = e.losses[0]
        at = f" at {culprit.source}" if culprit.source else ""
        own = f"{numbers.ulps(_number(culprit.own))} ulp of its own"
        times = f" times {_number(culprit.amplification):.2g}" if culprit.amplification else ""
        share = _share(culprit, e)
        share = f", {share} of the error" if share else ""
        parts.insert(0, f"{culprit.operation}{at}: {own}{times}{share}")
    parts += [PATTERNS[name].text for name in e.advice if name in PATTERNS]
    parts += [f"void ({e.void})"] if e.void else []
    return "; ".join(parts)


def _lines(m: Measurement, e: Explanation) -> Iterator[str]:
    yield f"{m.quantity} {m.index}: {m.verdict}" + (f" [{m.detail}]" if m.detail else "")
    if m.computed is not None:
        yield f"  computed  {numbers.shortest(m.computed, m.dtype)}"
    if m.truth is not None:
        yield f"  exact     {numbers.decimal(m.truth)}"
    if e.observed is not None:
        yield f"  error     {_ulps(e.observed)} ulps of the exact value"
    if e.unnamed:
        yield f"No operation can be named: {e.unnamed}."
        return
    if e.void:
        yield (
            f"Compiled together, operations round otherwise: {e.void}. So the attribution below is "
            "void for the number above, and explains this one. What remains true: the judgement of "
            "the rule, which runs in exact arithmetic, and how far each operation is amplified."
        )
    yield ""
    yield from _leaving(e)
    yield from _table(e)
    for name in e.advice:
        if name in PATTERNS:
            yield f"Advice: {PATTERNS[name].text} (cases/{PATTERNS[name].case}.py shows both)"


def _leaving(e: Explanation) -> Iterator[str]:
    if e.kind in LEAVING:
        yield f"Where the truth leaves: {_event(e)}"
        if e.where_source:
            yield f"  {e.where_source}"
    elif e.losses:
        yield f"Where the truth leaves: {_event(e)}"


def _event(e: Explanation) -> str:
    if e.kind in LEAVING:
        return f"{e.where} {LEAVING[e.kind]}"
    return f"{WHOLE[e.kind]}{_rule(e)}"


def _rule(e: Explanation) -> str:
    if not e.where:
        return ""
    at = f" at {e.where_source}" if e.where_source else ""
    return (
        f"; the cotangent of {e.where}{at} is right and that of what it was made of is not: "
        "the rule between them is wrong"
    )


def _table(e: Explanation) -> Iterator[str]:
    if not e.losses:
        if e.kind not in LEAVING:
            yield "No operation rounded anything: what is off is the program, not its rounding."
        return
    if isnan(_number(e.total)):
        yield "First order says no more: slopes are infinite from there on."
        return
    yield f"{'ulps':>12}  {'share':>7}  {'own ulps':>8}  {'amplified':>9}  operation"
    for loss in e.losses:
        yield from _row(loss, e)
    if e.rest is not None:
        yield f"{_ulps(e.rest):>12}  {'':7}  {'':8}  {'':9}  {e.more} more"
    yield f"{_ulps(e.total):>12}  the sum of all contributions, to first order"
    yield f"{_ulps(e.error):>12}  the error of the program, operation by operation"
    if isfinite(_left(e)) and not _closes(e) and not _left(e) <= UNSEEN:
        yield (
            f"The sum does not close: it misses the error by {_left(e):.6g} ulps, so no shares are "
            "given. Either first order is not enough (roundings amplified this far act together), "
            "or the program without any rounding is another number than the exact value."
        )
    elif _cancels(e):
        yield (
            f"Contributions of {_number(e.gross):.6g} ulps in all cancel each other down to this "
            "sum, and need not do so at the next point: shares are of their magnitudes."
        )


def _row(loss: Loss, e: Explanation) -> Iterator[str]:
    own = "" if loss.own is None else f"{_number(loss.own):.2g}"
    amplified = "" if loss.amplification is None else f"{_number(loss.amplification):.3g}"
    yield (
        f"{_ulps(loss.cost):>12}  {_share(loss, e):>7}  {own:>8}  {amplified:>9}  {loss.operation}"
    )
    if loss.source:
        yield f"{'':44}at {loss.source}"


def _share(loss: Loss, e: Explanation) -> str:
    """Return the part of the error that an operation made; nothing where the sum misses it."""
    if not _closes(e):
        return ""
    whole = _number(e.gross) if _cancels(e) else _number(e.total)
    part = _number(loss.cost)
    return f"{(abs(part) if _cancels(e) else part) / whole:.1%}"


def _cancels(e: Explanation) -> bool:
    return _number(e.gross) > CANCELLING * abs(_number(e.total))


def _left(e: Explanation) -> float:
    return abs(_number(e.error) - _number(e.total))


def _closes(e: Explanation) -> bool:
    return _number(e.total) != 0 and _left(e) <= LEFT_OVER * abs(_number(e.error))


def _number(text: str | None) -> float:
    return float("nan") if text is None else float.fromhex(text)


def _ulps(text: str | None) -> str:
    return f"{_number(text):+.6g}"
