"""Correct functions at hard points: who calls them wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from diffcheck.backends.engine_namespace import namespace
from diffcheck.case import Case, Point
from diffcheck.judge import Measurement, Verdict
from diffcheck.run import Options
from diffcheck.run.context import CaseContext
from diffcheck.run.measure import measure
from diffcheck.run.options import Task
from diffcheck.studies.power.grammar import Drawn
from diffcheck.studies.power.sensitivity import PEERS, checker, quiet

Witness = tuple[str, str]  # backend and mode
ENGINE: Final[Witness] = ("engine", "eager")
EAGER: Final[Witness] = ("jax", "eager")
JIT: Final[Witness] = ("jax", "jit")
IN_JAX, COMPILED = 3, 6  # one function in so many: XLA compiles most of a second for each
DTYPES: Final = ("float32", "float64")
HYPOT: Final = "`jax.hessian(jnp.hypot, (0, 1))(1.0, 1.0)` is 0 throughout, where 1/√8 is right"
ACCUSING: Final = frozenset({Verdict.WRONG, Verdict.MISMATCH})
GOOD: Final = frozenset({Verdict.EXACT, Verdict.ACCURATE, Verdict.ILL_CONDITIONED})
NO_TRUTH: Final = frozenset(
    {Verdict.UNDEFINED, Verdict.UNDECIDED, Verdict.UNSUPPORTED, Verdict.CRASHED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A function at its points: its pairs, the verdicts on it, and the peers' failures.

    A pair is a point at which some derivative has a truth; `verdicts` counts measurements by
    witness and word; `accusations` are told in full, and `confirmed` those that are right, with the
    defect behind them. `peers` holds, by name, at how many points
    where all digits of the derivative are right the peer was asked, and how often it failed.
    """

    name: str
    text: str
    pairs: int
    verdicts: Counter[tuple[str, str]]
    accusations: tuple[str, ...]
    confirmed: tuple[str, ...]
    peers: dict[str, tuple[int, int]]


def witnesses(number: int) -> tuple[Witness, ...]:
    """Return who judges the function of this number: the engine always, JAX in turns."""
    eager = (EAGER,) if number % IN_JAX == 0 else ()
    return (ENGINE, *eager, JIT) if number % COMPILED == 0 else (ENGINE, *eager)


def judged(drawn: Drawn, by: Sequence[Witness], peers: Sequence[str] = tuple(PEERS)) -> Judged:
    """Judge a function at all of its points by each witness, and ask the peers."""
    case = drawn.case
    with quiet():
        context = CaseContext(case, Options(samples=0))
        context.points = {dtype: list(points) for dtype, points in drawn.points.items()}
        found = [
            (f"{backend} {mode}", m)
            for backend, mode in by
            for dtype in DTYPES
            for m in measure(context, Task("plain", backend, mode, "cpu:0", dtype))
        ]
        derivatives = [m for _, m in found if m.order > 0 and m.verdict not in NO_TRUTH]
        accused = [m for _, m in found if m.verdict in ACCUSING]
        reasons = {id(m): confirmed(case, m) for m in accused}
        return Judged(
            name=case.name,
            text=case.doc,
            pairs=len({(m.dtype, m.point_id) for m in derivatives if m.dtype == "float64"}),
            verdicts=Counter((who, str(m.verdict)) for who, m in found if m.order > 0),
            accusations=tuple(_told(case, m) for m in accused if not reasons[id(m)]),
            confirmed=tuple(reasons[id(m)] for m in accused if reasons[id(m)]),
            peers={peer: _asked(peer, case, context, derivatives) for peer in peers},
        )


def confirmed(case: Case, m: Measurement) -> str:
    """Return the known defect that an accusation is of, "" if there is none: no rule that is right.

    JAX divides by the greater argument: where both are alike, its Hessian of hypot is 0.
    """
    values = [abs(float.fromhex(str(x))) for x in (m.point or {}).values()]
    alike = len(values) == 1 or len(set(values)) == 1
    return HYPOT if m.backend == "jax" and m.order == 2 and alike and "hypot" in case.doc else ""


def _told(case: Case, m: Measurement) -> str:
    at = ", ".join(f"{name} = {value}" for name, value in (m.point or {}).items())
    return f"{case.doc} at {at}: {m.backend} {m.mode} {m.dtype} {m.index} {m.verdict}, {m.detail}"


def _asked(
    peer: str, case: Case, context: CaseContext, derivatives: list[Measurement]
) -> tuple[int, int]:
    """Return at how many points a peer was asked, and at how many it failed a right derivative."""
    dtype = PEERS[peer][2]
    first = [m for m in derivatives if m.backend == "engine" and m.order == 1 and m.dtype == dtype]
    points = context.points[dtype]
    right = [
        i
        for i in range(len(points))
        if (here := [m for m in first if m.point_id == i]) and all(m.verdict in GOOD for m in here)
    ]
    program = case.program_for("plain", "engine")
    xp = namespace(np.dtype(dtype))

    def function(*x: Any) -> Any:
        return program(xp, **dict(zip(case.inputs, x, strict=True)))

    failed = [i for i in right if checker(peer)(function, _arrays(points[i], dtype), "vjp")]
    return len(right), len(failed)


def _arrays(point: Point, dtype: str) -> list[Any]:
    return [np.asarray(value).astype(dtype) for value in point.values.values()]
