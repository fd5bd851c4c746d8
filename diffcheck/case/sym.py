"""`sym`: SymPy's functions under the array namespace's names, mapping over arrays of expressions.

A definition written with `sym` reads like a program written with `xp`, and means exact mathematics.

>>> from diffcheck import sym
>>> x = sym.Symbol("x", real=True)
>>> sym.sum(sym.exp(sym.array([x, 2 * x])))
exp(2*x) + exp(x)
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from sympy import E, Integer, Rational, Symbol, oo, pi

from diffcheck.case import symspecial as special
from diffcheck.case.symarrays import Axis, array, dot, elementwise, matmul, reduce_with
from diffcheck.case.symdiff import diff
from diffcheck.case.symlet import let
from diffcheck.case.symlinalg import det, diagonal, inv, matrix_power, outer, solve, trace
from diffcheck.case.symshapes import (
    arange,
    broadcast_to,
    concat,
    expand_dims,
    eye,
    flip,
    matrix_transpose,
    ones,
    permute_dims,
    reshape,
    roll,
    squeeze,
    stack,
    take,
    transpose,
    tril,
    triu,
    zeros,
)

Piecewise = sympy.Piecewise

# Elementary functions.
exp = elementwise(sympy.exp)
expm1 = elementwise(lambda x: sympy.exp(x) - 1)
log = elementwise(sympy.log)
log1p = elementwise(lambda x: sympy.log(1 + x))
log2 = elementwise(lambda x: sympy.log(x) / sympy.log(2))
log10 = elementwise(lambda x: sympy.log(x) / sympy.log(10))
sqrt = elementwise(sympy.sqrt)
cbrt = elementwise(sympy.cbrt)
square = elementwise(lambda x: x**2)
pow = power = elementwise(sympy.Pow)  # noqa: A001 (the array API's name)
sin, cos, tan = (elementwise(f) for f in (sympy.sin, sympy.cos, sympy.tan))
asin, acos, atan = (elementwise(f) for f in (sympy.asin, sympy.acos, sympy.atan))
sinh, cosh, tanh = (elementwise(f) for f in (sympy.sinh, sympy.cosh, sympy.tanh))
asinh, acosh, atanh = (elementwise(f) for f in (sympy.asinh, sympy.acosh, sympy.atanh))
atan2 = elementwise(sympy.atan2)
hypot = elementwise(lambda x, y: sympy.sqrt(x**2 + y**2))
logaddexp = elementwise(special.logaddexp)

# Branches and kinks.
Abs = abs = elementwise(sympy.Abs)  # noqa: A001 (the array API's name)
sign = elementwise(sympy.sign)
floor = elementwise(sympy.floor)
ceil = ceiling = elementwise(sympy.ceiling)
Heaviside = heaviside = elementwise(sympy.Heaviside)
Max = maximum = elementwise(special.maximum)
Min = minimum = elementwise(special.minimum)
where = elementwise(special.where)
clip = elementwise(special.clip)
less, less_equal = elementwise(sympy.Lt), elementwise(sympy.Le)
greater, greater_equal = elementwise(sympy.Gt), elementwise(sympy.Ge)
equal, not_equal = elementwise(sympy.Eq), elementwise(sympy.Ne)

# Activations.
relu = elementwise(special.relu)
sigmoid = expit = elementwise(special.sigmoid)
log_sigmoid = log_expit = elementwise(special.log_sigmoid)
logit = elementwise(lambda x: sympy.log(x / (1 - x)))
softplus = elementwise(special.softplus)
silu = elementwise(special.silu)

# Special functions.
erf, erfc = elementwise(sympy.erf), elementwise(sympy.erfc)
gamma = elementwise(sympy.gamma)
loggamma = gammaln = elementwise(sympy.loggamma)
digamma = elementwise(sympy.digamma)
polygamma = elementwise(sympy.polygamma)
beta, betaln = elementwise(special.beta), elementwise(special.betaln)
lowergamma, uppergamma = elementwise(sympy.lowergamma), elementwise(sympy.uppergamma)
gammainc, gammaincc = elementwise(special.gammainc), elementwise(special.gammaincc)
besselj = jv = elementwise(sympy.besselj)
bessely, besseli = elementwise(sympy.bessely), elementwise(sympy.besseli)
besselk = elementwise(sympy.besselk)
j0, j1 = (elementwise(lambda x, n=n: sympy.besselj(n, x)) for n in (0, 1))
i0, i1 = (elementwise(lambda x, n=n: sympy.besseli(n, x)) for n in (0, 1))
i0e = elementwise(lambda x: sympy.exp(-sympy.Abs(x)) * sympy.besseli(0, x))
i1e = elementwise(lambda x: sympy.exp(-sympy.Abs(x)) * sympy.besseli(1, x))
zeta, polylog = elementwise(sympy.zeta), elementwise(sympy.polylog)
sinc, entr = elementwise(special.sinc), elementwise(special.entr)
xlogy, xlog1py = elementwise(special.xlogy), elementwise(special.xlog1py)


def gelu(x: Any, approximate: bool = True) -> Any:
    """Return the tanh form of GELU, or the erf form, with JAX's default."""
    return elementwise(special.gelu_tanh if approximate else special.gelu_erf)(x)


def sum(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:  # noqa: A001 (array API)
    """Return the sum along the axes, built in one step."""
    return reduce_with(sympy.Add, x, axis, keepdims)


def prod(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the product along the axes."""
    return reduce_with(sympy.Mul, x, axis, keepdims)


def mean(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the mean along the axes."""
    return reduce_with(lambda *terms: sympy.Add(*terms) / len(terms), x, axis, keepdims)


def var(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the variance along the axes, divided by the count (not by one less)."""
    return mean(square(array(x) - mean(x, axis, keepdims=True)), axis, keepdims=keepdims)


def max(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:  # noqa: A001 (array API)
    """Return the largest element along the axes."""
    return reduce_with(special.maximum, x, axis, keepdims)


def min(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:  # noqa: A001 (array API)
    """Return the smallest element along the axes."""
    return reduce_with(special.minimum, x, axis, keepdims)


def logsumexp(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return log Σ exp(x): the mathematics, so no maximum is taken out."""
    return log(sum(exp(x), axis, keepdims=keepdims))


def softmax(x: Any, axis: int = -1) -> Any:
    """Return exp(x) / Σ exp(x) along an axis; the sums are named inside a definition."""
    powers = let(exp(array(x)))
    return powers / let(sum(powers, axis, keepdims=True))


def log_softmax(x: Any, axis: int = -1) -> Any:
    """Return x - log Σ exp(x) along an axis; the sums are named inside a definition."""
    return array(x) - let(logsumexp(x, axis, keepdims=True))


def vecdot(a: Any, b: Any) -> Any:
    """Return Σ a·b along the last axis."""
    return sum(array(a) * array(b), axis=-1)


def cumulative_sum(x: Any, axis: int = 0) -> Any:
    """Return the partial sums along an axis."""
    x = array(x)
    partial = [sum(take(x, range(k + 1), axis=axis), axis) for k in range(x.shape[axis])]
    return stack(partial, axis=axis)


def einsum(subscripts: str, *operands: Any) -> Any:
    """Return the Einstein summation, as `numpy.einsum` with an explicit `->`."""
    terms, _, output = subscripts.replace(" ", "").partition("->")
    letters = sorted(set(terms) - {","} - set(output))
    order = [*output, *letters]
    aligned = [
        _align(array(x), names, order) for x, names in zip(operands, terms.split(","), strict=True)
    ]
    product = elementwise(sympy.Mul)(*aligned)
    return sum(product, tuple(range(len(output), len(order)))) if letters else product


def _align(x: Any, names: str, order: list[str]) -> Any:
    """Give each letter of `order` its own axis, of length 1 where the operand lacks it."""
    present = [name for name in order if name in names]
    moved = np.asarray(x).transpose([names.index(name) for name in present])
    index = tuple(slice(None) if name in names else None for name in order)
    return moved[index]
