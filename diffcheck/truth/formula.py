"""A case's definition and its derivatives as LaTeX, for people to read."""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

import sympy

from diffcheck.case import Definition

LONGEST: Final = 400  # characters of LaTeX that a page still shows well
MOST_DERIVATIVES: Final = 12


def definition_latex(definition: Definition) -> str:
    r"""Return the definition, with its assignments line by line; a `\text` where it is too long.

    >>> x = sympy.Symbol("x", real=True)
    >>> definition_latex(Definition(
    ...     symbols={"x": x}, assignments=(), outputs=(sympy.exp(x),), output_shape=()))
    'f = e^{x}'
    """
    lines = [(sympy.latex(symbol), e) for symbol, e in definition.assignments]
    outputs = definition.outputs
    subscripts = [""] if len(outputs) == 1 else [f"_{{{i}}}" for i in range(len(outputs))]
    lines += [(f"f{sub}", e) for sub, e in zip(subscripts, outputs, strict=True)]
    if len(lines) == 1 and is_short(lines[0][1]):
        text = f"{lines[0][0]} = {sympy.latex(lines[0][1])}"
        return text if len(text) <= LONGEST else _too_long(definition)
    return _aligned(lines) or _too_long(definition)


def _aligned(lines: list[tuple[str, Any]]) -> str:
    """Return an aligned block, or "" if it is too long."""
    rows: list[str] = []
    for name, expression in lines:
        if not is_short(expression):
            return ""
        rows.append(f"{name} &= {sympy.latex(expression)}")
        if sum(map(len, rows)) > LONGEST:
            return ""
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


def is_short(expression: Any) -> bool:
    """Whether an expression has so few operations that its LaTeX may be worth making."""
    operations = islice(sympy.preorder_traversal(expression), LONGEST // 2)
    return sum(1 for _ in operations) < LONGEST // 2


def _too_long(definition: Definition) -> str:
    outputs, named = len(definition.outputs), len(definition.assignments)
    return f"\\text{{too long to print: {outputs} outputs, {named} named intermediates}}"


def derivative_latex(name: str, denominator: str, derivative: Any) -> tuple[str, str] | None:
    """Return a derivative's label and LaTeX, None if it is too long."""
    if not is_short(derivative):
        return None
    text = sympy.latex(derivative)
    head = f"\\frac{{\\partial {name}}}{{\\partial {denominator}}}"
    return (f"d{name}/d{denominator}", f"{head} = {text}") if len(text) <= LONGEST else None


def derivatives_latex(definition: Definition, inputs: list[Any]) -> list[tuple[str, str]]:
    """Return the first derivatives as (label, LaTeX): those of a short closed scalar expression."""
    if definition.assignments or len(definition.outputs) > 1 or not is_short(definition.outputs[0]):
        return []
    found = (
        derivative_latex("f", str(x), sympy.diff(definition.outputs[0], x))
        for x in inputs[:MOST_DERIVATIVES]
    )
    return [pair for pair in found if pair is not None]
