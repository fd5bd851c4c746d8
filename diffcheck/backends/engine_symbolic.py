"""A function of our engine as exact mathematics: every op by its SymPy counterpart in the table.

A trace below all others, as that of balls is: it evaluates each op on object arrays of expressions.
No rule of the engine has a part in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

import numpy as np
import sympy

from diffcheck.backends.base import Unsupported
from diffcheck.case import sym
from diffcheck.case.symarrays import array, elementwise
from diffcheck.case.symlet import let
from diffcheck.engine import Op, Tensor
from diffcheck.engine.tensor import tensor_of

ARGUMENTS: Final = ("x", "y", "z", "t")


class SymbolicTrace:
    """Evaluates ops on expressions; nothing is recorded but the names of what is long."""

    plain = None  # every op goes through `record`
    level = 0

    def record(self, op: Op, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        if op.sympy is None:
            raise Unsupported(f"the primal cannot be read: {op.name} has no counterpart in SymPy")
        values = [a.value if isinstance(a, Tensor) else exactly(a) for a in args]
        exact = {name: _exact_parameter(value) for name, value in params.items()}
        result = array(counterpart(op.name, op.sympy, op.kind)(values, exact))
        return tensor_of(_named(result), self, None)


SYMBOLS: Final = SymbolicTrace()


def _named(values: Any) -> Any:
    """Name what is long; conditions stay. Names are real: a complex entry gets two of them."""
    entries = list(values.flat)
    if any(not isinstance(entry, sympy.Expr) for entry in entries):
        return values
    if not any(entry.has(sympy.I) for entry in entries):
        return array(let(values))
    parts = [real_and_imaginary(entry) for entry in entries]
    real, imaginary = (_reshaped(column, values.shape) for column in zip(*parts, strict=True))
    return array(np.asarray(array(let(real))) + sympy.I * np.asarray(array(let(imaginary))))


def _reshaped(entries: Sequence[Any], shape: tuple[int, ...]) -> Any:
    found = np.empty(len(entries), dtype=object)
    found[:] = entries
    return array(found.reshape(shape))


def real_and_imaginary(entry: Any) -> tuple[Any, Any]:
    """Return both parts of an expression of real symbols."""
    real, imaginary = sympy.expand(entry).as_real_imag()
    if real.has(sympy.re, sympy.im, sympy.I) or imaginary.has(sympy.re, sympy.im, sympy.I):
        raise Unsupported(
            f"the primal cannot be read: the real and imaginary part of {str(entry)[:60]}"
        )
    return real, imaginary


def symbolic(function: Callable[..., Any]) -> Callable[..., list[Any]]:
    """Return a function of the engine's tensors as one of symbols, to its outputs, each flat.

    What is returned raises `Unsupported` that names the op where one has no counterpart.
    """

    def of_symbols(*symbols: Any) -> list[Any]:
        outputs = function(*(tensor_of(array(s), SYMBOLS, None) for s in symbols))
        several = outputs if isinstance(outputs, (tuple, list)) else [outputs]
        found = [exactly(o.value if isinstance(o, Tensor) else o) for o in several]
        return [list(np.asarray(output, dtype=object).flat) for output in found]

    return of_symbols


def exactly(value: Any) -> Any:
    """Return float content as the exact numbers it is; indices and conditions stay."""
    if isinstance(value, (bool, int)) or getattr(value, "dtype", np.dtype(float)).kind in "biuO":
        return value
    values = np.asarray(value)
    found = np.empty(values.shape, dtype=object)
    for index, number in np.ndenumerate(values):
        found[index] = _complex(number) if values.dtype.kind == "c" else _number(float(number))
    return array(found)


def _complex(z: Any) -> Any:
    return _number(float(z.real)) + sympy.I * _number(float(z.imag))


def _number(x: float) -> Any:
    if np.isfinite(x):
        return sympy.Rational(*x.as_integer_ratio())
    return sympy.nan if np.isnan(x) else sympy.oo if x > 0 else -sympy.oo


def _exact_parameter(value: Any) -> Any:
    return _number(value) if isinstance(value, float) else value


@cache
def counterpart(name: str, text: str, kind: str) -> Callable[[list[Any], dict[str, Any]], Any]:
    """Return an op's column in SymPy as a function of its operands and its parameters."""
    code = compile(text, f"the SymPy column of {name}", "eval")
    names = {**vars(sympy), **({} if kind == "elementwise" else vars(sym))}

    def call(values: list[Any], params: dict[str, Any]) -> Any:
        def one(*entries: Any) -> Any:
            given = {**dict(zip(ARGUMENTS, entries, strict=False)), "arrays": entries}
            return eval(code, {**names, **params}, given)  # noqa: S307 - the table's own text

        return elementwise(one)(*values) if kind == "elementwise" else one(*values)

    return call
