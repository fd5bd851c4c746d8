"""The certified derivatives of a subject at its points, one list of outcomes per component."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import arb

from diffcheck.balls import precision
from diffcheck.case import Case, Point, Quantity, real
from diffcheck.case.expressions import definition_of
from diffcheck.case.quantities import Kind
from diffcheck.engine import ball_array, grad, value
from diffcheck.engine.ops.reduction import sum as total
from diffcheck.floats import Format
from diffcheck.studies.accuracy.subjects import ARGUMENTS, Subject
from diffcheck.truth import Truth
from diffcheck.truth.certify import is_certain, ladder

Component = tuple[int, ...]  # the arguments that are differentiated in, in order


def components(subject: Subject, order: int) -> list[Component]:
    """Return the partial derivatives of an order, each mixed one once."""
    if order == 1:
        return [(i,) for i in subject.wrt]
    return [(i, j) for i in subject.wrt for j in subject.wrt if i <= j]


def truths(
    subject: Subject, fmt: Format, args: Sequence[Any], order: int
) -> dict[Component, list[arb | str]]:
    """Return, per component and point, the certified ball, or the word for why there is none."""
    if subject.expression is None:
        return {c: _by_own_rules(subject, fmt, args, c) for c in components(subject, order)}
    wrt = tuple(ARGUMENTS[i] for i in subject.wrt)
    inputs = dict.fromkeys(ARGUMENTS[: subject.arity], real())
    case = Case(
        definition_of(subject.expression), programs={"none": _unused}, inputs=inputs, wrt=wrt,
        name=subject.name, orders=(0, 1, 2),
    )  # fmt: skip
    truth = Truth(case)
    kind: Kind = "gradient" if order == 1 else "hessian"
    quantity = Quantity(kind, 1, len(wrt))
    rows = [truth.outcomes(quantity, _point(fmt, x), fmt) for x in zip(*args, strict=True)]
    found: dict[Component, list[arb | str]] = {}
    for component in components(subject, order):
        place = np.ravel_multi_index([subject.wrt.index(i) for i in component], (len(wrt),) * order)
        outcomes = [row[int(place)] for row in rows]
        found[component] = [o.status if o.ball is None else o.ball for o in outcomes]
    return found


def _unused(xp: Any, **_inputs: Any) -> Any:
    raise AssertionError(xp)


def _point(fmt: Format, coordinates: Sequence[Any]) -> Point:
    values = {n: np.asarray(float(x)) for n, x in zip(ARGUMENTS, coordinates, strict=False)}
    return Point(values=values, format=fmt.name, kind="sample")


def _by_own_rules(
    subject: Subject, fmt: Format, args: Sequence[Any], component: Component
) -> list[arb | str]:
    """Return what the engine's own rules give in balls, where SymPy cannot write the function."""
    slope = subject.call
    for i in component:
        slope = grad(lambda *x, f=slope: total(f(*x)), i)
    return [_in_balls(slope, fmt, x) for x in zip(*args, strict=True)]


def _in_balls(slope: Any, fmt: Format, coordinates: Sequence[Any]) -> arb | str:
    for bits in ladder(fmt)[:4]:
        with precision(bits):
            try:
                ball: arb = value(slope)(*(ball_array(np.asarray(float(x))) for x in coordinates))[
                    ()
                ]
            except ArithmeticError:
                continue
            if is_certain(ball, fmt):
                return ball
    return "undecided"
