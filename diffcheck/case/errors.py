"""Errors in cases and case files: where, what was expected and got, the cause, what to do."""

from __future__ import annotations

import linecache
import re
import sys
from pathlib import Path


class CaseError(Exception):
    """A case or case file that cannot be used, told in four parts."""

    def __init__(self, where: str, expected_got: str, cause: str, next_step: str) -> None:
        super().__init__(where, expected_got, cause, next_step)
        self.where, self.expected_got, self.cause, self.next_step = self.args

    def __str__(self) -> str:
        return (
            f"{self.where}\n  {self.expected_got}\n"
            f"  likely cause: {self.cause}\n  next: {self.next_step}"
        )


def relative(path: str | Path) -> Path:
    """Return a path below the current directory as relative to it: reports name no machine."""
    absolute = Path(path).absolute()
    here = Path.cwd()
    return absolute.relative_to(here) if absolute.is_relative_to(here) else absolute


def caller() -> tuple[str, int]:
    """Return file and line of the innermost frame that belongs to the user, not to this package."""
    frame = sys._getframe(1)  # noqa: SLF001 (inspect.stack reads every source file on the way)
    while frame.f_back is not None and _is_ours(frame.f_globals.get("__name__", "")):
        frame = frame.f_back
    return str(relative(frame.f_code.co_filename)), frame.f_lineno


def assigned_name(file: str, line: int) -> str:
    """Return the variable that a source line assigns to: the name its case is about to get."""
    found = re.match(r"\s*(\w+)\s*(:[^=]*)?=[^=]", linecache.getline(file, line))
    return found.group(1) if found else "(not named)"


def _is_ours(module: str) -> bool:
    return module.startswith("diffcheck.case.") or module == "dataclasses"
