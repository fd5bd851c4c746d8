"""A case, its truth and a point in few words."""

import numpy as np

from diffcheck.case import Case, Point, Quantity, real
from diffcheck.floats import FORMATS
from diffcheck.truth import Truth

F64 = FORMATS["float64"]


def truth_of(definition, *names, shapes=None, wrt=None, name="case"):
    """Return the truth of a function of real inputs, scalars unless `shapes` says otherwise."""
    shapes = shapes or {}
    parameters = ", ".join(("xp", *names))
    program = eval(f"lambda {parameters}: None")
    inputs = {n: real(shape=shapes.get(n, ())) for n in names}
    case = Case(definition, programs=program, inputs=inputs, wrt=wrt or names, name=name)
    return Truth(case)


def point(**values):
    arrays = {n: np.asarray(v, dtype=np.float64) for n, v in values.items()}
    return Point(values=arrays, format="float64", kind="explicit")


def outcomes(truth, kind, fmt=F64, **values):
    return truth.outcomes(Quantity(kind, truth.m, truth.n), point(**values), fmt)


def outcome(truth, kind, fmt=F64, **values):
    (only,) = outcomes(truth, kind, fmt, **values)
    return only
