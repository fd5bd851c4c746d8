"""The pytest plugin: the cases below the `diffcheck_cases` folders, collected as tests.

One item per program × backend × dtype × mode, over all devices present, named
`stable-jax-jit-float32`; a case with known defects has one more, `known-defects`, which fails when
a declared defect no longer happens. `--diffcheck-strict` is what `--strict` is to a run. Nothing
heavy is imported until a case file is collected.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from diffcheck.case import Case
    from diffcheck.judge import Measurement
    from diffcheck.run.context import CaseContext
    from diffcheck.run.options import Task


MOST_LINES = 9  # of one item; with the one that counts the others, ten


class CaseFailedError(Exception):
    """What failed, as lines for the terminal."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        "diffcheck_cases",
        "names of the folders whose Python files hold diffcheck cases",
        type="args",
        default=["cases"],
    )
    parser.getgroup("diffcheck").addoption(
        "--diffcheck-strict",
        action="store_true",
        help="also fail on `unstable`, `op-fault` and `inexact`, as `diffcheck run --strict` does",
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if not is_case_file(file_path, parent.config):
        return None
    found: pytest.Collector = CaseFile.from_parent(parent, path=file_path)
    return found


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: Any) -> pytest.Collector | None:
    # pytest's own plugin also takes a Python file that is named on the command line.
    if not is_case_file(module_path, parent.config):
        return None
    found: pytest.Collector = NotATestModule.from_parent(parent, path=module_path)
    return found


def is_case_file(path: Path, config: pytest.Config) -> bool:
    """Whether a file is below a folder of cases and speaks of diffcheck."""
    folders = set(config.getini("diffcheck_cases"))
    if path.suffix != ".py" or path.name.startswith(("_", ".", "test_", "conftest")):
        return False
    # Folders above the root say nothing; the root itself may be the folder of cases.
    above = config.rootpath.parent
    parts = path.relative_to(above).parent.parts if path.is_relative_to(above) else path.parts
    return not folders.isdisjoint(parts) and b"diffcheck" in path.read_bytes()


class NotATestModule(pytest.File):
    """A case file as a Python module: it holds no tests of its own."""

    def collect(self) -> Iterator[pytest.Item]:
        return iter(())


class CaseFile(pytest.File):
    """A case file; its errors are told in four parts."""

    def collect(self) -> Iterator[pytest.Collector]:
        from diffcheck.case import find_cases

        cases, errors = find_cases([str(self.path)])
        if errors:
            raise self.CollectError("\n\n".join(str(error) for error in errors))
        for case in cases:
            yield CaseCollector.from_parent(self, name=case.name, case=case)


class CaseCollector(pytest.Collector):
    """One case; its truth is built once and shared by its items."""

    def __init__(self, *, case: Case, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.case = case

    def collect(self) -> Iterator[pytest.Item]:
        from diffcheck.run.options import DTYPES, MODES

        for program in self.case.programs:
            for backend, modes in MODES.items():
                for mode in modes:
                    for dtype in DTYPES:
                        name = f"{program}-{backend}-{mode}-{dtype}"
                        yield TaskItem.from_parent(
                            self, name=name, spec=(program, backend, mode, dtype)
                        )
        if self.case.known_defects:
            yield KnownDefectsItem.from_parent(self, name="known-defects")

    @cached_property
    def context(self) -> CaseContext:
        from diffcheck import engine
        from diffcheck.case import check_shapes
        from diffcheck.run.context import CaseContext
        from diffcheck.run.options import Options

        check_shapes(self.case, engine)
        return CaseContext(self.case, Options(strict=self.config.getoption("--diffcheck-strict")))

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """Every task of the case on the devices present."""
        from diffcheck.run.plan import plan
        from diffcheck.run.worker import probe

        return plan([self.case], self.context.options, probe().presence)[0].tasks

    @cached_property
    def _measured(self) -> dict[Task, list[Measurement]]:
        return {}

    def measurements(self, task: Task) -> list[Measurement]:
        """Return a task's measurements, made once."""
        from diffcheck.run.measure import measure

        if task not in self._measured:
            self._measured[task] = list(measure(self.context, task))
        return self._measured[task]

    def teardown(self) -> None:
        """Forget what was computed: no item of this case follows."""
        for name in ("context", "tasks", "_measured"):
            self.__dict__.pop(name, None)


class CaseItem(pytest.Item):
    """What the items of a case share: they report failures as lines, without a traceback."""

    parent: CaseCollector

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any) -> Any:
        from diffcheck.case import CaseError

        if isinstance(excinfo.value, (CaseFailedError, CaseError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *args)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, f"{self.parent.name} {self.name}"


class TaskItem(CaseItem):
    """One program on one backend in one mode and dtype, on every device present."""

    def __init__(self, *, spec: tuple[str, str, str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.spec = spec

    def runtest(self) -> None:
        lines: list[str] = []
        measured: list[Measurement] = []
        for task in filter(self._covers, self.parent.tasks):
            measurements = self.parent.measurements(task)
            lines += failure_lines(self.parent.context, measurements)
            measured += measurements
        if lines:
            hidden = len(lines) - MOST_LINES
            more = [f"… and {hidden} more lines: see `diffcheck run`"] if hidden > 0 else []
            raise CaseFailedError("\n".join(lines[:MOST_LINES] + more))
        if excused := {m.known_defect for m in measured if m.fails}:
            pytest.xfail("; ".join(sorted(excused)))
        if all(m.verdict == "unsupported" for m in measured):
            reasons = sorted({m.detail for m in measured})
            pytest.skip("; ".join(reasons) or "this backend is not here")

    def _covers(self, task: Task) -> bool:
        # On a GPU, `jit` and `jit+highest` are one item.
        mode, _, _ = task.mode.partition("+")
        return (task.program, task.backend, mode, task.dtype) == self.spec


def failure_lines(context: CaseContext, measurements: list[Measurement]) -> list[str]:
    """Return what fails of one task as `diffcheck run` prints it, the worst first."""
    from diffcheck.judge.failures import failures_of_task
    from diffcheck.report.explanation import short
    from diffcheck.report.terminal import failure_line
    from diffcheck.run.explain import explanations
    from diffcheck.run.measure import point_values

    at = {
        (dtype, i): point_values(point)
        for dtype, points in context.points.items()
        for i, point in enumerate(points)
    }
    failures, unlisted = failures_of_task(measurements, at)
    path = str(context.case.path)
    shown = failures[:MOST_LINES]
    why = [short(e) for e in explanations(context, [f.worst for f in shown])]
    why += [""] * (len(failures) - len(shown))
    flags = "--strict" if context.options.strict else ""
    lines = [
        failure_line(f.worst, f.point, path, flags=flags, further=f.further, why=because)
        for f, because in zip(failures, why, strict=True)
    ]
    return lines + ([f"… and {unlisted} more components"] if unlisted else [])


class KnownDefectsItem(CaseItem):
    """Fails when a declared defect no longer happens, as a strict xfail does."""

    def runtest(self) -> None:
        from diffcheck.run.measure import failures_of, stale_defects

        measurements = [m for task in self.parent.tasks for m in self.parent.measurements(task)]
        stale = stale_defects(self.parent.case, failures_of(measurements))
        if stale:
            raise CaseFailedError(
                "declared as known defects, but nothing fails any more:\n  " + "\n  ".join(stale)
            )
