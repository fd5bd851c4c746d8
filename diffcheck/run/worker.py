"""What a worker process does: verify one case from beginning to end, or say what is here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from diffcheck import backends, engine
from diffcheck.backends.environment import describe
from diffcheck.case import Case, check_shapes, find_cases
from diffcheck.judge import CaseRecord, PointRecord
from diffcheck.run.context import CaseContext
from diffcheck.run.describe import case_record
from diffcheck.run.explain import shown_explanations
from diffcheck.run.measure import Failure, failures_of, measure, point_values
from diffcheck.run.options import BACKENDS, CasePlan
from diffcheck.run.store import encode


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What one worker found of a case: lines of the store, failures, and where the time went."""

    record: CaseRecord | None  # None where the worker gave no answer
    lines: bytes
    failures: frozenset[Failure]
    unexcused: frozenset[Failure]  # those of `failures` that no declared defect covers
    seconds: dict[str, float]


@dataclass(frozen=True, slots=True)
class Probe:
    """What is present on this machine: backend -> device -> modes, and the environment."""

    presence: dict[str, dict[str, tuple[str, ...]]]
    environment: dict[str, str | list[str]]


def probe(names: tuple[str, ...] = ()) -> Probe:
    """Find the devices and modes of the named backends, and describe the environment.

    Without names those of a plain run are probed.
    """
    presence: dict[str, dict[str, tuple[str, ...]]] = {}
    for name in names or BACKENDS:
        backend = backends.get(name)
        presence[name] = {device: backend.modes(device) for device in backend.devices()}
    guests = [package for name in names for package in backends.GUESTS.get(name, ())]
    return Probe(presence, _flat(describe(guests)))


def _flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, str | list[str]]:
    """Return a nested description as one level, with the outer names in front."""
    flat: dict[str, str | list[str]] = {}
    for name, value in tree.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name} ")
        else:
            flat[f"{prefix}{name}"] = value
    return flat


def load(plan: CasePlan) -> Case:
    """Load the planned case from its file; raises `CaseError` if it cannot be used after all."""
    cases, errors = find_cases([f"{plan.path}::{plan.case}"])
    if errors:
        raise errors[0]
    check_shapes(cases[0], engine)
    return cases[0]


def run_case(plan: CasePlan) -> CaseResult:
    """Verify a case with all its tasks; raises `CaseError` if the case cannot be used."""
    case = load(plan)
    context = CaseContext(case, plan.options)
    measurements = [m for task in plan.tasks for m in measure(context, task)]
    explanations = shown_explanations(context, measurements)
    record = case_record(context, plan.not_run)
    for name in {task.backend for task in plan.tasks}:
        backends.get(name).forget(case)
    return CaseResult(
        record=record,
        lines=encode([*_point_records(context, plan), *measurements, *explanations]),
        failures=failures_of(measurements),
        unexcused=failures_of(m for m in measurements if not m.known_defect),
        seconds=dict(context.seconds),
    )


def _point_records(context: CaseContext, plan: CasePlan) -> list[PointRecord]:
    return [
        PointRecord(
            case=context.case.name,
            dtype=dtype,
            point_id=point_id,
            kind=point.kind,
            label=point.label,
            values=point_values(point),
        )
        for dtype in sorted({task.dtype for task in plan.tasks})
        for point_id, point in enumerate(context.points[dtype])
    ]
