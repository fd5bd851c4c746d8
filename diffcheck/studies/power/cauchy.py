"""SymPy's partial derivatives against Cauchy's integral, by `acb.integral` away from branch cuts.

f'(a) = 1/(2π r) ∫_0^2π f(a + r e^{iθ}) e^{-iθ} dθ for f analytic in a disc around a.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import sympy
from flint import acb, arb

from diffcheck.balls import exact
from diffcheck.truth.builder import Builder
from diffcheck.truth.evaluate import Evaluation
from diffcheck.truth.partials import partials

BITS: Final = 128
# SymPy class, constant arguments before the variable, its complex form in Arb, point, radius
ROWS: Final[list[tuple[Any, tuple[Any, ...], Callable[[Any], Any], float, float]]] = [
    (sympy.exp, (), lambda z: z.exp(), 0.75, 0.5),
    (sympy.log, (), lambda z: z.log(), 0.75, 0.5),
    (sympy.sin, (), lambda z: z.sin(), 0.75, 0.5),
    (sympy.tan, (), lambda z: z.tan(), 0.5, 0.25),
    (sympy.atan, (), lambda z: z.atan(), 0.5, 0.25),
    (sympy.asin, (), lambda z: z.asin(), 0.5, 0.25),
    (sympy.tanh, (), lambda z: z.tanh(), 0.5, 0.25),
    (sympy.acosh, (), lambda z: z.acosh(), 2.0, 0.5),
    (sympy.erf, (), lambda z: z.erf(), 0.75, 0.5),
    (sympy.erfc, (), lambda z: z.erfc(), 2.0, 0.5),
    (sympy.gamma, (), lambda z: z.gamma(), 1.75, 0.5),
    (sympy.loggamma, (), lambda z: z.lgamma(), 1.75, 0.5),
    (sympy.digamma, (), lambda z: z.digamma(), 1.75, 0.5),
    (sympy.Ei, (), lambda z: z.ei(), 1.75, 0.5),
    (sympy.Si, (), lambda z: z.si(), 1.75, 0.5),
    (sympy.LambertW, (), lambda z: z.lambertw(), 1.75, 0.5),
    (sympy.airyai, (), lambda z: z.airy_ai(), 0.75, 0.5),
    (sympy.besselj, (1,), lambda z: z.bessel_j(1), 0.75, 0.5),
    (sympy.besseli, (2,), lambda z: z.bessel_i(2), 0.75, 0.5),
    (sympy.besselk, (1,), lambda z: z.bessel_k(1), 1.75, 0.5),
    (sympy.polygamma, (1,), lambda z: z.polygamma(1), 1.75, 0.5),
    (sympy.lowergamma, (sympy.Rational(5, 2),), lambda z: z.gamma_lower(2.5), 1.75, 0.5),
    (sympy.uppergamma, (sympy.Rational(5, 2),), lambda z: z.gamma_upper(2.5), 1.75, 0.5),
    (sympy.polylog, (2,), lambda z: z.polylog(2), 0.5, 0.25),
    (sympy.expint, (2,), lambda z: z.expint(2), 1.75, 0.5),
]


def cauchy_derivative(f: Callable[[Any], Any], a: float, r: float) -> arb:
    """Return f'(a) by Cauchy's integral over the circle of radius r."""

    def integrand(theta: acb, _analytic: bool) -> acb:
        turn = (theta * acb(0, 1)).exp()
        around: acb = f(acb(a) + r * turn) / turn
        return around

    integral = acb.integral(integrand, 0, 2 * arb.pi())
    return (integral / (2 * arb.pi() * r)).real


def derivative(head: Any, fixed: tuple[Any, ...], a: float) -> arb:
    """Return the derivative in the last argument by the rules that truth goes by."""
    builder = Builder()
    x = sympy.Symbol("x", real=True)
    args = [*(builder.constant(sympy.sympify(c)) for c in fixed), builder.input(x)]
    slope = partials(builder, builder.apply(head, *args))[-1]
    assert slope is not None
    found = Evaluation(builder.nodes, {x: exact(a)}, BITS).value(slope)
    assert isinstance(found, arb)
    return found
