"""Error functions, exponential and trigonometric integrals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import sympy
from flint import arb

from diffcheck.truth.failures import require


def _positive(f: Callable[..., arb], name: str) -> Callable[[arb], arb]:
    def guarded(x: arb) -> arb:
        require(x > 0, x <= 0, f"{name} of a number that is not positive")
        return f(x)

    return guarded


def _ei(x: arb) -> arb:
    require(x != 0, x.is_zero(), "Ei at its logarithmic pole 0")
    return x.ei()


def _li(x: arb) -> arb:
    require(x > 0 and x != 1, x < 0 or bool(x == 1), "li of a negative number or at its pole 1")
    return x.li()


def _expint(order: arb, x: arb) -> arb:
    require(x > 0, x <= 0, "expint of a number that is not positive")
    return x.expint(order)


def _erfinv(x: arb) -> arb:
    require(abs(x) < 1, abs(x) >= 1, "erfinv of a number outside of (-1, 1)")
    return x.erfinv()


def _erfcinv(x: arb) -> arb:
    require(0 < x < 2, x <= 0 or x >= 2, "erfcinv of a number outside of (0, 2)")
    return x.erfcinv()


INTEGRALS: Final[dict[Any, Callable[..., arb]]] = {
    sympy.erf: arb.erf,
    sympy.erfc: arb.erfc,
    sympy.erfi: arb.erfi,
    sympy.erf2: lambda x, y: y.erf() - x.erf(),
    sympy.erfinv: _erfinv,
    sympy.erfcinv: _erfcinv,
    sympy.Ei: _ei,
    sympy.li: _li,
    sympy.expint: _expint,
    sympy.Si: arb.si,
    sympy.Ci: _positive(arb.ci, "Ci"),
    sympy.Shi: arb.shi,
    sympy.Chi: _positive(arb.chi, "Chi"),
    sympy.fresnels: arb.fresnel_s,
    sympy.fresnelc: arb.fresnel_c,
}
