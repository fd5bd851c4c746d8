"""Why one number is off: its measurement, with the operations that lost the digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from flint import arb

from diffcheck.backends.base import Readable, Unsupported
from diffcheck.balls import precision, ulp
from diffcheck.case import Case, Point, Quantity
from diffcheck.floats import FORMATS
from diffcheck.judge import Measurement
from diffcheck.programs import MissingFormError
from diffcheck.programs.attribution import Attribution, attribute
from diffcheck.run.context import CaseContext, backend_of
from diffcheck.run.measure import measure
from diffcheck.run.options import Options, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A measurement and its attribution, in ulps of the exact value.

    `observed` is computed - exact, signed. `attribution` is None where the program cannot be read,
    or where there is nothing to attribute, for the reason in `void`. `void` also tells where the
    program run op by op gives another number than the backend: then the attribution is of that one.
    """

    measurement: Measurement
    exact: arb | None
    ulp: arb | None
    observed: arb | None
    attribution: Attribution | None
    void: str


def explain(
    case: Case, task: Task, quantity: Quantity, point: Point, *, component: str = ""
) -> Explanation:
    """Measure a case at one point and attribute the error of a component, by default the worst.

    Raises `LookupError` for a component that the quantity does not have.
    """
    context = CaseContext(case, Options(samples=0, orders=(quantity.order,)))
    context.points = {dtype: [point] for dtype in context.points}
    context.quantities = (Quantity("value", quantity.m, quantity.n), quantity)
    found = [m for m in measure(context, task) if m.quantity == quantity.kind]
    m = _chosen(found, component)
    labels = context.truth.labels(quantity)
    outcome = context.outcomes(quantity, task.dtype, 0)[labels.index(m.index)] if m.index else None
    if outcome is None or outcome.ball is None or m.computed is None:
        reason = m.detail or "there is no exact value to compare with"
        return _without(m, reason)
    exact = outcome.ball
    fmt = FORMATS[task.dtype]
    computed = float.fromhex(m.computed)
    with precision(256):
        unit = ulp(exact, fmt)
        observed = (arb(computed) - exact) / unit if np.isfinite(computed) else None
    try:
        reader = cast("Readable", backend_of(task))
        if not hasattr(reader, "read"):
            raise Unsupported(f"the programs of {task.backend} cannot be read")  # noqa: TRY301
        reading = reader.read(case, task.program, quantity, point, fmt=fmt)
        output, element = reading.places[labels.index(m.index)]
        attribution = attribute(reading.program, reading.inputs, output=output, element=element)
    except (Unsupported, MissingFormError) as error:
        return Explanation(
            measurement=m, exact=exact, ulp=unit, observed=observed, attribution=None,
            void=str(error),
        )  # fmt: skip
    same = attribution.result == computed or (np.isnan(attribution.result) and np.isnan(computed))
    return Explanation(
        measurement=m,
        exact=exact,
        ulp=unit,
        observed=observed,
        attribution=attribution,
        void="" if same else f"op by op the program gives {attribution.result!r}",
    )


def _chosen(found: Sequence[Measurement], component: str) -> Measurement:
    if not component:
        return max(found, key=lambda m: float.fromhex(m.ulps) if m.ulps else -1.0)
    for m in found:
        if m.index == component:
            return m
    raise LookupError(", ".join(m.index for m in found))


def _without(m: Measurement, reason: str) -> Explanation:
    return Explanation(
        measurement=m, exact=None, ulp=None, observed=None, attribution=None, void=reason
    )
