"""Who finds which mutant: diffcheck and checkers of finite differences, at the same points."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Final

import numpy as np

from diffcheck.backends.guests_elementwise import installed
from diffcheck.case.quantities import LARGEST_JACOBIAN, Kind, Quantity
from diffcheck.judge import FAILING, FAILING_IF_STRICT, Verdict
from diffcheck.run import Options
from diffcheck.run.context import CaseContext
from diffcheck.run.measure import measure
from diffcheck.run.options import Task
from diffcheck.studies.power.exactly import Effect, derivative, effect, enclosures
from diffcheck.studies.power.mutants import Mutant, mutants
from diffcheck.studies.power.rules import planted
from diffcheck.studies.power.subjects import Subject

DTYPES: Final = ("float64", "float32")


def _rank(verdict: Verdict) -> tuple[bool, str]:
    return verdict is not Verdict.WRONG, str(verdict)


WORST_FIRST: Final = tuple(
    str(v) for failing in (FAILING, FAILING_IF_STRICT) for v in sorted(failing, key=_rank)
)
# The peers by name: library, function of its module in the backends, format that it is meant for.
_ALL_PEERS: Final = {
    "gradcheck": ("torch", "gradcheck", "float64"),
    "JAX check_grads": ("jax", "check_grads", "float64"),
    "JAX check_grads, float32": ("jax", "check_grads", "float32"),
    "autograd check_grads": ("autograd", "check_grads", "float64"),
}
PEERS: Final = {name: peer for name, peer in _ALL_PEERS.items() if installed(peer[0])}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One mutant: what it changes in each format, what diffcheck says there, and who else finds it.

    `verdicts` holds the worst verdict by format, "" where nothing fails, even strictly. A peer that
    fails the right rule too, or cannot run it, is not in `peers`.
    """

    name: str
    operator: str
    exponent: int | None
    effects: dict[str, Effect]
    verdicts: dict[str, str]
    peers: dict[str, bool]

    def finds(self, dtype: str) -> bool:
        """Whether diffcheck fails it, as it does by default."""
        return self.verdicts[dtype] in FAILING


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The mutants of one subject, those that could not be run counted; `silent`: peers left out."""

    subject: str
    rows: tuple[Row, ...]
    stillborn: int
    silent: tuple[str, ...]


def judged(
    subject: Subject, turn: int, every: int = 1, peers: Sequence[str] = tuple(PEERS)
) -> Seen:
    """Plant the mutants of a subject, of which one in `every`, and ask everybody."""
    with quiet():
        context = _context(subject)
        rights = {d: enclosures(subject, d, rounding=False) for d in DTYPES}
        at = range(len(subject.points))
        usable = {p: [i for i in at if not _asked(p, subject, i)] for p in peers}
        rows, stillborn = [], 0
        for i, mutant in enumerate(mutants(subject, turn)):
            if (i + turn) % every:
                continue
            with planted(mutant.site, mutant.rule):
                try:
                    effects = {d: effect(subject, d, rights[d]) for d in DTYPES}
                    _run(subject)
                except Exception:  # noqa: BLE001 - a mutant may break in any way: it is no rule then
                    stillborn += 1
                    continue
                rows.append(_row(subject, mutant, effects, context, usable))
    silent = tuple(p for p, points in usable.items() if not points)
    return Seen(subject=subject.name, rows=tuple(rows), stillborn=stillborn, silent=silent)


def _row(
    subject: Subject,
    mutant: Mutant,
    effects: dict[str, Effect],
    context: CaseContext,
    usable: dict[str, list[int]],
) -> Row:
    return Row(
        name=mutant.name if subject.program == "plain" else f"{mutant.name} ({subject.program})",
        operator=mutant.operator,
        exponent=mutant.exponent,
        effects=effects,
        verdicts={dtype: _verdict(context, subject, dtype) for dtype in DTYPES},
        peers={p: any(_asked(p, subject, i) for i in at) for p, at in usable.items() if at},
    )


def _run(subject: Subject) -> None:
    for dtype in DTYPES:
        for point in subject.points:
            f, x = subject.function(dtype, point), subject.arrays(dtype, point)
            for part in derivative(f, x, subject.site.mode):
                np.asarray(part, np.float64)


def _context(subject: Subject) -> CaseContext:
    """Return the case at the subject's points, with what its mode shows: Jv, or Jᵀw and all of J.

    One product alone can meet the right one by chance; `check` asks for all of a small J as well.
    """
    context = CaseContext(subject.case, Options(samples=0))
    m, n = context.truth.m, context.truth.n
    kinds: list[Kind] = ["value", subject.site.mode]
    if subject.site.mode == "vjp" and 1 < m <= LARGEST_JACOBIAN // n:
        kinds.append("jacobian")
    context.quantities = tuple(Quantity(kind, m, n) for kind in kinds)
    context.points = {dtype: list(subject.points) for dtype in context.points}
    return context


def _verdict(context: CaseContext, subject: Subject, dtype: str) -> str:
    """Return the worst failing verdict, "" for none; what the context knows of other rules goes."""
    context.forget_answers()
    found = measure(context, Task(subject.program, "engine", "eager", "cpu:0", dtype))
    words = {str(m.verdict) for m in found if m.order > 0}
    return next((word for word in WORST_FIRST if word in words), "")


def checker(peer: str) -> Callable[..., str]:
    """Return a peer as a function of (function, arrays, mode): what it says, "" where it passes."""
    library, name, _ = PEERS[peer]
    found: Callable[..., str] = getattr(import_module(f"diffcheck.backends.{library}_hosted"), name)
    return found


def _asked(peer: str, subject: Subject, i: int) -> str:
    point, dtype = subject.points[i], PEERS[peer][2]
    function, arrays = subject.function(dtype, point), subject.arrays(dtype, point)
    return checker(peer)(function, arrays, subject.site.mode)


@contextmanager
def quiet() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # the peers', at functions that they were not written for
        yield
