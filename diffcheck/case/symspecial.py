"""Compositions and special functions of one expression, as exact mathematics."""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Rational, S

HALF = S.Half


def maximum(*args: Any) -> Any:
    """Return the largest argument; SymPy's own attempt to order long expressions is slow."""
    return sympy.Max(*args, evaluate=all(arg.is_Atom for arg in args))


def minimum(*args: Any) -> Any:
    """Return the smallest argument."""
    return sympy.Min(*args, evaluate=all(arg.is_Atom for arg in args))


def where(condition: Any, a: Any, b: Any) -> Any:
    return sympy.Piecewise((a, condition), (b, True))


def clip(x: Any, lower: Any, upper: Any) -> Any:
    return minimum(maximum(x, lower), upper)


def relu(x: Any) -> Any:
    return maximum(x, S.Zero)


def sigmoid(x: Any) -> Any:
    return 1 / (1 + sympy.exp(-x))


def log_sigmoid(x: Any) -> Any:
    return -sympy.log(1 + sympy.exp(-x))


def softplus(x: Any) -> Any:
    return sympy.log(1 + sympy.exp(x))


def silu(x: Any) -> Any:
    return x * sigmoid(x)


def gelu_erf(x: Any) -> Any:
    return x * (1 + sympy.erf(x / sympy.sqrt(2))) / 2


def gelu_tanh(x: Any) -> Any:
    inner = sympy.sqrt(2 / sympy.pi) * (x + Rational(44715, 10**6) * x**3)
    return x * (1 + sympy.tanh(inner)) / 2


def logaddexp(a: Any, b: Any) -> Any:
    return sympy.log(sympy.exp(a) + sympy.exp(b))


def xlogy(x: Any, y: Any) -> Any:
    """Return x log y, and 0 where x = 0."""
    return sympy.Piecewise((S.Zero, sympy.Eq(x, 0)), (x * sympy.log(y), True))


def xlog1py(x: Any, y: Any) -> Any:
    return xlogy(x, 1 + y)


def entr(x: Any) -> Any:
    return -xlogy(x, x)


def sinc(x: Any) -> Any:
    """Return sin(πx) / (πx), and 1 at 0, as NumPy defines it."""
    z = sympy.pi * x
    return sympy.Piecewise((sympy.sin(z) / z, sympy.Ne(x, 0)), (S.One, True))


def betaln(a: Any, b: Any) -> Any:
    return sympy.loggamma(a) + sympy.loggamma(b) - sympy.loggamma(a + b)


def gammainc(a: Any, x: Any) -> Any:
    """Return the regularised lower incomplete gamma function P(a, x) (DLMF 8.2.4)."""
    return sympy.lowergamma(a, x) / sympy.gamma(a)


def gammaincc(a: Any, x: Any) -> Any:
    """Return the regularised upper incomplete gamma function Q(a, x) (DLMF 8.2.4)."""
    return sympy.uppergamma(a, x) / sympy.gamma(a)


def beta(a: Any, b: Any) -> Any:
    """Return Γ(a) Γ(b) / Γ(a + b) (DLMF 5.12.1)."""
    return sympy.gamma(a) * sympy.gamma(b) / sympy.gamma(a + b)
