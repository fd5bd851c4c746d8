"""A case's definition, run once on symbols: what the truth differentiates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy

from diffcheck.case.errors import CaseError
from diffcheck.case.records import Case
from diffcheck.case.symarrays import array
from diffcheck.case.symlet import symbols_of
from diffcheck.case.symrecorder import recording

SHORT = 24  # bits: the exact decimal a person would call exact, 0.5 or 1.25, not 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A straight-line SymPy program: outputs as expressions of the inputs and of the assignments.

    `symbols` has, for each input, its symbol or an object array of symbols in its shape. An
    assignment may use the symbols of those before it. `outputs` is flat, in C order.
    """

    symbols: Mapping[str, Any]
    assignments: tuple[tuple[Any, Any], ...]
    outputs: tuple[Any, ...]
    output_shape: tuple[int, ...]


def build_definition(case: Case) -> Definition:
    """Run the case's definition on symbols.

    Raises `CaseError` if it raises, returns something else than expressions, or contains a float
    that is not exact as written.

    >>> from diffcheck import Case, real, sym
    >>> case = Case(lambda x: sym.exp(sym.let(x**2)), programs=lambda xp, x: xp.exp(x * x),
    ...             inputs={"x": real(-1, 1)})
    >>> definition = build_definition(case)
    >>> definition.assignments, definition.outputs
    (((t_1, x**2),), (exp(t_1),))
    """
    symbols = {name: symbols_of(name, entry.shape) for name, entry in case.inputs.items()}
    with recording(tuple(case.inputs)) as recorder:
        try:
            outputs = array(case.definition(**symbols))
        except CaseError:
            raise
        except (Exception, SystemExit) as error:  # the user's code may raise anything
            raise _failure(case, error) from error
    return Definition(
        symbols=symbols,
        assignments=tuple((s, _exact(case, rhs)) for s, rhs in recorder.assignments),
        outputs=tuple(_exact(case, output) for output in outputs.flat),
        output_shape=outputs.shape,
    )


def _exact(case: Case, expression: Any) -> Any:
    """Replace short binary fractions, such as 0.5, by rationals; refuse other floats."""
    if not isinstance(expression, sympy.Expr):
        raise CaseError(
            case.where,
            f"the definition: expected a SymPy expression, got {expression!r}",
            "it returns None, or a condition instead of a number",
            "return a SymPy expression or an array of them",
        )
    floats = {f: sympy.Rational(f) for f in expression.atoms(sympy.Float)}
    for number, rational in floats.items():
        if int(abs(rational.p)).bit_length() > SHORT:
            raise CaseError(
                case.where,
                f"the definition: expected exact numbers, got the float {number}",
                "a decimal that no float represents, or an integer division by a float",
                f'write sym.Rational("{float(number)!r}"), or sym.Integer(1) / 3',
            )
    return expression.xreplace(floats) if floats else expression


def _failure(case: Case, error: BaseException) -> CaseError:
    return CaseError(
        case.where,
        f"the definition: expected SymPy expressions, got {type(error).__name__}: {error}",
        "a NumPy or math function where one of `sym` is needed, or shapes that do not fit",
        "use sym.exp, sym.sum, … and @ in the definition",
    )
