"""Finding case files and loading their cases; one bad file never stops the others."""

from __future__ import annotations

import importlib.util
import sys
import traceback
import zlib
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from diffcheck.case.errors import CaseError, relative
from diffcheck.case.records import Case
from diffcheck.case.validation import near

SEPARATOR = "::"
MOST_NAMED = 12  # of more cases an error tells the count


def find_cases(paths: Sequence[str]) -> tuple[list[Case], list[CaseError]]:
    """Return the cases in files, folders (recursively) and `PATH::CASE`, and what cannot be used.

    A case is a module-level variable that holds a `Case`; the variable is its name. In folders,
    names that start with `_` or `.` are passed over. Each file is imported once, by its path.
    """
    cases: dict[tuple[str, str], Case] = {}
    errors: list[CaseError] = []
    modules: dict[Path, list[Case] | None] = {}  # None: the file failed, and that has been told
    for text in paths:
        path, _, wanted = text.partition(SEPARATOR)
        try:
            files = list(_files(Path(path)))
        except CaseError as error:
            errors.append(error)
            continue
        for file in files:
            if file not in modules:
                modules[file] = _load_or_report(file, errors)
        loaded = [case for file in files for case in modules[file] or ()]
        selected = [case for case in loaded if wanted in ("", case.name)]
        cases.update({(str(case.path), case.name): case for case in selected})
        if wanted and not selected and None not in (modules[file] for file in files):
            errors.append(_unknown(path, wanted, loaded))
    return _without_clashes(list(cases.values()), errors), errors


def load_case(path: str | Path, name: str) -> Case:
    """Return one case by file and name, as a worker process does.

    Raises `CaseError` if the file does not import or has no such case.
    """
    cases = load_file(Path(path))
    for case in cases:
        if case.name == name:
            return case
    raise _unknown(str(path), name, cases)


def load_file(path: Path) -> list[Case]:
    """Import a case file and return its cases, in the order of the file.

    Raises `CaseError` with the line of the file, whatever the file raises.
    """
    module = _import(path)
    found = [(name, value) for name, value in vars(module).items() if isinstance(value, Case)]
    # `from other_case import x` and `second = first` would count one case twice.
    unique = {id(case): (name, case) for name, case in reversed(found)}
    text = (module.__doc__ or "").strip()
    return [
        replace(case, name=case.name or name, path=relative(path), doc=case.doc or text)
        for name, case in reversed(unique.values())
    ]


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path.resolve()
    elif path.is_dir():
        for entry in sorted(path.iterdir()):
            if not entry.name.startswith(("_", ".")) and (entry.is_dir() or entry.suffix == ".py"):
                yield from _files(entry)
    else:
        parent = path.parent if path.parent.is_dir() else Path()
        raise CaseError(
            str(path),
            "expected a case file or a folder, got a path that does not exist"
            + near(path.name, (entry.name for entry in parent.iterdir())),
            "a spelling slip, or another current directory",
            "diffcheck list cases/",
        )


def _load_or_report(path: Path, errors: list[CaseError]) -> list[Case] | None:
    try:
        return load_file(path)
    except CaseError as error:
        errors.append(error)
        return None


def _import(path: Path) -> ModuleType:
    # Two files of the same name in different folders are two modules.
    name = f"diffcheck_case_{path.stem}_{zlib.crc32(str(path.resolve()).encode()):08x}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise CaseError(
            str(relative(path)),
            "expected a Python file, got another kind",
            "case files end in .py",
            "rename the file",
        )
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        with redirect_stdout(sys.stderr):  # stdout is for the answers
            spec.loader.exec_module(module)
    except CaseError:
        raise
    except (Exception, SystemExit) as error:  # the file is the user's: it may raise anything
        raise _import_failure(path, error) from error
    return module


def _import_failure(path: Path, error: BaseException) -> CaseError:
    line = _line_in(path, error)
    return CaseError(
        f"{relative(path)}:{line}",
        f"expected a case file that imports, got {type(error).__name__}: {error}",
        "an error in the file itself, or a missing library",
        f"python {relative(path)}",
    )


def _line_in(path: Path, error: BaseException) -> int:
    """Return the innermost line of the user's own file that led to the error."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return error.lineno or 1
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(path)]
    return lines[-1] if lines and lines[-1] else 1


def _unknown(path: str, wanted: str, cases: Sequence[Case]) -> CaseError:
    names = [case.name for case in cases]
    there = ", ".join(names) or "(none)"
    if len(names) > MOST_NAMED:
        there = f"there, {len(names)} in all"
    return CaseError(
        str(relative(path)),
        f"expected one of the cases {there}, got {wanted!r}" + near(wanted, names),
        "a spelling slip, or the case was renamed",
        f"diffcheck list {path}",
    )


def _without_clashes(cases: list[Case], errors: list[CaseError]) -> list[Case]:
    """Keep the first case of each name; reports have one page per name."""
    first: dict[str, Case] = {}
    for case in cases:
        other = first.setdefault(case.name, case)
        if other is not case:
            errors.append(
                CaseError(
                    case.where,
                    f"expected a name of its own, got {case.name}, "
                    f"which {other.location[0]}:{other.location[1]} has too",
                    "the file was copied and the variable kept",
                    "rename the module-level variable",
                )
            )
    return list(first.values())
