"""A case at one point, in this process: what `diffcheck show` prints."""

from __future__ import annotations

from dataclasses import dataclass

from diffcheck.case import Case
from diffcheck.judge import Measurement
from diffcheck.run.context import NARROW, WIDE, CaseContext
from diffcheck.run.measure import measure
from diffcheck.run.options import Options
from diffcheck.run.plan import plan
from diffcheck.run.worker import probe
from diffcheck.truth import Truth


@dataclass(frozen=True, slots=True)
class OnePoint:
    """The truth of a case and every backend's measurements at one point."""

    truth: Truth
    measurements: list[Measurement]


def at_one_point(case: Case) -> OnePoint:
    """Verify a case at its first explicit point, or at the first sampled one without any."""
    context = CaseContext(case, Options(samples=1))
    for dtype in (NARROW.name, WIDE.name):
        found = context.points[dtype]
        chosen = [p for p in found if p.kind == "explicit"] or [
            p for p in found if p.kind == "sample"
        ]
        context.points[dtype] = (chosen or found)[:1]
    tasks = plan([case], context.options, probe().presence)[0].tasks
    return OnePoint(context.truth, [m for task in tasks for m in measure(context, task)])
