"""One line for a measurement: the verdict, the numbers, where, and why."""

from __future__ import annotations

from typing import Final

from diffcheck.judge import Measurement
from diffcheck.judge.words import witness
from diffcheck.report import numbers
from diffcheck.report.points import in_decimal, in_hex

FEW: Final = 4  # numbers of a point that are worth their hexadecimal digits


def line(m: Measurement) -> str:
    """Return a measurement of a function on one line, with the point in decimal and in hex."""
    error = "" if m.ulps is None else f" {numbers.ulps(numbers.from_hex(m.ulps))} ulps"
    what = f"{m.quantity} {m.index}".strip()
    who = f"{witness(m.backend, m.mode, m.device)} {m.dtype}"
    at = f" at {in_decimal(m.point, m.dtype)}{_exact_point(m)}" if m.point else ""
    found = "" if m.computed is None else f": {_values(m)}"
    detail = f" [{' '.join(m.detail.split())}]" if m.detail else ""
    return f"{m.verdict}{error}: {m.case} {who} {what}{at}{found}{detail}"


def _exact_point(m: Measurement) -> str:
    count = sum(1 if isinstance(x, str) else len(x) for x in (m.point or {}).values())
    return f" ({in_hex(m.point)})" if count <= FEW else ""


def _values(m: Measurement) -> str:
    computed = numbers.decimal(m.computed, 17)
    if m.left is not None and m.right is not None:
        sides = f"{numbers.decimal(m.left, 17)} (left), {numbers.decimal(m.right, 17)} (right)"
        return f"got {computed}, exact {sides}"
    return (
        f"got {computed}"
        if m.truth is None
        else (f"got {computed}, exact {numbers.decimal(m.truth, 20)}")
    )
