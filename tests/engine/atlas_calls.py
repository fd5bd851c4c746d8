"""What each op is given, and gives, in its atlas case.

It is watched in the gradient of the program too, so that slopes and parameters come as rules use
them.
"""

from functools import cache
from pathlib import Path

import numpy as np

from diffcheck import engine
from diffcheck.backends.engine_namespace import namespace
from diffcheck.case import find_cases, points
from diffcheck.engine import TABLE
from diffcheck.engine.tensor import Tensor, tensor_of
from diffcheck.floats import FORMATS

ROOT = Path(__file__).parents[2]
YES, NO = np.True_, np.False_


class Watching:
    """A trace below all others that evaluates, and keeps the first call of each op."""

    plain = None

    def __init__(self):
        self.level = 0
        self.calls = {}

    def record(self, op, args, params):
        values = tuple(a.value if type(a) is Tensor else a for a in args)
        y = op.apply(values, params)
        self.calls.setdefault(op.name, (values, params, y))
        return y if op.vjp is None else tensor_of(y, self, None)


def watched(case):
    """Return the first call of each op in the gradient of a case's program at a point."""
    trace, fmt = Watching(), FORMATS["float64"]
    chosen = points(case, fmt, samples=1, seed=0)
    point = next(p for p in chosen if p.kind in ("explicit", "sample"))
    inputs = {name: tensor_of(np.asarray(x)[()], trace, None) for name, x in point.values.items()}
    xp, program = namespace(fmt.dtype), case.program_for("plain", "engine")

    def total(*x):
        return xp.sum(program(xp, **{**inputs, **dict(zip(case.wrt, x, strict=True))}))

    with np.errstate(all="ignore"):
        engine.grad(total, tuple(range(len(case.wrt))))(*(inputs[name] for name in case.wrt))
    return trace.calls


@cache
def calls():
    """Return a call of every op that a program or a rule makes."""
    found = {
        "logical_and": ((YES, NO), {}, NO),
        "logical_or": ((YES, NO), {}, YES),
        "logical_not": ((YES,), {}, NO),
        "stop_gradient": ((np.float64(0.5),), {}, np.float64(0.5)),
        "nextafter": ((np.float64(0.5), np.float64(1.0)), {}, np.nextafter(0.5, 1.0)),
    }
    cases, errors = find_cases([str(ROOT / "cases/atlas")])
    assert errors == []
    own = {case.name: watched(case) for case in cases}
    for name in TABLE:
        for case in (f"op_{name}", f"op_{TABLE[name].slope}", *own):
            if name not in found and name in own.get(case, {}):
                found[name] = own[case][name]
    return found
