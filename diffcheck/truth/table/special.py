"""Bessel, Airy, polylogarithm, elliptic and hypergeometric functions."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

import sympy
from flint import acb, arb

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


def _elliptic(f: Callable[[acb], acb], name: str) -> Callable[[arb], arb]:
    def guarded(m: arb) -> arb:
        require(m < 1, m >= 1, f"{name} of a parameter that is not below 1")
        return f(acb(m)).real

    return guarded


@cache
def hypergeometric(p: int, q: int) -> type:
    """Return SymPy's `hyper` of p and q parameters as a function of all its numbers in a row."""

    def fdiff(self: Any, argindex: int = 1) -> Any:
        if argindex != p + q + 1:  # SymPy has none in the parameters either
            raise sympy.core.function.ArgumentIndexError(self, argindex)
        return sympy.hyper(self.args[:p], self.args[p:-1], self.args[-1]).fdiff(3)

    return type(f"hyper{p}F{q}", (sympy.Function,), {"fdiff": fdiff})


def in_a_row(series: Any) -> Any:
    """Return a `hyper`, whose parameters are two tuples, as a function of numbers alone."""
    above, below, z = series.args
    return hypergeometric(len(above), len(below))(*above, *below, z)


def _series(p: int, q: int) -> Callable[..., arb]:
    def ball(*numbers: arb) -> arb:
        z = numbers[-1]
        if p == q + 1:
            require(z < 1, z >= 1, "a hypergeometric function on its branch cut")
        return acb(z).hypgeom([*numbers[:p]], [*numbers[p:-1]]).real

    return ball


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
    sympy.elliptic_k: _elliptic(acb.elliptic_k, "elliptic_k"),
    sympy.elliptic_e: _elliptic(acb.elliptic_e, "elliptic_e"),
    **{hypergeometric(p, q): _series(p, q) for p, q in ((1, 1), (1, 2), (2, 1))},
}
