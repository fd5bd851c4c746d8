"""Exponential, trigonometric and hyperbolic functions and their inverses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import sympy
from flint import arb

from diffcheck.truth.failures import require


def _log(x: arb) -> arb:
    require(x > 0, x <= 0, "the logarithm of a number that is not positive")
    return x.log()


def _reciprocal(x: arb) -> arb:
    require(x != 0, x.is_zero(), "division by zero")
    return 1 / x


def _within_one(x: arb, name: str) -> arb:
    require(abs(x) <= 1, abs(x) > 1, f"{name} of a number outside of [-1, 1]")
    return x


def _asin(x: arb) -> arb:
    return _within_one(x, "asin").asin()


def _acos(x: arb) -> arb:
    return _within_one(x, "acos").acos()


def _acosh(x: arb) -> arb:
    require(x >= 1, x < 1, "acosh of a number below 1")
    return x.acosh()


def _atanh(x: arb) -> arb:
    require(abs(x) < 1, abs(x) >= 1, "atanh of a number outside of (-1, 1)")
    return x.atanh()


def _acot(x: arb) -> arb:
    """SymPy's acot is odd, with a jump at 0, where its value is π/2."""
    if x.is_zero():
        return arb.pi() / 2
    return _reciprocal(x).atan()


def _atan2(y: arb, x: arb) -> arb:
    """Arb's own convention atan2(0, 0) = 0 is not used; the branch cut is the negative x axis."""
    require(y != 0 or x != 0, y.is_zero() and x.is_zero(), "atan2(0, 0)")
    return arb.atan2(y, x)


def _pole_at_zero(f: Callable[[arb], arb]) -> Callable[[arb], arb]:
    """Guard a function with a pole at 0: its other poles are no dyadic numbers."""

    def guarded(x: arb) -> arb:
        require(x != 0, x.is_zero(), "division by zero")
        return f(x)

    return guarded


def _lambertw(x: arb, branch: arb | None = None) -> arb:
    """Return the real branch 0 (x ≥ -1/e) or -1 (-1/e ≤ x < 0) of the Lambert function."""
    lower = branch is not None and bool(branch == -1)
    end = -arb(-1).exp()
    require(x > end, x < end, "LambertW of a number below -1/e")
    if lower:
        require(x < 0, x >= 0, "the branch -1 of LambertW of a number that is not negative")
    return x.lambertw(-1 if lower else 0)


ELEMENTARY: Final[dict[Any, Callable[..., arb]]] = {
    sympy.exp: arb.exp,
    sympy.log: _log,
    sympy.sin: arb.sin,
    sympy.cos: arb.cos,
    sympy.tan: arb.tan,
    sympy.sec: arb.sec,
    sympy.cot: _pole_at_zero(arb.cot),
    sympy.csc: _pole_at_zero(arb.csc),
    sympy.asin: _asin,
    sympy.acos: _acos,
    sympy.atan: arb.atan,
    sympy.acot: _acot,
    sympy.asec: lambda x: _acos(_reciprocal(x)),
    sympy.acsc: lambda x: _asin(_reciprocal(x)),
    sympy.atan2: _atan2,
    sympy.sinh: arb.sinh,
    sympy.cosh: arb.cosh,
    sympy.tanh: arb.tanh,
    sympy.sech: arb.sech,
    sympy.coth: _pole_at_zero(arb.coth),
    sympy.csch: _pole_at_zero(arb.csch),
    sympy.asinh: arb.asinh,
    sympy.acosh: _acosh,
    sympy.atanh: _atanh,
    sympy.asech: lambda x: _acosh(_reciprocal(x)),
    sympy.acsch: lambda x: _reciprocal(x).asinh(),
    sympy.acoth: lambda x: _atanh(_reciprocal(x)),
    sympy.sinc: arb.sinc,
    sympy.LambertW: _lambertw,
}
