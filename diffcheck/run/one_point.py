"""A case at one point, in this process: what `diffcheck show` prints."""

from __future__ import annotations

from msgspec.structs import replace

from diffcheck import engine
from diffcheck.case import Case, check_shapes
from diffcheck.judge import Measurement
from diffcheck.run.context import NARROW, WIDE, CaseContext
from diffcheck.run.measure import measure, point_values
from diffcheck.run.options import Options
from diffcheck.run.plan import plan
from diffcheck.run.worker import probe


def at_one_point(case: Case, backends: tuple[str, ...] = ()) -> list[Measurement]:
    """Verify a case at its first explicit point, or at the first sampled one without any.

    Without `backends` all of them are asked. Every measurement holds its point, however long.
    """
    check_shapes(case, engine)
    context = CaseContext(case, Options(samples=1, backends=backends))
    for dtype in (NARROW.name, WIDE.name):
        found = context.points[dtype]
        chosen = [p for p in found if p.kind == "explicit"] or [
            p for p in found if p.kind == "sample"
        ]
        context.points[dtype] = (chosen or found)[:1]
    presence = probe(backends).presence
    tasks = plan([case], context.options, presence)[0].tasks
    values = {dtype: point_values(points[0]) for dtype, points in context.points.items()}
    return [replace(m, point=values[m.dtype]) for task in tasks for m in measure(context, task)]
