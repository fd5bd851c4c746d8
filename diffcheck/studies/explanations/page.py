"""The page of the study, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from diffcheck.judge import Measurement
from diffcheck.programs.advice import PATTERNS, Pattern
from diffcheck.report import numbers
from diffcheck.report.explanation import explanation
from diffcheck.studies.explanations.known import KNOWN, Known, at_point, bundled, explained

HEAD = """# Who lost the digits

What `diffcheck explain` says where the culprit is known beforehand. The contribution of an
operation is its own rounding times the derivative of the result in it, both in ball arithmetic on
the floats that were computed; their sum is the error, which is the proof.
"""

ADVICE = """## Advice, tried out

Each pattern is looked for around the operation at which the truth leaves, in the structure of the
program that ran. Errors in float32, in ulps of the exact value, at a point where the first form
needs the advice; to the second it is not given.

| found | advice | case | by | at | before | after |
| --- | --- | --- | --- | --- | ---: | ---: |
"""


def render() -> str:
    """Return the page."""
    parts = [HEAD, *(_known(known) for known in KNOWN), ADVICE + "\n".join(_rows())]
    return "\n".join(parts) + "\n\nReproduce: `diffcheck study explanations`\n"


def _known(known: Known) -> str:
    lines = [f"## {known.title}", "", "```text", f"$ {known.command}"]
    for _, m, e in explained(known):
        lines += ["", *explanation(m, e)]
    return "\n".join([*lines, "```", ""])


def _rows() -> Iterator[str]:
    for name, pattern in PATTERNS.items():
        before, after = (_worst(pattern, p) for p in (pattern.naive, pattern.stable))
        at = ", ".join(f"{x} = {value}" for x, value in pattern.at.items())
        link = f"[{pattern.case}](../cases/{pattern.case}.py)"
        cells = (name, pattern.text, link, pattern.backend, at, before, after)
        yield "| " + " | ".join(cells) + " |"


def _worst(pattern: Pattern, program: str) -> str:
    found = at_point(
        bundled(pattern.case), program, pattern.backend, "float32", pattern.quantity, pattern.at
    )
    return _told(max((m for _, m, _ in found), key=_error))


def _error(m: Measurement) -> float:
    if m.ulps is None:
        return float("inf") if m.fails else 0.0
    return float.fromhex(m.ulps)


def _told(m: Measurement) -> str:
    if m.ulps is None:
        return f"{m.verdict} ({m.detail})"
    return numbers.ulps(numbers.from_hex(m.ulps))
