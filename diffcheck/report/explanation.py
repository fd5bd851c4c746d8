"""An explanation as text: the operations that lost the digits, largest first, and their sum."""

from __future__ import annotations

from collections.abc import Iterator

from flint import arb

from diffcheck.judge import Measurement
from diffcheck.programs.attribution import Contribution
from diffcheck.report import numbers
from diffcheck.report.points import in_decimal, in_hex
from diffcheck.run.explain import Explanation

MOST = 10  # contributions
SMALL = 1e-3  # of the largest contribution: what is below is told as a sum
# What the sum may leave over, as a part of the error: beyond half of it, more is unexplained than
# explained, and no row's share says how much of the error is its own.
LEFT_OVER = 0.5
UNSEEN = 0.01  # ulps: less than this is left over by second order where roundings cancel


def explanation(e: Explanation, path: str) -> str:
    """Return the text of `diffcheck explain`."""
    return "\n".join(_lines(e, path))


def _lines(e: Explanation, path: str) -> Iterator[str]:
    m = e.measurement
    yield f"{path}::{m.case} {m.program} {m.backend} {m.mode} {m.device} {m.dtype}"
    if m.point is not None:
        yield f"at {in_decimal(m.point, m.dtype)} ({in_hex(m.point)})"
    yield f"{m.quantity} {m.index}: {_verdict(m)}"
    if m.computed is not None:
        yield f"  computed  {numbers.shortest(m.computed, m.dtype)}"
    if m.truth is not None:
        yield f"  exact     {numbers.decimal(m.truth)}"
    if e.observed is not None:
        yield f"  error     {_ulps(e.observed)} ulps of the exact value"
    if e.attribution is None or e.ulp is None or e.exact is None:
        yield f"No operation can be named: {e.void}."
        return
    if e.void:
        yield (
            f"Compiled together, operations round otherwise: {e.void}. So the attribution below is "
            "void for the number above, and explains this one. What remains true: the judgement of "
            "the rule, which runs in exact arithmetic, and how far each operation is amplified."
        )
    yield ""
    yield from _table(e, e.ulp, e.exact)


def _verdict(m: Measurement) -> str:
    return f"{m.verdict} [{m.detail}]" if m.detail else str(m.verdict)


def _table(e: Explanation, unit: arb, exact: arb) -> Iterator[str]:
    assert e.attribution is not None
    departure = e.attribution.departure
    if departure is not None:
        operands = ", ".join(f"{x:.9g}" for x in departure.operands)
        name = departure.operation.name
        yield f"The numbers are left at {name}({operands}) = {departure.result}"
        yield f"  {departure.operation.source}"
        return
    found = e.attribution.contributions
    if not found:
        yield "No operation rounded anything: what is off is the program, not its rounding."
        return
    total = e.attribution.total / unit
    largest = abs(found[0].total)
    shown = [c for c in found[:MOST] if abs(c.total) >= SMALL * largest]
    result = arb(e.attribution.result)
    error = (result - exact) / unit if result.is_finite() else arb("nan")
    left = abs(float((error - total).mid()))
    meets = left <= LEFT_OVER * abs(float(error.mid())) and not total.contains(0)
    yield f"{'ulps':>12}  {'share':>7}  {'own ulps':>8}  {'amplified':>9}  operation"
    for c in shown:
        yield from _row(c, unit, exact, e.attribution.total if meets else None)
    if len(found) > len(shown):
        rest = sum((c.total for c in found[len(shown) :]), arb(0)) / unit
        yield f"{_ulps(rest):>12}  {'':7}  {'':8}  {'':9}  {len(found) - len(shown)} more"
    yield f"{_ulps(total):>12}  the sum of all contributions, to first order"
    yield f"{_ulps(error):>12}  the error of the program, operation by operation"
    if not meets and not left <= UNSEEN:
        yield (
            f"The sum does not close: it misses the error by {left:.6g} ulps, so no shares are "
            "given. Either first order is not enough (roundings amplified this far act together), "
            "or the program without any rounding is another number than the exact value."
        )


def _row(c: Contribution, unit: arb, exact: arb, total: arb | None) -> Iterator[str]:
    share = "" if total is None else f"{float((c.total / total).mid()):.1%}"
    own = abs(float(c.own_ulps.mid()))
    amplified = abs(float((c.amplification * arb(c.result) / exact).mid())) if exact != 0 else 0.0
    operands = ", ".join(f"{x:.9g}" for x in c.operands)
    yield (
        f"{_ulps(c.total / unit):>12}  {share:>7}  {own:8.2g}  {amplified:9.3g}  "
        f"{c.operation.name}({operands}) = {c.result:.9g}"
    )
    if c.operation.source:
        yield f"{'':44}at {c.operation.source}"


def _ulps(x: arb) -> str:
    return f"{float(x.mid()):+.6g}"
