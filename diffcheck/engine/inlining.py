"""Rules written out: the expression of a rule as text, to stand in the functions of the sweep.

A call of a rule costs as much as a product of numbers. So a rule that is arithmetic and ufuncs of
its arguments, and nothing else, is run once on symbols, and its expression stands in the function;
any other rule is called there.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np


def expression(
    rule: Callable[..., Any], arguments: tuple[str, ...], names: dict[str, Any]
) -> str | None:
    """Return a rule's source in its arguments, None where it is more than one expression of ufuncs.

    The functions that it calls are added to `names`.

    >>> expression(lambda g, y, x: g * y, ("g", "y", "x"), {})
    '(g * y)'
    """
    if not isinstance(rule, FunctionType) or rule.__closure__ or not _knows_ufuncs_only(rule):
        return None
    symbols = [Symbol(name, names) for name in arguments]
    try:
        result = rule(*symbols)
    except (TypeError, AttributeError):
        return None
    return result.text if type(result) is Symbol and not result.used else None


def _knows_ufuncs_only(rule: FunctionType) -> bool:
    """Whether every name that a rule looks up is a ufunc: then it asks nothing of its arguments."""
    return all(isinstance(rule.__globals__.get(n), np.ufunc) for n in rule.__code__.co_names)


class Symbol:
    """An argument in the hands of a rule: what is done to it becomes text.

    What was computed may be used once: written twice, it would be computed twice.
    """

    __slots__ = ("names", "text", "used")
    __hash__ = None  # type: ignore[assignment]  # as arrays

    def __init__(self, text: str, names: dict[str, Any]) -> None:
        self.text, self.names, self.used = text, names, False

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method != "__call__" or kwargs:
            return NotImplemented
        self.names[ufunc.__name__] = ufunc
        return Symbol(f"{ufunc.__name__}({', '.join(map(_text, inputs))})", self.names)

    def __neg__(self) -> Symbol:
        return Symbol(f"(-{_text(self)})", self.names)

    def __bool__(self) -> bool:
        raise TypeError("a rule looks at a value")


def _text(x: Any) -> str:
    """Return how an operand is written; marks a computed one as used."""
    if type(x) is not Symbol:
        if type(x) not in (int, float):
            raise TypeError("a rule computes with something else than numbers")
        return f"({x!r})" if x < 0 else repr(x)
    if not x.text.isidentifier():
        if x.used:
            raise TypeError("a rule uses a value twice")
        x.used = True
    return x.text


def _operators() -> None:
    for name, sign in (("add", "+"), ("sub", "-"), ("mul", "*"), ("truediv", "/"), ("pow", "**")):
        method = lambda a, b, s=sign: Symbol(f"({_text(a)} {s} {_text(b)})", a.names)  # noqa: E731 - bound in a loop, one for each sign
        swapped = lambda a, b, s=sign: Symbol(f"({_text(b)} {s} {_text(a)})", a.names)  # noqa: E731 - bound in a loop, one for each sign
        setattr(Symbol, f"__{name}__", method)
        setattr(Symbol, f"__r{name}__", swapped)


_operators()
