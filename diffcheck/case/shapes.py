"""Whether definition and programs have one output shape: found by running both."""

from __future__ import annotations

from typing import Any

import numpy as np

from diffcheck.case.definition import build_definition
from diffcheck.case.errors import CaseError
from diffcheck.case.points import points
from diffcheck.case.records import Case
from diffcheck.floats import FORMATS


def check_shapes(case: Case, namespace: Any) -> None:
    """Run each program once, in float64 in the given array namespace, and compare its shape.

    Raises `CaseError` where it differs from the definition's. A program that raises is left alone:
    running it is the backend's task, which tells a missing operation from a crash.
    """
    expected = build_definition(case).output_shape
    point = points(case, FORMATS["float64"], samples=1, seed=0)[-1]
    for name, program in case.programs.items():
        got = _shape(program, namespace, dict(point.values))
        if got is not None and got != expected:
            raise CaseError(
                case.where,
                f"program {name}: expected the definition's output shape {expected}, got {got}",
                "the two are different functions: a sum or an axis is missing in one of them",
                "make both return an array of one shape, () for a scalar",
            )


def _shape(program: Any, namespace: Any, values: dict[str, Any]) -> tuple[int, ...] | None:
    try:
        with np.errstate(all="ignore"):
            result = program(namespace, **values)
        return tuple(result.shape) if hasattr(result, "shape") else np.shape(result)
    except (Exception, SystemExit):  # noqa: BLE001 (the user's program may raise anything)
        return None
