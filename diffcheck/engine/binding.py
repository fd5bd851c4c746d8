"""Rules bound a second time: the same source with the names of ops standing for NumPy functions.

A rule is written once, with ops. For a first derivative of plain arrays no trace is above, and
dispatch would cost more than small arrays themselves; so the sweep runs a copy of the rule whose
globals name each op's forward function in place of the op.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from types import CellType, FunctionType
from typing import Any, Final

PACKAGE: Final = "diffcheck.engine"
_BOUND: Final[dict[Any, Callable[..., Any]]] = {}
_PLAIN: Final[dict[Any, Callable[..., Any]]] = {}


def plain_form(replacement: Callable[..., Any]) -> Callable[[Any], Any]:
    """Give a function of the engine another one that stands for it in rules on plain arrays."""

    def register(function: Any) -> Any:
        _PLAIN[function] = replacement
        return function

    return register


def bind_plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a copy of a rule, and of the helpers that it calls, which knows plain arrays only.

    >>> from diffcheck.engine import TABLE
    >>> rule = bind_plain(TABLE["sin"].rule(0))
    >>> round(float(rule(1.0, None, 0.0)), 12)
    1.0
    """
    known = _BOUND.get(function)
    if known is not None:
        return known
    if function in _PLAIN:
        return _PLAIN[function]
    if not isinstance(function, FunctionType) or not _is_ours(function):
        return function
    names: dict[str, Any] = {"__builtins__": builtins}
    cells = tuple(CellType() for _ in function.__closure__ or ())
    copy = FunctionType(
        function.__code__, names, function.__name__, function.__defaults__, cells or None
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    _BOUND[function] = copy  # before its helpers: they may call it
    for name in _names(function.__code__):
        if name in function.__globals__:
            names[name] = _stand_in(function.__globals__[name])
    for cell, original in zip(cells, function.__closure__ or (), strict=True):
        cell.cell_contents = _stand_in(original.cell_contents)
    return copy


def _stand_in(value: Any) -> Any:
    operation = getattr(value, "operation", None)
    if operation is not None:
        return operation.forward
    return bind_plain(value) if isinstance(value, FunctionType) else value


def _is_ours(function: FunctionType) -> bool:
    return function.__module__.startswith(PACKAGE)


def _names(code: Any) -> set[str]:
    nested = (c for c in code.co_consts if hasattr(c, "co_names"))
    return set(code.co_names).union(*map(_names, nested))
