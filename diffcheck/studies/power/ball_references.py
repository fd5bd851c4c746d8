"""The ball table's classes in mpmath: a function of the same arguments, and points to try."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import mpmath
import sympy

from diffcheck.truth.table.special import hypergeometric

mp = mpmath.mp.clone()
mp.dps = 60


def _falling(x: Any, n: Any) -> Any:
    return mp.gamma(x + 1) / mp.gamma(x - n + 1)


HYPER_1F1, HYPER_1F2, HYPER_2F1 = (hypergeometric(p, q) for p, q in ((1, 1), (1, 2), (2, 1)))

# SymPy class: (mpmath function of the same arguments, points)
REFERENCES: Final[dict[Any, tuple[Callable[..., Any], list[tuple[float, ...]]]]] = {
    sympy.Add: (lambda *args: mp.fsum(args), [(1.5, 2.25, -7.0)]),
    sympy.Mul: (lambda *args: mp.fprod(args), [(1.5, 2.25, -7.0)]),
    sympy.Pow: (
        mp.power,
        [(2.5, 0.3), (-2.5, 3.0), (-2.5, -2.0), (0.0, 2.5), (9.0, 0.5), (3.0, 0.0)],
    ),
    sympy.exp: (mp.exp, [(0.3,), (-20.0,), (300.0,)]),
    sympy.log: (mp.log, [(0.3,), (1e-300,), (7.0,)]),
    sympy.sin: (mp.sin, [(0.3,), (1e10,)]),
    sympy.cos: (mp.cos, [(0.3,), (1e10,)]),
    sympy.tan: (mp.tan, [(0.3,), (-1.5,)]),
    sympy.sec: (mp.sec, [(0.3,), (-1.5,)]),
    sympy.cot: (mp.cot, [(0.3,), (-1.5,)]),
    sympy.csc: (mp.csc, [(0.3,), (-1.5,)]),
    sympy.asin: (mp.asin, [(0.3,), (-1.0,)]),
    sympy.acos: (mp.acos, [(0.3,), (-1.0,)]),
    sympy.atan: (mp.atan, [(0.3,), (-1e20,)]),
    sympy.acot: (mp.acot, [(0.3,), (-2.0,)]),
    sympy.asec: (mp.asec, [(1.3,), (-2.0,)]),
    sympy.acsc: (mp.acsc, [(1.3,), (-2.0,)]),
    sympy.atan2: (mp.atan2, [(0.5, -0.25), (-0.5, -0.25), (0.0, -1.0), (2.0, 0.0)]),
    sympy.sinh: (mp.sinh, [(0.3,), (-20.0,)]),
    sympy.cosh: (mp.cosh, [(0.3,), (-20.0,)]),
    sympy.tanh: (mp.tanh, [(0.3,), (-20.0,)]),
    sympy.sech: (mp.sech, [(0.3,), (-20.0,)]),
    sympy.coth: (mp.coth, [(0.3,), (-20.0,)]),
    sympy.csch: (mp.csch, [(0.3,), (-20.0,)]),
    sympy.asinh: (mp.asinh, [(0.3,), (-1e20,)]),
    sympy.acosh: (mp.acosh, [(1.3,), (1.0,), (1e20,)]),
    sympy.atanh: (mp.atanh, [(0.3,), (-0.99,)]),
    sympy.asech: (mp.asech, [(0.3,), (1.0,)]),
    sympy.acsch: (mp.acsch, [(0.3,), (-2.0,)]),
    sympy.acoth: (mp.acoth, [(1.3,), (-2.0,)]),
    sympy.sinc: (mp.sinc, [(0.0,), (0.3,), (-20.0,)]),
    sympy.LambertW: (mp.lambertw, [(0.5,), (-0.25,), (-0.25, -1.0), (1e10,)]),
    sympy.erf: (mp.erf, [(0.3,), (-5.0,)]),
    sympy.erfc: (mp.erfc, [(0.3,), (20.0,)]),
    sympy.erfi: (mp.erfi, [(0.3,), (-5.0,)]),
    sympy.erf2: (lambda x, y: mp.erf(y) - mp.erf(x), [(0.3, 0.5)]),
    sympy.erfinv: (mp.erfinv, [(0.3,), (-0.75,)]),
    sympy.erfcinv: (lambda x: mp.erfinv(1 - x), [(0.25,), (1.5,)]),
    sympy.Ei: (mp.ei, [(0.3,), (-2.0,)]),
    sympy.li: (mp.li, [(0.3,), (2.0,)]),
    sympy.expint: (mp.expint, [(1.0, 0.5), (2.5, 3.0)]),
    sympy.Si: (mp.si, [(0.3,), (-20.0,)]),
    sympy.Ci: (mp.ci, [(0.3,), (20.0,)]),
    sympy.Shi: (mp.shi, [(0.3,), (-5.0,)]),
    sympy.Chi: (mp.chi, [(0.3,), (5.0,)]),
    sympy.fresnels: (mp.fresnels, [(0.3,), (-2.0,)]),
    sympy.fresnelc: (mp.fresnelc, [(0.3,), (-2.0,)]),
    sympy.gamma: (mp.gamma, [(0.3,), (-1.5,), (30.0,)]),
    sympy.loggamma: (mp.loggamma, [(0.3,), (1e10,)]),
    sympy.digamma: (mp.digamma, [(0.3,), (-1.5,), (1e10,)]),
    sympy.trigamma: (lambda x: mp.psi(1, x), [(0.3,), (-1.5,)]),
    sympy.polygamma: (
        lambda n, x: mp.psi(int(n), x),
        [(0.0, 0.3), (1.0, 2.5), (3.0, -1.5), (2.0, 40.0)],
    ),
    sympy.factorial: (mp.factorial, [(0.3,), (5.0,)]),
    sympy.RisingFactorial: (mp.rf, [(0.3, 4.0), (2.5, 0.5)]),
    sympy.FallingFactorial: (_falling, [(6.5, 4.0), (2.5, 0.5)]),
    sympy.binomial: (mp.binomial, [(6.5, 4.0), (2.5, 0.5)]),
    sympy.beta: (mp.beta, [(0.3, 2.5), (4.0, 7.0)]),
    sympy.zeta: (mp.zeta, [(2.5,), (-3.5,), (2.0, 0.75)]),
    sympy.lowergamma: (lambda s, x: mp.gammainc(s, 0, x), [(2.5, 0.3), (0.5, 20.0), (2.0, 0.0)]),
    sympy.uppergamma: (mp.gammainc, [(2.5, 0.3), (0.5, 20.0), (2.0, 0.0)]),
    sympy.betainc: (
        mp.betainc,
        [(0.5, 2.5, 0.0, 0.75), (2.0, 3.0, 0.25, 1.0)],
    ),
    sympy.betainc_regularized: (
        lambda a, b, lower, upper: mp.betainc(a, b, lower, upper, regularized=True),
        [(0.5, 2.5, 0.0, 0.75), (2.0, 3.0, 0.25, 1.0)],
    ),
    sympy.besselj: (mp.besselj, [(0.5, 0.0), (0.0, 0.3), (1.0, -2.0), (2.5, 20.0)]),
    sympy.bessely: (mp.bessely, [(0.0, 0.3), (2.5, 20.0)]),
    sympy.besseli: (mp.besseli, [(0.0, 0.3), (1.0, -2.0), (2.5, 20.0)]),
    sympy.besselk: (mp.besselk, [(0.0, 0.3), (2.5, 20.0)]),
    sympy.airyai: (mp.airyai, [(0.3,), (-5.0,)]),
    sympy.airybi: (mp.airybi, [(0.3,), (-5.0,)]),
    sympy.airyaiprime: (lambda x: mp.airyai(x, 1), [(0.3,), (-5.0,)]),
    sympy.airybiprime: (lambda x: mp.airybi(x, 1), [(0.3,), (-5.0,)]),
    sympy.elliptic_k: (mp.ellipk, [(0.3,), (-20.0,), (0.0,)]),
    sympy.elliptic_e: (mp.ellipe, [(0.3,), (-20.0,), (0.0,)]),
    HYPER_1F1: (mp.hyp1f1, [(0.5, 2.5, -3.0), (2.5, 1.5, 7.0)]),
    HYPER_2F1: (mp.hyp2f1, [(0.5, 1.5, 2.5, 0.75), (1.5, 0.5, 2.5, -3.0)]),
    HYPER_1F2: (mp.hyp1f2, [(1.0, 1.5, 2.5, -9.0)]),
    sympy.polylog: (mp.polylog, [(2.0, 0.5), (1.5, -0.75), (2.5, 1.0)]),
}
