"""A run from beginning to end: plan, workers, store."""

from __future__ import annotations

import io
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Final

import msgspec

import diffcheck
from diffcheck.case import Case, CaseError
from diffcheck.judge import Header, Verdict
from diffcheck.run.describe import bare_record
from diffcheck.run.measure import Failure, failed_task, stale_defects
from diffcheck.run.options import CasePlan, Options
from diffcheck.run.plan import plan as plan_cases
from diffcheck.run.pools import DIED, HUNG, Pools, pool_name
from diffcheck.run.store import encode
from diffcheck.run.worker import CaseResult, Probe, run_case

TIMEOUT: Final = 600.0  # seconds for one case


@dataclass(slots=True, kw_only=True)
class RunResult:
    """What a run came to; `segments` says where in the store each case's lines stand."""

    cases: int = 0
    failed: bool = False
    crashed: bool = False
    interrupted: bool = False
    errors: list[CaseError] = field(default_factory=list)
    seconds: dict[str, dict[str, float]] = field(default_factory=dict)
    segments: list[tuple[str, int, int]] = field(default_factory=list)  # case, offset, length


@dataclass(frozen=True, slots=True)
class Progress:
    """Told after each case: how many of how many are done, and which was the last."""

    done: int
    total: int
    case: str
    failed: bool


def execute(
    cases: Sequence[Case],
    options: Options,
    store: BinaryIO,
    *,
    workers: Pools,
    present: Probe,
    command: str,
    slow: Sequence[str] = (),
    complete: bool = False,
    part: bool = False,
    stop_on_failure: bool = False,
    timeout: float = TIMEOUT,
    progress: Callable[[Progress], None] = lambda _: None,
) -> RunResult:
    """Verify the cases and write their records to `store` as they come.

    A case that kills its worker, hangs for `timeout` seconds or cannot be used costs only itself.
    An interrupt ends the run with what has been written so far.
    """
    plans = plan_cases(cases, options, present.presence)
    result = RunResult(cases=len(plans))
    header = _header(present, options, command, slow, part)
    store.write(encode([header]))
    by_name = {case.name: case for case in cases}
    end = store.tell()  # of the last whole case
    try:
        with closing(_finished(plans, workers, timeout)) as finished:
            for done, (plan, parts) in enumerate(finished, start=1):
                _keep(by_name[plan.case], plan, parts, store, result)
                end = store.tell()
                progress(Progress(done, len(plans), plan.case, result.failed))
                if stop_on_failure and result.failed:
                    break
    except KeyboardInterrupt:
        result.interrupted = True
        store.truncate(end)
    if complete and not result.interrupted:
        _complete(header, store)
    return result


def _complete(header: Header, store: BinaryIO) -> None:
    """Say in the first line of a store that its run came to the end; until then it is not whole."""
    whole = msgspec.structs.replace(header, complete=True)
    before, after = encode([header]), encode([whole])
    store.seek(0)
    store.write(after[:-1].ljust(len(before) - 1) + b"\n")  # "true" is shorter than "false"
    store.seek(0, io.SEEK_END)


def _header(
    present: Probe,
    options: Options,
    command: str,
    slow: Sequence[str],
    part: bool,
) -> Header:
    return Header(
        diffcheck=diffcheck.__version__,
        command=command,
        environment=present.environment,
        options=options.as_record(),
        slow=list(slow),
        complete=False,
        part=part,
    )


def _finished(
    plans: Sequence[CasePlan], workers: Pools, timeout: float
) -> Generator[tuple[CasePlan, list[CaseResult | CaseError]]]:
    """Yield each case with the results of its parts, as soon as the last part is there.

    Whatever is still waiting when nobody asks any more is cancelled.
    """
    waiting: dict[Future[CaseResult], tuple[CasePlan, CasePlan]] = {}
    results: dict[str, list[CaseResult | CaseError]] = {plan.case: [] for plan in plans}
    missing: dict[str, int] = {}
    try:
        for plan in plans:
            parts = _parts(plan)
            missing[plan.case] = len(parts)
            if not parts:  # none of the devices asked for is here
                yield plan, []
            for part in parts:
                waiting[_submit(part, workers, timeout)] = (plan, part)
        while waiting:
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=lambda f: waiting[f][1].case):
                plan, part = waiting.pop(future)
                results[plan.case] += _result(future, part, workers, timeout)
                missing[plan.case] -= 1
                if missing[plan.case] == 0:
                    yield plan, results.pop(plan.case)
    finally:
        for future in waiting:
            future.cancel()


def _parts(plan: CasePlan) -> list[CasePlan]:
    """Split a plan by the pool that runs it: each GPU has one process of its own."""
    names = sorted({pool_name(task.device) for task in plan.tasks})
    return [
        replace(plan, tasks=tuple(t for t in plan.tasks if pool_name(t.device) == name))
        for name in names
    ]


def _submit(part: CasePlan, workers: Pools, timeout: float) -> Future[CaseResult]:
    return workers.submit(part.tasks[0].device, run_case, part, timeout=timeout)


def _result(
    future: Future[CaseResult], part: CasePlan, workers: Pools, timeout: float
) -> list[CaseResult | CaseError]:
    try:
        return [future.result()]
    except CaseError as error:
        return [error]
    except HUNG:
        text = f"no answer within {timeout:g} s"
        return [_without_numbers(part, Verdict.TIMED_OUT, text)]
    except (DIED, SystemExit) as error:
        if len(part.tasks) == 1:
            code = error.code if isinstance(error, SystemExit) else error.exitcode
            text = f"the worker process died (exit code {code})"
            return [_without_numbers(part, Verdict.CRASHED, text)]
    except Exception as error:  # noqa: BLE001 - an error of ours in one case must not end the run
        text = f"{type(error).__name__}: {error}".splitlines()[0]
        return [_without_numbers(part, Verdict.CRASHED, text)]
    # Somebody in this part kills the process: run the tasks one by one, to name the culprit.
    found: list[CaseResult | CaseError] = []
    for task in part.tasks:
        single = replace(part, tasks=(task,))
        found += _result(_submit(single, workers, timeout), single, workers, timeout)
    return found


def _without_numbers(part: CasePlan, verdict: Verdict, text: str) -> CaseResult:
    measurements = [failed_task(part.case, t, "value", 0, verdict, text) for t in part.tasks]
    failures: frozenset[Failure] = frozenset((t, "value", verdict) for t in part.tasks)
    return CaseResult(None, encode(measurements), failures, failures, {})


def _keep(
    case: Case,
    plan: CasePlan,
    parts: Sequence[CaseResult | CaseError],
    store: BinaryIO,
    result: RunResult,
) -> None:
    found = [part for part in parts if isinstance(part, CaseResult)]
    result.errors += [part for part in parts if isinstance(part, CaseError)]
    if not found:
        return
    failures = frozenset[Failure]().union(*(part.failures for part in found))
    unexcused = frozenset[Failure]().union(*(part.unexcused for part in found))
    # A narrowed run may just not have met the failure.
    stale = stale_defects(case, failures) if plan.options.is_default else []
    head = next((part.record for part in found if part.record), bare_record(case, plan.not_run))
    lines = encode([msgspec.structs.replace(head, stale_defects=stale)])
    lines += b"".join(part.lines for part in found)
    start = store.tell()
    store.write(lines)
    store.flush()
    result.segments.append((case.name, start, len(lines)))
    result.failed |= bool(stale or unexcused)
    result.crashed |= any(verdict is Verdict.CRASHED for _, _, verdict in unexcused)
    result.seconds[case.name] = _summed(part.seconds for part in found)


def _summed(parts: Iterator[dict[str, float]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for part in parts:
        for name, seconds in part.items():
            total[name] = total.get(name, 0.0) + seconds
    return total
