"""`let`: named intermediates make a definition a SymPy program instead of one huge expression."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from diffcheck.case.symarrays import array, is_array, unwrap
from diffcheck.case.symrecorder import current


def let(value: Any, name: str | None = None) -> Any:
    """Name an expression or an array of them: return fresh symbols, record the assignments.

    Derivatives go through the names by the chain rule. Called outside of a definition that is being
    built, it returns `value` itself, so that a definition is an ordinary function too.

    >>> from diffcheck.case.symrecorder import recording
    >>> x = sympy.Symbol("x", real=True)
    >>> with recording(("x",)) as recorder:
    ...     y = let(sympy.exp(x)) + 1
    >>> y, recorder.assignments
    (t_1 + 1, [(t_1, exp(x))])
    """
    recorder = current.get()
    if recorder is None:
        return value
    group = recorder.group(name)
    if not is_array(value):
        return recorder.assign(_subscript(group, ()), sympy.sympify(value))
    expressions = np.asarray(array(value))
    symbols = np.empty(expressions.shape, dtype=object)
    for index, expression in np.ndenumerate(expressions):
        symbols[index] = recorder.assign(_subscript(group, index), expression)
    return unwrap(symbols)


def symbols_of(name: str, shape: tuple[int, ...]) -> Any:
    """Return the symbol of a scalar input, or the array of symbols of an array input.

    Real, and nothing more is assumed, so that SymPy simplifies nothing away that a point may need.

    >>> symbols_of("W", (1, 2))
    SymbolicArray([[W_{0,0}, W_{0,1}]], dtype=object)
    """
    symbols = np.empty(shape, dtype=object)
    for index in np.ndindex(shape):
        symbols[index] = sympy.Symbol(_subscript(name, index), real=True)
    return unwrap(symbols)


def _subscript(name: str, index: tuple[int, ...]) -> str:
    """Name a component so that LaTeX prints it: `W_{0,3}`, and `t_{1;0,3}` where W is `t_1`."""
    if not index:
        return name
    stem, _, rest = name.partition("_")
    subscript = ";".join(part for part in (rest, ",".join(map(str, index))) if part)
    return f"{stem}_{{{subscript}}}"
