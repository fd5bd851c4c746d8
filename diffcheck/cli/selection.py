"""Which cases a command is about: paths, `PATH::CASE`, and `-k` expressions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from diffcheck.cli.exits import Refused

if TYPE_CHECKING:
    from diffcheck.case import Case, CaseError

DEFAULT_PATHS = ("cases",)

Matcher = Callable[[str], bool]


def select(paths: Sequence[str], keyword: Matcher) -> tuple[list[Case], list[CaseError]]:
    """Return the cases below the paths whose `path::name` matches, and what could not be loaded."""
    from diffcheck.case import find_cases

    cases, errors = find_cases(list(paths) or list(DEFAULT_PATHS))
    return [case for case in cases if keyword(f"{case.path}::{case.name}")], errors


def matcher(keyword: str) -> Matcher:
    """Return whether a name matches a `-k` expression; raises `Refused` if it cannot be read."""
    if not keyword:
        return lambda _: True
    # pytest's own reader of -k, so that one expression means the same in both tools.
    from _pytest.mark.expression import Expression

    try:
        expression = Expression.compile(keyword)
    except SyntaxError as error:
        raise Refused(
            f"-k {keyword!r}",
            f"expected an expression of names with and, or, not; got: {error}",
            "an unfinished expression, or a name with special characters",
            "diffcheck list -k 'softmax and not log'",
        ) from error

    def matches(name: str) -> bool:
        return expression.evaluate(lambda word, /, **_: word.lower() in name.lower())

    return matches


def is_narrowed(paths: Sequence[str], keyword: str) -> bool:
    """Whether the selection is less than whole folders of cases."""
    return bool(keyword) or any("::" in path or path.endswith(".py") for path in paths)


def is_part(paths: Sequence[str]) -> bool:
    """Whether the paths are all below the library, as `cases/atlas` is."""
    parts = [PurePath(path).parts for path in paths]
    return bool(parts) and all(p[:1] == DEFAULT_PATHS and len(p) > 1 for p in parts)
