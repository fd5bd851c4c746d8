# ruff: noqa: ARG005 - rules share one signature
"""Real and imaginary parts: what makes real functions of complex intermediates differentiable.

The cotangent g of a complex z stands for dL = Re(g dz), so that g f'(z) is the rule of a
holomorphic f, and every rule of this engine holds as it stands. For a real function of a complex
input the gradient is therefore ∂L/∂x - i ∂L/∂y, as in JAX. Where an operand is real, the real part
is kept.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from diffcheck.engine.ops.plane import atan2
from diffcheck.engine.table import Entry, op

conj: Entry = op(
    "conj",
    np.conj,
    kind="linear",
    vjp=lambda g, y, x: conj(g),
    ball=np.frompyfunc(lambda z: z.conjugate() if hasattr(z, "conjugate") else z, 1, 1),
    rounding=0,
    jax="conj",
    sympy="x.conjugate()",
)
real = op(
    "real",
    np.real,
    kind="linear",
    vjp=lambda g, y, x: g,
    ball=np.frompyfunc(lambda z: z.real, 1, 1),
    rounding=0,
    jax="real",
    sympy="(x + x.conjugate())/2",
)
imag = op(
    "imag",
    np.imag,
    kind="linear",
    vjp=lambda g, y, x: g * -1j,  # not -1j * g: Python's complex would win over a float64
    ball=np.frompyfunc(lambda z: z.imag, 1, 1),
    rounding=0,
    jax="imag",
    sympy="(x - x.conjugate())/(2*I)",
)


def angle(z: Any) -> Any:
    """Return the argument of a complex number."""
    return atan2(imag(z), real(z))
