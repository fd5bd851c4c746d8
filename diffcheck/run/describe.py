"""A case as the store describes it to a reader."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterable

from diffcheck.case import Case, Defect, Input
from diffcheck.judge import CaseRecord
from diffcheck.run.context import CaseContext


def case_record(context: CaseContext, not_run: Iterable[tuple[str, str]]) -> CaseRecord:
    """Return the record of a verified case, with its formula and derivatives."""
    return _record(
        context.case,
        formula=context.truth.formula(),
        derivatives=context.truth.derivatives(),
        not_run=list(not_run),
    )


def bare_record(case: Case, not_run: Iterable[tuple[str, str]]) -> CaseRecord:
    """Return the record of a case that could not be verified: no formula, no derivative."""
    return _record(case, formula="", derivatives=[], not_run=list(not_run))


def _record(
    case: Case,
    *,
    formula: str,
    derivatives: list[tuple[str, str]],
    not_run: list[tuple[str, str]],
) -> CaseRecord:
    return CaseRecord(
        case=case.name,
        path=str(case.path),
        doc=case.doc,
        inputs={name: input_text(item) for name, item in case.inputs.items()},
        wrt=list(case.wrt),
        orders=list(case.orders),
        programs={name: _source(program) for name, program in case.programs.items()},
        formula=formula,
        derivatives=derivatives,
        not_run=not_run,
        known_defects=[defect_text(defect) for defect in case.known_defects],
        stale_defects=[],
    )


def input_text(item: Input) -> str:
    """Return an input in words.

    >>> from diffcheck.case import real
    >>> input_text(real(-1, 1, shape=(5, 10)))
    'real in [-1, 1], shape (5, 10)'
    """
    domain = f"real in [{item.lower:g}, {item.upper:g}]"
    return f"{domain}, shape {item.shape}" if item.shape else domain


def defect_text(defect: Defect) -> str:
    """Return a declared defect in words: what it covers, the reason, the link."""
    scope = [defect.program, defect.backend, defect.mode, defect.dtype, defect.quantity]
    where = " ".join(part for part in scope if part is not None) or "everywhere"
    where = f"{where} with {defect.versions}" if defect.versions else where
    text = f"{where} ({', '.join(defect.verdicts)}): {defect.reason}"
    return f"{text} <{defect.link}>" if defect.link else text


def _source(program: object) -> str:
    try:
        return textwrap.dedent(inspect.getsource(program))  # type: ignore[arg-type]  # any callable
    except (OSError, TypeError):
        return ""  # written by from_expression, or not in Python
