# ruff: noqa: ARG001, ARG005 - rules share one signature
"""Discrete Fourier transforms along one axis; their matrices are symmetric: each is its own VJP."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from flint import acb, arb

from diffcheck.engine.ops.complex import conj, real
from diffcheck.engine.ops.indexing import getitem
from diffcheck.engine.ops.joining import concat
from diffcheck.engine.ops.manipulation import swapaxes
from diffcheck.engine.table import Entry, op
from diffcheck.engine.tensor import shape_of

Norm = Literal["backward", "ortho", "forward"]
TRANSPOSED: dict[str, Norm] = {"backward": "forward", "ortho": "ortho", "forward": "backward"}


def fit_length(x: Any, n: int, axis: int) -> Any:
    """Return x cut off, or filled up with zeros, to length n along an axis."""
    shape = shape_of(x)
    lead = (slice(None),) * (axis % len(shape))
    if shape[axis] >= n:
        return x if shape[axis] == n else getitem(x, index=(*lead, slice(n)))
    rest = list(shape)
    rest[axis] = n - shape[axis]
    return concat([x, np.zeros(rest, dtype=np.int8)], axis=axis)


def _dft_ball(x: Any, *, n: int, axis: int, norm: Norm, inverse: bool) -> Any:
    """Return the transform by its matrix of roots of unity."""
    sign = 2 if inverse else -2
    roots = [acb(arb(sign * k) / n).exp_pi_i() for k in range(n)]
    scale = arb(1)
    if norm == "ortho":
        scale = 1 / arb(n).sqrt()
    elif (norm == "forward") != inverse:
        scale = arb(1) / n
    matrix = np.array(
        [[roots[j * k % n] * scale for j in range(n)] for k in range(n)], dtype=object
    )
    moved = np.moveaxis(x, axis, -1)[..., :n]
    return np.moveaxis(moved @ matrix[: moved.shape[-1]], -1, axis)


def _forward(x: Any, *, n: int, axis: int, norm: Norm, inverse: bool) -> Any:
    transform = np.fft.ifft if inverse else np.fft.fft
    return transform(x, n=n, axis=axis, norm=norm)


dft: Entry = op(
    "dft",
    _forward,
    kind="linear",
    vjp=lambda g, y, x, n, axis, norm, inverse: fit_length(
        dft(g, n=n, axis=axis, norm=norm, inverse=inverse), shape_of(x)[axis], axis
    ),
    ball=_dft_ball,
    length=lambda x, n, axis, norm, inverse: n,
    sympy="array([[exp((1 if inverse else -1)*2*pi*I*j*k/n) for j in range(n)] for k in range(n)])"
    " @ x/(n if inverse else 1)",
    jax="fft.fft",
)


def _real_forward(x: Any, *, n: int, axis: int, norm: Norm) -> Any:
    return np.fft.rfft(x, n=n, axis=axis, norm=norm)


def _real_vjp(g: Any, y: Any, x: Any, n: int, axis: int, norm: Norm) -> Any:
    """Return the real part of the full transform of the cotangent, which has no upper half."""
    full = dft(fit_length(g, n, axis), n=n, axis=axis, norm=norm, inverse=False)
    return fit_length(real(full), shape_of(x)[axis], axis)


rdft: Entry = op(
    "rdft",
    _real_forward,
    kind="linear",
    vjp=_real_vjp,
    ball=lambda x, *, n, axis, norm: np.moveaxis(
        np.moveaxis(_dft_ball(x, n=n, axis=axis, norm=norm, inverse=False), axis, -1)[
            ..., : n // 2 + 1
        ],
        -1,
        axis,
    ),
    length=lambda x, n, axis, norm: n,
    sympy="array([[exp(-2*pi*I*j*k/n) for j in range(n)] for k in range(n//2 + 1)]) @ x",
    jax="fft.rfft",
    complex=False,
)


def _twice(n: int) -> Any:
    """Return how often each frequency of the half spectrum stands in the full one."""
    weights = np.full(n // 2 + 1, 2, dtype=np.int8)
    weights[0] = 1
    if n % 2 == 0:
        weights[-1] = 1
    return weights


def _inverse_vjp(g: Any, y: Any, x: Any, n: int, axis: int, norm: Norm) -> Any:
    """Return the cotangent of a half spectrum: its inner frequencies stand for two each."""
    spectrum = conj(rdft(g, n=n, axis=axis, norm=TRANSPOSED[norm]))
    weighted = swapaxes(swapaxes(spectrum, axis, -1) * _twice(n), axis, -1)
    return fit_length(weighted, shape_of(x)[axis], axis)


def _inverse_ball(x: Any, *, n: int, axis: int, norm: Norm) -> Any:
    half = np.moveaxis(x, axis, -1)[..., : n // 2 + 1]
    parts = np.frompyfunc(acb, 1, 1)(half)
    spectrum = np.full((*half.shape[:-1], n), acb(0), dtype=object)
    spectrum[..., : half.shape[-1]] = parts
    spectrum[..., 0] = np.frompyfunc(lambda z: acb(z.real), 1, 1)(spectrum[..., 0])
    if n % 2 == 0 and n > 1:
        middle = np.frompyfunc(lambda z: acb(z.real), 1, 1)(spectrum[..., n // 2])
        spectrum[..., n // 2] = middle
    for k in range(1, (n + 1) // 2):
        spectrum[..., n - k] = np.frompyfunc(lambda z: z.conjugate(), 1, 1)(spectrum[..., k])
    full = _dft_ball(spectrum, n=n, axis=-1, norm=norm, inverse=True)
    return np.moveaxis(np.frompyfunc(lambda z: z.real, 1, 1)(full), -1, axis)


irdft: Entry = op(
    "irdft",
    lambda x, *, n, axis, norm: np.fft.irfft(x, n=n, axis=axis, norm=norm),
    kind="linear",
    vjp=_inverse_vjp,
    ball=_inverse_ball,
    length=lambda x, n, axis, norm: n,
    sympy="array([[exp(2*pi*I*j*k/n) for k in range(n)] for j in range(n)])"
    " @ concat([x, x[n - n//2 - 1:0:-1].conjugate()])/n",
    jax="fft.irfft",
)
