# ruff: noqa: ARG005 - rules share one signature
"""More activations, convolutions, pooling and rotary embedding."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import arb

from diffcheck.balls import ZERO, is_less
from diffcheck.engine.ball_trace import is_complex, real_literal
from diffcheck.engine.ops.choices import clip, where
from diffcheck.engine.ops.comparison import greater
from diffcheck.engine.ops.complex import conj
from diffcheck.engine.ops.einsum import einsum
from diffcheck.engine.ops.exponential import exp, expm1
from diffcheck.engine.ops.indexing import getitem
from diffcheck.engine.ops.joining import concat
from diffcheck.engine.ops.padding import pad
from diffcheck.engine.ops.reduction import max as max_
from diffcheck.engine.ops.reduction import mean
from diffcheck.engine.ops.special import expit, softplus
from diffcheck.engine.ops.trigonometric import tanh
from diffcheck.engine.table import op
from diffcheck.engine.tensor import shape_of

SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805  # Klambauer et al. 2017


def _elu_ball(x: arb, *, alpha: float) -> arb:
    return real_literal(alpha) * x.expm1() if is_less(x, ZERO) else x


_elu = op(
    "elu",
    lambda x, *, alpha: np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))).astype(x.dtype)[()],
    vjp=lambda g, y, x, alpha: where(
        greater(x, 0), g, alpha * (g * exp(where(greater(x, 0), 0, x)))
    ),
    ball=_elu_ball,
    rounding=2,
    sympy="Piecewise((x, x > 0), (alpha*(exp(x) - 1), True))",
    jax="nn.elu",
    kinks="x = 0 unless alpha = 1",
)


def elu(x: Any, alpha: float = 1.0) -> Any:
    """Return x for x > 0, else alpha (exp(x) - 1); the slope is alpha exp(x), never alpha + y."""
    return _elu(x, alpha=alpha)


def selu(x: Any) -> Any:
    """Return the scaled elu whose fixed point has mean 0 and variance 1."""
    return SELU_SCALE * elu(x, SELU_ALPHA)


def celu(x: Any, alpha: float = 1.0) -> Any:
    """Return max(x, 0) + min(0, alpha (exp(x/alpha) - 1))."""
    return where(greater(x, 0), x, alpha * expm1(where(greater(x, 0), 0, x) / alpha))


def mish(x: Any) -> Any:
    """Return x tanh(softplus(x)) (Misra 2019)."""
    return x * tanh(softplus(x))


def leaky_relu(x: Any, negative_slope: float = 0.01) -> Any:
    """Return x for x > 0, else x times the slope."""
    return where(greater(x, 0), x, negative_slope * x)


def relu6(x: Any) -> Any:
    """Return x limited to [0, 6]."""
    return clip(x, 0, 6)


def hard_tanh(x: Any) -> Any:
    """Return x limited to [-1, 1]."""
    return clip(x, -1, 1)


def hard_sigmoid(x: Any) -> Any:
    """Return x/6 + 1/2 limited to [0, 1]."""
    return clip(x + 3, 0, 6) / 6


def hard_swish(x: Any) -> Any:
    """Return x times the hard sigmoid."""
    return x * hard_sigmoid(x)


def glu(x: Any, axis: int = -1) -> Any:
    """Return the first half of x times the sigmoid of the second."""
    half = shape_of(x)[axis] // 2
    lead = (slice(None),) * (axis % len(shape_of(x)))
    return getitem(x, index=(*lead, slice(half))) * expit(
        getitem(x, index=(*lead, slice(half, None)))
    )


def rotary_embedding(x: Any, *, wavelength: float = 10_000.0) -> Any:
    """Return rows turned in their planes by angles that grow with the position (Su et al. 2021).

    The last two axes are positions and features; features k and k + width/2 span a plane.
    """
    positions, width = shape_of(x)[-2:]
    half = width // 2
    rates = wavelength ** (-np.arange(half) / half)
    angles = np.outer(np.arange(positions), rates)
    dtype = x.dtype if x.dtype.kind == "f" else np.float64
    cosine, sine = np.cos(angles).astype(dtype), np.sin(angles).astype(dtype)
    first, second = x[..., :half], x[..., half:]
    return concat([first * cosine - second * sine, second * cosine + first * sine], axis=-1)


# Convolutions: windows as a strided gather, and one contraction.
def _windows(x: Any, sizes: tuple[int, ...], stride: int, dilation: int) -> Any:
    """Return the windows over the last axes: their places first, then what they hold."""
    lengths = shape_of(x)[-len(sizes) :]
    index: list[Any] = [Ellipsis]
    rank = len(sizes)
    for axis, (n, size) in enumerate(zip(lengths, sizes, strict=True)):
        count = (n - dilation * (size - 1) - 1) // stride + 1
        places = stride * np.arange(count)[:, None] + dilation * np.arange(size)[None]
        shape = [1] * (2 * rank)
        shape[axis], shape[rank + axis] = count, size
        index.append(places.reshape(shape))
    return getitem(x, index=tuple(index))


def _convolve(
    x: Any, w: Any, rank: int, stride: int, padding: int, dilation: int, groups: int
) -> Any:
    """Return the cross-correlation of (batch, in, …) with (out, in/groups, …)."""
    if padding:
        x = pad(x, ((0, 0), (0, 0), *((padding, padding),) * rank))
    parts = []
    inputs, outputs = shape_of(x)[1] // groups, shape_of(w)[0] // groups
    places, holds = "pqr"[:rank], "uvw"[:rank]
    for k in range(groups):
        window = _windows(x[:, k * inputs : (k + 1) * inputs], shape_of(w)[2:], stride, dilation)
        kernel = w[k * outputs : (k + 1) * outputs]
        spec = f"bi{places}{holds},oi{holds}->bo{places}"
        parts.append(einsum(spec, window, kernel))
    return parts[0] if groups == 1 else concat(parts, axis=1)


def conv1d(
    x: Any, w: Any, *, stride: int = 1, padding: int = 0, dilation: int = 1, groups: int = 1
) -> Any:
    """Return the cross-correlation of (batch, in, length) with (out, in/groups, width)."""
    return _convolve(x, w, 1, stride, padding, dilation, groups)


def conv2d(
    x: Any, w: Any, *, stride: int = 1, padding: int = 0, dilation: int = 1, groups: int = 1
) -> Any:
    """Return the cross-correlation of (batch, in, h, w) with (out, in/groups, kh, kw)."""
    return _convolve(x, w, 2, stride, padding, dilation, groups)


def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """Return the convolution of two vectors: "full", "same" or "valid", as NumPy's.

    Raises `ValueError` for another mode.
    """
    if mode not in ("full", "same", "valid"):
        raise ValueError(f"convolve: no mode {mode!r}; there are full, same and valid")
    if shape_of(a)[0] < shape_of(v)[0]:
        a, v = v, a
    m = shape_of(v)[0]
    margin = {"full": (m - 1, m - 1), "same": (m // 2, m - 1 - m // 2), "valid": (0, 0)}[mode]
    padded = pad(a, (margin,)) if any(margin) else a
    windows = _windows(padded, (m,), 1, 1)
    return windows @ getitem(v, index=slice(None, None, -1))


def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    """Return the cross-correlation of two vectors, of the conjugate of v, as NumPy's."""
    reversed_ = getitem(v, index=slice(None, None, -1))
    return convolve(a, conj(reversed_) if is_complex(v) else reversed_, mode)


def max_pool2d(x: Any, size: int, stride: int | None = None) -> Any:
    """Return the greatest element of each window of (batch, channels, h, w)."""
    return max_(_windows(x, (size, size), stride or size, 1), (-2, -1))


def avg_pool2d(x: Any, size: int, stride: int | None = None) -> Any:
    """Return the mean of each window of (batch, channels, h, w)."""
    return mean(_windows(x, (size, size), stride or size, 1), (-2, -1))


def max_pool1d(x: Any, size: int, stride: int | None = None) -> Any:
    """Return the greatest element of each window of (batch, channels, length)."""
    return max_(_windows(x, (size,), stride or size, 1), -1)


def avg_pool1d(x: Any, size: int, stride: int | None = None) -> Any:
    """Return the mean of each window of (batch, channels, length)."""
    return mean(_windows(x, (size,), stride or size, 1), -1)
