"""Bessel, Airy and polylogarithm functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import sympy
from flint import arb

from diffcheck.truth.failures import LeftDomain, require


def _entire_in_integer_order(f: Callable[[arb, arb], arb], name: str) -> Callable[..., arb]:
    """Guard J and I: real for negative arguments only where the order is an integer."""

    def guarded(order: arb, x: arb) -> arb:
        if x.is_zero() and order > 0:
            return x
        if not order.is_integer():
            require(x > 0, x <= 0, f"{name} of a negative number in an order that is no integer")
        return f(x, order)

    return guarded


def _positive(f: Callable[[arb, arb], arb], name: str) -> Callable[..., arb]:
    def guarded(order: arb, x: arb) -> arb:
        require(x > 0, x <= 0, f"{name} of a number that is not positive")
        return f(x, order)

    return guarded


def _polylog(order: arb, x: arb) -> arb:
    if x > 1:
        raise LeftDomain("polylog of a number above 1")
    if x == 1:
        require(order > 1, order <= 1, "the pole of polylog at 1")
        return order.zeta()
    return x.polylog(order)


SPECIAL: Final[dict[Any, Callable[..., arb]]] = {
    sympy.besselj: _entire_in_integer_order(arb.bessel_j, "besselj"),
    sympy.besseli: _entire_in_integer_order(arb.bessel_i, "besseli"),
    sympy.bessely: _positive(arb.bessel_y, "bessely"),
    sympy.besselk: _positive(arb.bessel_k, "besselk"),
    sympy.airyai: arb.airy_ai,
    sympy.airybi: arb.airy_bi,
    sympy.airyaiprime: lambda x: x.airy_ai(derivative=1),
    sympy.airybiprime: lambda x: x.airy_bi(derivative=1),
    sympy.polylog: _polylog,
}
