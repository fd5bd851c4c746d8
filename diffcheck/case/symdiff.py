"""Derivatives inside a definition (a loss after a gradient step), through named intermediates."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from diffcheck.case.symarrays import array, is_array, unwrap
from diffcheck.case.symlet import let
from diffcheck.case.symrecorder import assignments


def diff(expression: Any, x: Any) -> Any:
    """Return the derivatives of an expression in a symbol or in each symbol of an array.

    The shape is that of `expression` followed by that of `x`. Names made by `let` are followed by
    the chain rule in reverse, and the adjoints are named in their turn.

    >>> x = sympy.Symbol("x", real=True)
    >>> diff(sympy.sin(x), x)
    cos(x)
    """
    if is_array(expression):
        rows = [np.asarray(array(diff(entry, x))) for entry in array(expression).flat]
        shape = array(expression).shape
        return unwrap(np.stack(rows).reshape(shape + rows[0].shape))
    adjoints = _adjoints(sympy.sympify(expression))
    if not is_array(x):
        return adjoints.get(x, sympy.Integer(0))
    symbols = np.asarray(array(x))
    result = np.empty(symbols.shape, dtype=object)
    for index, symbol in np.ndenumerate(symbols):
        result[index] = adjoints.get(symbol, sympy.Integer(0))
    return unwrap(result)


def _adjoints(expression: Any) -> dict[Any, Any]:
    """Return the total derivative of the expression in every symbol that it depends on."""
    terms: dict[Any, list[Any]] = {}
    _add_partials(terms, expression, sympy.Integer(1))
    for symbol, definition in reversed(assignments()):
        if symbol in terms:
            adjoint = let(sympy.Add(*terms[symbol]))
            terms[symbol] = [adjoint]
            _add_partials(terms, definition, adjoint)
    return {symbol: sympy.Add(*summands) for symbol, summands in terms.items()}


def _add_partials(terms: dict[Any, list[Any]], expression: Any, adjoint: Any) -> None:
    for symbol in sorted(expression.free_symbols, key=str):
        terms.setdefault(symbol, []).append(adjoint * sympy.diff(expression, symbol))
