"""Relations between jets and the branches they choose, near t = 0 on one side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import sympy

from diffcheck.balls import Undecided
from diffcheck.truth.jets.arithmetic import subtract
from diffcheck.truth.jets.errors import LeavesDomain
from diffcheck.truth.jets.jet import Jet, sign

Value = Jet | bool | ArithmeticError

RELATIONS: Final[dict[Any, Callable[[int], bool]]] = {
    sympy.StrictLessThan: lambda side: side < 0,
    sympy.LessThan: lambda side: side <= 0,
    sympy.StrictGreaterThan: lambda side: side > 0,
    sympy.GreaterThan: lambda side: side >= 0,
    sympy.Equality: lambda side: side == 0,
    sympy.Unequality: lambda side: side != 0,
}


def relation(head: Any, a: Jet, b: Jet) -> bool:
    """Whether the relation holds on this side, by the sign of a - b there."""
    return RELATIONS[head](sign(subtract(a, b)))


def known(value: Value) -> Jet | bool:
    """Return the value of an argument, or raise the error that stands in its place."""
    if isinstance(value, ArithmeticError):
        raise value
    return value


def conjunction(values: Sequence[Value]) -> bool:
    """Whether all hold; one that does not settles it, whatever the errors beside it."""
    return False if any(value is False for value in values) else all(map(known, values))


def disjunction(values: Sequence[Value]) -> bool:
    """Whether any holds; one that does settles it, whatever the errors beside it."""
    return True if any(value is True for value in values) else any(map(known, values))


def piecewise(values: Sequence[Value]) -> Jet:
    """Return the first branch whose condition holds.

    The arguments are value, condition, value, condition, …; branches not taken may be errors.
    Raises `LeavesDomain` if no condition holds.
    """
    for branch, condition in zip(values[::2], values[1::2], strict=True):
        if known(condition):
            return as_jet(branch)
    raise LeavesDomain("no branch of the Piecewise applies")


def as_jet(value: Value) -> Jet:
    """Return the jet that the value is; a Boolean is none."""
    jet = known(value)
    if isinstance(jet, bool):
        raise Undecided("a truth value where a number was expected")
    return jet
