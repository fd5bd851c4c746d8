"""Functions with kinks and jumps: their values; their breakpoints are in `truth.breakpoints`."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, Final

import sympy
from flint import arb

from diffcheck.balls import Undecided, is_equal, is_less
from diffcheck.truth.failures import LeftDomain


def _sign(x: arb) -> arb:
    if x.is_zero():
        return arb(0)
    return arb(-1) if is_less(x, arb(0)) else arb(1)


def _heaviside(x: arb, at_zero: arb) -> arb:
    if is_equal(x, arb(0)):
        return at_zero
    return arb(0) if is_less(x, arb(0)) else arb(1)


def _integer(x: arb) -> arb:
    if not x.is_integer():
        raise Undecided(f"the integer in {x}")
    return x


def _dirac(x: arb) -> arb:
    if is_equal(x, arb(0)):
        raise LeftDomain("the derivative of a jump")
    return arb(0)


STEPS: Final[dict[Any, Callable[..., arb]]] = {
    sympy.Abs: abs,
    sympy.sign: _sign,
    sympy.Heaviside: _heaviside,
    sympy.DiracDelta: lambda x, *_order: _dirac(x),
    sympy.floor: lambda x: _integer(x.floor()),
    sympy.ceiling: lambda x: _integer(x.ceil()),
    sympy.Max: lambda *args: reduce(arb.max, args),
    sympy.Min: lambda *args: reduce(arb.min, args),
    sympy.re: lambda x: x,
    sympy.im: lambda _x: arb(0),
    sympy.conjugate: lambda x: x,
}
