"""Which cases a command is about: paths, `PATH::CASE`, and `-k` expressions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from diffcheck.case import Case, CaseError

DEFAULT_PATHS = ("cases",)


def select(paths: Sequence[str], keyword: str) -> tuple[list[Case], list[CaseError]]:
    """Return the cases below the paths that match `-k`, and what could not be loaded.

    Raises `click.BadParameter` for a `-k` expression that cannot be read.
    """
    from diffcheck.case import find_cases  # noqa: PLC0415 - SymPy is slow to import

    cases, errors = find_cases(list(paths) or list(DEFAULT_PATHS))
    return [case for case in cases if _matches(case, keyword)], errors


def _matches(case: Case, keyword: str) -> bool:
    if not keyword:
        return True
    # pytest's own reader of -k, so that one expression means the same in both tools.
    from _pytest.mark.expression import Expression  # noqa: PLC0415 - only where -k is used

    name = f"{case.path}::{case.name}".lower()
    try:
        return Expression.compile(keyword).evaluate(lambda word, /, **_: word.lower() in name)
    except SyntaxError as error:
        raise click.BadParameter(f"{keyword!r}: {error}", param_hint="-k") from error


def is_narrowed(paths: Sequence[str], keyword: str) -> bool:
    """Whether the selection is less than whole folders of cases."""
    return bool(keyword) or any("::" in path or path.endswith(".py") for path in paths)
