"""Why one number is off: its measurement, with the operations that lost the digits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np
from flint import arb

from diffcheck.backends.base import BackendError, Readable, Reading, Unsupported
from diffcheck.balls import Undecided, precision
from diffcheck.case import Case, Point, Quantity
from diffcheck.floats import FORMATS
from diffcheck.judge import Measurement
from diffcheck.judge.explanations import Explanation, key_of
from diffcheck.judge.failures import to_explain
from diffcheck.programs import MissingFormError
from diffcheck.programs.attribution import BITS, Attribution, attribute
from diffcheck.programs.audit import wrong_rule
from diffcheck.programs.kinds import Kind
from diffcheck.programs.recording import Call
from diffcheck.run.context import CaseContext, backend_of
from diffcheck.run.explained import Measured, described, with_wrong_rule
from diffcheck.run.measure import measure
from diffcheck.run.options import Options, Task


def explain(
    case: Case, task: Task, quantity: Quantity, point: Point, *, component: str = ""
) -> list[tuple[Measurement, Explanation]]:
    """Measure a case at one point and explain each component, or the one that is named.

    Raises `LookupError` for a component that the quantity does not have.
    """
    context = CaseContext(case, Options(samples=0, orders=(quantity.order,)))
    context.points = {dtype: [point] for dtype in context.points}
    value = Quantity("value", quantity.m, quantity.n)
    context.quantities = tuple(dict.fromkeys((value, quantity)))
    found = [m for m in measure(context, task) if m.quantity == quantity.kind]
    if component and component not in (m.index for m in found):
        raise LookupError(", ".join(m.index for m in found))
    chosen = [m for m in found if not component or m.index == component]
    return list(zip(chosen, explanations(context, chosen), strict=True))


def shown_explanations(
    context: CaseContext, measurements: Sequence[Measurement]
) -> list[Explanation]:
    """Return the explanations of the measurements that a terminal or a page shows."""
    with context.timed("explanations"):
        return list(explanations(context, to_explain(measurements)))


def explanations(
    context: CaseContext, measurements: Sequence[Measurement]
) -> Iterator[Explanation]:
    """Yield the explanation of each measurement; modes that share a program share its reading."""
    known: dict[tuple[object, ...], Attribution] = {}
    for m in measurements:
        try:
            yield _explanation(context, m, known)
        except (Unsupported, MissingFormError, BackendError) as error:
            yield unnamed(m, str(error))
        except Undecided:
            yield unnamed(m, "a comparison of overlapping balls stays undecided")
        except Exception as error:  # noqa: BLE001 - the measurements must not be lost with it
            yield unnamed(m, f"{type(error).__name__}: {error}".splitlines()[0])


def unnamed(m: Measurement, reason: str) -> Explanation:
    """Return the explanation of a measurement of which no operation can be named."""
    (case, program, backend, dtype, mode, device, quantity, index, point_id) = key_of(m)
    return Explanation(
        case=case, program=program, backend=backend, dtype=dtype, mode=mode, device=device,
        quantity=quantity, index=index, point_id=point_id, unnamed=reason,
    )  # fmt: skip


def _explanation(
    context: CaseContext,
    m: Measurement,
    known: dict[tuple[object, ...], Attribution],
) -> Explanation:
    task = Task.of(m)
    labels_and_quantity = [
        (context.truth.labels(q), q) for q in context.quantities if q.kind == m.quantity
    ]
    if m.computed is None or not labels_and_quantity or m.point_id < 0:
        return unnamed(m, m.detail or "nothing was computed")
    labels, quantity = labels_and_quantity[0]
    component = labels.index(m.index)
    outcome = context.outcomes(quantity, task.dtype, m.point_id)[component]
    exact = outcome.ball
    if exact is None:
        if np.isfinite(float.fromhex(m.computed)):
            return unnamed(m, m.detail or "there is no exact value to compare with")
        exact = arb("nan")  # where the numbers were left can be said all the same
    fmt = FORMATS[task.dtype]
    point = context.points[task.dtype][m.point_id]
    key = (task.program, task.backend, task.dtype, quantity, m.point_id, component)
    if key not in known:
        reading = _read(context, task, quantity, point)
        output, element = reading.places[component]
        known[key] = attribute(reading.program, reading.inputs, output=output, element=element)
    with precision(BITS):
        measured = Measured.of(m, exact, fmt)
        found = described(unnamed(m, ""), measured, known[key])
    if found.kind != Kind.RULE or quantity.kind != "gradient":
        return found
    call = _wrong_rule(context, task, quantity, point, known[key])
    return found if call is None else with_wrong_rule(found, call)


def _wrong_rule(
    context: CaseContext, task: Task, quantity: Quantity, point: Point, derivative: Attribution
) -> Call | None:
    value = _read(context, task, Quantity("value", quantity.m, quantity.n), point)
    differentiated = [value.names.index(name) for name in context.case.wrt]
    roundoff = FORMATS[task.dtype].unit_roundoff
    return wrong_rule(value.program, value.inputs, differentiated, derivative, roundoff=roundoff)


def _read(context: CaseContext, task: Task, quantity: Quantity, point: Point) -> Reading:
    backend = backend_of(task)
    if not hasattr(backend, "read"):
        raise Unsupported(f"the programs of {task.backend} cannot be read")
    fmt = FORMATS[task.dtype]
    return cast("Readable", backend).read(context.case, task.program, quantity, point, fmt=fmt)
