"""How a program calls each SymPy function: one rule per function, against the array namespace."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, Final

import sympy

Rule = Callable[[Any, list[Any]], Any]  # (xp, evaluated arguments) -> array


def _named(*heads: Any, **renamed: Any) -> dict[Any, Rule]:
    names = {head.__name__: head for head in heads} | renamed
    return {head: _call(name) for name, head in names.items()}


def _call(name: str) -> Rule:
    return lambda xp, args: getattr(xp, name)(*args)


def _heaviside(xp: Any, args: list[Any]) -> Any:
    x, at_zero = args
    step = (xp.sign(x) + 1) / 2  # not where(x > 0, 1.0, 0.0), whose dtype is not that of x
    return step if at_zero == 0.5 else xp.where(x == 0, at_zero, step)


RULES: Final[dict[Any, Rule]] = {
    **_named(sympy.exp, sympy.log, sympy.sign, sympy.floor, sympy.atan2),
    **_named(sympy.sin, sympy.cos, sympy.tan, sympy.asin, sympy.acos, sympy.atan),
    **_named(sympy.sinh, sympy.cosh, sympy.tanh, sympy.asinh, sympy.acosh, sympy.atanh),
    **_named(sympy.erf, sympy.erfc, sympy.gamma, sympy.beta),
    **_named(abs=sympy.Abs, gammaln=sympy.loggamma),
    sympy.sec: lambda xp, a: 1 / xp.cos(a[0]),
    sympy.csc: lambda xp, a: 1 / xp.sin(a[0]),
    sympy.cot: lambda xp, a: 1 / xp.tan(a[0]),
    sympy.sech: lambda xp, a: 1 / xp.cosh(a[0]),
    sympy.csch: lambda xp, a: 1 / xp.sinh(a[0]),
    sympy.coth: lambda xp, a: 1 / xp.tanh(a[0]),
    sympy.ceiling: lambda xp, a: -xp.floor(-a[0]),
    sympy.Heaviside: _heaviside,
    sympy.Max: lambda xp, a: reduce(xp.maximum, a),
    sympy.Min: lambda xp, a: reduce(xp.minimum, a),
    sympy.lowergamma: lambda xp, a: xp.gammainc(*a) * xp.gamma(a[0]),
    sympy.uppergamma: lambda xp, a: xp.gammaincc(*a) * xp.gamma(a[0]),
    sympy.Lt: lambda _xp, a: a[0] < a[1],
    sympy.Le: lambda _xp, a: a[0] <= a[1],
    sympy.Gt: lambda _xp, a: a[0] > a[1],
    sympy.Ge: lambda _xp, a: a[0] >= a[1],
    sympy.Eq: lambda _xp, a: a[0] == a[1],
    sympy.Ne: lambda _xp, a: a[0] != a[1],
    sympy.And: lambda _xp, a: reduce(lambda p, q: p & q, a),
    sympy.Or: lambda _xp, a: reduce(lambda p, q: p | q, a),
    sympy.Not: lambda _xp, a: a[0] == False,  # noqa: E712 (~ of a Python bool is not its negation)
}
# Functions whose first argument is a number that picks the function: (order, xp, x) -> array.
ORDERED: Final[dict[Any, Callable[[int, Any, Any], Any]]] = {
    sympy.polygamma: lambda n, xp, x: xp.digamma(x) if n == 0 else xp.polygamma(n, x),
    sympy.besselj: lambda n, xp, x: (xp.j0, xp.j1)[n](x) if n < 2 else xp.jv(n, x),
    sympy.besseli: lambda n, xp, x: (xp.i0, xp.i1)[n](x),
}
HIGHEST_ORDER: Final = {sympy.besseli: 1}
