"""The pytest plugin: the cases below the `diffcheck_cases` folders, collected as tests.

One item per program × backend × dtype × mode, over all devices present, named
`stable-jax-jit-float32`; a case with known defects has one more, `known-defects`, which fails when
a declared defect no longer happens. Nothing heavy is imported until a case file is collected.
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


class CaseFailedError(Exception):
    """What failed, as lines for the terminal."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        "diffcheck_cases",
        "names of the folders whose Python files hold diffcheck cases",
        type="args",
        default=["cases"],
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
    return not folders.isdisjoint(path.parts) and b"diffcheck" in path.read_bytes()


class NotATestModule(pytest.File):
    """A case file as a Python module: it holds no tests of its own."""

    def collect(self) -> Iterator[pytest.Item]:
        return iter(())


class CaseFile(pytest.File):
    """A case file; its errors are told in four parts."""

    def collect(self) -> Iterator[pytest.Collector]:
        from diffcheck.case import find_cases  # noqa: PLC0415 - SymPy is slow to import

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
        from diffcheck.run.options import DTYPES, MODES  # noqa: PLC0415

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
        from diffcheck.run.context import CaseContext  # noqa: PLC0415
        from diffcheck.run.options import Options  # noqa: PLC0415

        return CaseContext(self.case, Options())

    @cached_property
    def _measured(self) -> dict[Task, list[Measurement]]:
        return {}

    def measurements(self, task: Task) -> list[Measurement]:
        """Return a task's measurements, made once."""
        from diffcheck.run.measure import measure  # noqa: PLC0415

        if task not in self._measured:
            self._measured[task] = list(measure(self.context, task))
        return self._measured[task]

    def tasks(self) -> list[Task]:
        """Return every task of the case on the devices present."""
        from diffcheck.run.plan import plan  # noqa: PLC0415
        from diffcheck.run.worker import probe  # noqa: PLC0415

        return list(plan([self.case], self.context.options, probe().presence)[0].tasks)


class CaseItem(pytest.Item):
    """What the items of a case share: they report failures as lines, without a traceback."""

    parent: CaseCollector

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any) -> Any:
        if isinstance(excinfo.value, CaseFailedError):
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
        from diffcheck.report.terminal import failure_line  # noqa: PLC0415

        failing: list[Measurement] = []
        for task in self.parent.tasks():
            if (task.program, task.backend, task.mode, task.dtype) == self.spec:
                failing += [m for m in self.parent.measurements(task) if m.fails]
        unexcused = [m for m in failing if not m.known_defect]
        if unexcused:
            path = str(self.parent.case.path)
            raise CaseFailedError("\n".join(failure_line(m, path) for m in unexcused))
        if failing:
            pytest.xfail("; ".join(sorted({m.known_defect for m in failing})))


class KnownDefectsItem(CaseItem):
    """Fails when a declared defect no longer happens, as a strict xfail does."""

    def runtest(self) -> None:
        from diffcheck.run.measure import failures_of, stale_defects  # noqa: PLC0415

        tasks = self.parent.tasks()
        measurements = [m for task in tasks for m in self.parent.measurements(task)]
        stale = stale_defects(self.parent.case, failures_of(measurements))
        if stale:
            raise CaseFailedError(
                "declared as known defects, but nothing fails any more:\n  " + "\n  ".join(stale)
            )
