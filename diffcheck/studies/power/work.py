"""The study as jobs for several processes, each seeded by its own number, in any order."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Final, Literal

from diffcheck.studies.power import proof, sensitivity, specificity
from diffcheck.studies.power.defects import DEFECTS, Answer, answer
from diffcheck.studies.power.grammar import Drawn, functions
from diffcheck.studies.power.proof import Agreement
from diffcheck.studies.power.sensitivity import Seen
from diffcheck.studies.power.specificity import Judged, witnesses
from diffcheck.studies.power.subjects import Subject, atlas, subjects

WORKERS: Final = 2
EVERY: Final = 3  # of the mutants of a rule one in so many is planted, in turns over the rules
FUNCTIONS: Final = 160
PROVED: Final = 40  # of these functions, those over which the checker's parts are compared
Job = tuple[Literal["mutants", "function", "defect", "proof"], int]


@dataclass(slots=True)
class Findings:
    """What all jobs found, each kind in the order of its numbers."""

    seen: list[Seen] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)


def find(root: Path, sample: int = 1) -> Findings:
    """Do every job, or one in `sample` of each kind, and return what was found."""
    chosen = [
        *_some("mutants", len(_subjects(root)), sample),
        *_some("function", FUNCTIONS, sample),
        *_some("defect", len(DEFECTS), sample),
        ("proof", max(1, PROVED // sample)),
    ]
    # A forked JAX hangs; the longest first.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=context) as pool:
        results = list(pool.map(_done, [root] * len(chosen), chosen))
    found = Findings()
    for (kind, _), result in zip(chosen, results, strict=True):
        match kind:
            case "mutants":
                found.seen.append(result)
            case "function":
                found.judged.append(result)
            case "defect":
                found.answers.append(result)
            case "proof":
                found.agreements = result
    return found


def _some(kind: Any, count: int, sample: int) -> Sequence[Job]:
    return [(kind, i) for i in range(0, count, sample)]


def _done(root: Path, job: Job) -> Any:
    match job:
        case "mutants", number:
            return sensitivity.judged(_subjects(root)[number], number, EVERY)
        case "function", number:
            return specificity.judged(_functions()[number], witnesses(number))
        case "defect", number:
            return answer(number)
        case _, number:
            return proof.proofs(islice(functions(FUNCTIONS), number))


@cache
def _subjects(root: Path) -> list[Subject]:
    return subjects(atlas(root))


@cache
def _functions() -> list[Drawn]:
    return list(functions(FUNCTIONS))
