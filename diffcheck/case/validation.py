"""What must be true of a case as it is made: each breach is a `CaseError` that names the line."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np
from packaging.requirements import InvalidRequirement, Requirement

from diffcheck.case.coordinates import coordinates
from diffcheck.case.errors import CaseError
from diffcheck.case.inputs import Input

if TYPE_CHECKING:
    from diffcheck.case.records import Case


def validate(case: Case) -> None:
    """Raise `CaseError` for the first part of the case that does not fit the others."""
    for check in (_inputs, _wrt, _orders, _constraints, _parameters, _programs, _defects, _points):
        check(case)


def near(word: str, words: Iterable[str]) -> str:
    """Return "; did you mean …?" for the nearest of the words, or nothing."""
    matches = get_close_matches(word, list(words), n=1)
    return f"; did you mean {matches[0]}?" if matches else ""


def _inputs(case: Case) -> None:
    if not case.inputs:
        raise CaseError(
            case.where,
            "inputs: expected at least one, got none",
            "a constant has no derivatives to verify",
            'give inputs={"x": real(-1, 1)}',
        )
    for name, entry in case.inputs.items():
        if not isinstance(entry, Input):
            raise CaseError(
                case.where,
                f"input {name}: expected real(lower, upper), got {entry!r}",
                "the domain is written some other way",
                f'write inputs={{"{name}": real(-1, 1)}}, with shape=(…) for an array',
            )
        if not name.isidentifier() or name == "xp":
            raise CaseError(
                case.where,
                f"input {name!r}: expected a Python name other than xp",
                "inputs arrive as the parameters of the definition and the programs",
                "rename the input",
            )
        # NaN fails this comparison too, as it must.
        if not (entry.lower <= entry.upper and entry.lower < math.inf and entry.upper > -math.inf):
            raise CaseError(
                case.where,
                f"input {name}: expected lower <= upper, got real({entry.lower}, {entry.upper})",
                "the domain is empty: its ends are swapped, or one is NaN",
                f"write the lower end of {name} first",
            )


def _wrt(case: Case) -> None:
    for name in case.wrt:
        if name not in case.inputs:
            raise CaseError(
                case.where,
                f"wrt: expected inputs of the case ({', '.join(case.inputs)}), got {name!r}"
                + near(name, case.inputs),
                "a spelling slip, or the input is missing from inputs={…}",
                f"correct wrt=, or add {name} to inputs",
            )
    if len(set(case.wrt)) < len(case.wrt):
        raise CaseError(
            case.where,
            f"wrt: expected each input once, got {', '.join(case.wrt)}",
            "an input is listed twice",
            "remove the repetition",
        )


def _constraints(case: Case) -> None:
    for constraint in case.constraints:
        for name in constraint.inputs:
            if name not in case.inputs:
                raise CaseError(
                    case.where,
                    f"constraint {constraint.description}: expected inputs of the case "
                    f"({', '.join(case.inputs)}), got {name!r}" + near(name, case.inputs),
                    "a spelling slip, or the input was renamed",
                    "correct the name",
                )


def _orders(case: Case) -> None:
    if not case.orders or not set(case.orders) <= {0, 1, 2, 3}:
        raise CaseError(
            case.where,
            f"orders: expected some of 0, 1, 2, 3, got {case.orders}",
            "none is given, or one above the third, which is not verified",
            "write orders=(0, 1, 2)",
        )


def _parameters(case: Case) -> None:
    _accepts(case, "the definition", case.definition, ())
    for name, program in case.programs.items():
        _accepts(case, f"program {name}", program, ("xp",))
    for backend, programs in case.backend_programs.items():
        for name, program in programs.items():
            _accepts(case, f"{backend} program {name}", program, ("xp",))


def _accepts(case: Case, what: str, function: Any, leading: tuple[str, ...]) -> None:
    """Raise unless `function(*leading, **inputs)` is a call that Python accepts."""
    if not callable(function):
        raise CaseError(
            case.where,
            f"{what}: expected a function, got {function!r}",
            "its result was given, or another object",
            "give the function itself",
        )
    signature = _signature(function)
    if signature is None:
        return
    try:
        signature.bind(*leading, **dict.fromkeys(case.inputs))
    except TypeError as error:
        expected = ", ".join([*leading, *case.inputs])
        raise CaseError(
            _where(case, function),
            f"{what}: expected the parameters ({expected}), got {signature}: {error}",
            "the inputs of the case and the parameters differ in a name",
            "give both the same names"
            + (", with the namespace xp first in a program" if leading else ""),
        ) from None


def _signature(function: Callable[..., Any]) -> inspect.Signature | None:
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):  # some builtins have none; calling them will tell
        return None


def _where(case: Case, function: Callable[..., Any]) -> str:
    code = getattr(function, "__code__", None)
    return case.where if code is None else f"{case.where} (line {code.co_firstlineno})"


def _programs(case: Case) -> None:
    if not case.programs:
        raise CaseError(
            case.where,
            "programs: expected at least one, got none",
            "there is nothing to verify",
            "give programs=…, or use Case.from_expression, which writes the program",
        )
    for backend, programs in case.backend_programs.items():
        for name in programs:
            _known_program(case, f"backend_programs[{backend!r}]", name)


def _defects(case: Case) -> None:
    for defect in case.known_defects:
        if defect.program is not None:
            _known_program(case, "known_defects", defect.program)
        if defect.versions:
            _requirement(case, defect.versions)


def _requirement(case: Case, text: str) -> None:
    try:
        Requirement(text)
    except InvalidRequirement as error:
        raise CaseError(
            case.where,
            f"known_defects: expected versions as pip writes them, got {text!r}",
            "a spelling slip",
            'write "jax<0.12", say',
        ) from error


def _known_program(case: Case, what: str, name: str) -> None:
    if name not in case.programs:
        raise CaseError(
            case.where,
            f"{what}: expected a program of the case ({', '.join(case.programs)}), got {name!r}"
            + near(name, case.programs),
            "a spelling slip, or the program was renamed",
            "correct the name",
        )


def _points(case: Case) -> None:
    for index, point in enumerate(case.points):
        if set(point) != set(case.inputs):
            missing = ", ".join(sorted(set(case.inputs) - set(point))) or "none"
            unknown = ", ".join(sorted(set(point) - set(case.inputs))) or "none"
            raise CaseError(
                case.where,
                f"points[{index}]: expected a value for each of {', '.join(case.inputs)}; "
                f"missing: {missing}; unknown: {unknown}",
                "an input was added or renamed after the point was written",
                "give each input exactly once",
            )
        for name, value in point.items():
            _coordinate(case, f"points[{index}][{name!r}]", case.inputs[name], value)


def _coordinate(case: Case, what: str, entry: Input, value: Any) -> None:
    try:
        x = coordinates(value)
    except (TypeError, ValueError) as error:
        raise CaseError(
            case.where,
            f"{what}: expected numbers, got {value!r} ({error})",
            "the value is not a number, an array of them, or a hexadecimal float",
            "write it as a Python number or nested list",
        ) from None
    if x.shape != entry.shape:
        raise CaseError(
            case.where,
            f"{what}: expected shape {entry.shape}, got {x.shape}",
            "the shape of the input and that of the point differ",
            "correct one of them",
        )
    if not bool(np.all((x >= entry.lower) & (x <= entry.upper) & np.isfinite(x))):
        raise CaseError(
            case.where,
            f"{what}: expected finite values in [{entry.lower}, {entry.upper}], got {value!r}",
            "the domain is narrower than was meant, or the point is mistyped",
            "widen the domain or move the point",
        )
