"""Relations and logic, three-valued: True, False, or `Undecided`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import sympy

from diffcheck.balls import is_equal, is_less
from diffcheck.truth.failures import Failure, worst

CONDITIONS: Final[dict[Any, Callable[..., bool]]] = {
    sympy.StrictLessThan: is_less,
    sympy.StrictGreaterThan: lambda a, b: is_less(b, a),
    sympy.LessThan: lambda a, b: not is_less(b, a),
    sympy.GreaterThan: lambda a, b: not is_less(a, b),
    sympy.Equality: is_equal,
    sympy.Unequality: lambda a, b: not is_equal(a, b),
    sympy.And: lambda *args: all(args),
    sympy.Or: lambda *args: any(args),
    sympy.Not: lambda a: not a,
}

RELATIONS: Final = frozenset(CONDITIONS) - {sympy.And, sympy.Or, sympy.Not}


def connect(head: Any, args: list[bool | Failure]) -> bool | Failure:
    """Apply And or Or where an argument failed: one that settles the matter settles it (Kleene).

    SymPy does not keep the order of the arguments, so an argument after the one that settles the
    matter may well be out of its domain.
    """
    settles = head is sympy.Or
    if any(arg is settles for arg in args):
        return settles
    return worst([arg for arg in args if isinstance(arg, Failure)])
