"""From cases and options to tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

from diffcheck.case import Case
from diffcheck.run.options import BACKENDS, DTYPES, CasePlan, Options, Task

# backend -> device -> modes, as the probe found them
Presence = Mapping[str, Mapping[str, tuple[str, ...]]]


def plan(cases: Iterable[Case], options: Options, presence: Presence) -> list[CasePlan]:
    """Return one plan per case, the costliest first.

    What was asked for but is not present (a device, say) is listed in `not_run` with the reason.
    """
    plans = [_plan_case(case, options, presence) for case in cases]
    return sorted(plans, key=lambda p: (-p.weight, p.path, p.case))


def _plan_case(case: Case, options: Options, presence: Presence) -> CasePlan:
    tasks: list[Task] = []
    for program, backend in product(case.programs, options.backends or BACKENDS):
        for device, modes in presence[backend].items():
            if options.devices and device not in options.devices:
                continue
            chosen = [mode for mode in modes if not options.modes or mode in options.modes]
            tasks += [
                Task(program, backend, mode, device, dtype)
                for mode, dtype in product(chosen, options.dtypes or DTYPES)
            ]
    return CasePlan(
        case=case.name,
        path=str(case.path),
        tasks=tuple(tasks),
        not_run=tuple(absent(options, presence)),
        options=options,
        weight=_weight(case) * len(tasks),
    )


def absent(options: Options, presence: Presence) -> list[tuple[str, str]]:
    """Return what cannot be run here, with the reason, beginning with the GPU."""
    devices = {device for found in presence.values() for device in found}
    missing = [
        (device, "no such device here") for device in options.devices if device not in devices
    ]
    if not options.devices and all(device.startswith("cpu") for device in devices):
        missing.append(("gpu:0", "no GPU present"))
    return missing


def _weight(case: Case) -> int:
    components = sum(item.size for item in case.inputs.values())
    return (10 + components * case.n) * (1 + max(case.orders))
