"""The `fft` sub-namespace of the array API.

As in NumPy the transform of float16 is complex64, the smallest complex format there is; what comes
back from it is float32, and the gradient in a float16 is float16.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from diffcheck.engine.conformance import like_numpy
from diffcheck.engine.ops.complex import conj
from diffcheck.engine.ops.fourier import TRANSPOSED, Norm, dft, irdft, rdft
from diffcheck.engine.ops.manipulation import roll
from diffcheck.engine.tensor import shape_of

Axes = int | Sequence[int] | None


def fft(x: Any, n: int | None = None, axis: int = -1, norm: Norm | None = "backward") -> Any:
    """Return the discrete Fourier transform along an axis, cut or filled to length n."""
    return dft(
        x,
        n=shape_of(x)[axis] if n is None else n,
        axis=axis,
        norm=norm or "backward",
        inverse=False,
    )


def ifft(x: Any, n: int | None = None, axis: int = -1, norm: Norm | None = "backward") -> Any:
    """Return the inverse discrete Fourier transform along an axis."""
    return dft(
        x, n=shape_of(x)[axis] if n is None else n, axis=axis, norm=norm or "backward", inverse=True
    )


def rfft(x: Any, n: int | None = None, axis: int = -1, norm: Norm | None = "backward") -> Any:
    """Return the lower half of the transform of real numbers."""
    return rdft(x, n=shape_of(x)[axis] if n is None else n, axis=axis, norm=norm or "backward")


def irfft(x: Any, n: int | None = None, axis: int = -1, norm: Norm | None = "backward") -> Any:
    """Return the real numbers whose transform has x as its lower half."""
    length = 2 * (shape_of(x)[axis] - 1) if n is None else n
    return irdft(x, n=length, axis=axis, norm=norm or "backward")


def hfft(x: Any, n: int | None = None, axis: int = -1, norm: Norm | None = "backward") -> Any:
    """Return the real transform of numbers of which x is the lower, Hermitian half."""
    return irfft(conj(x), n=n, axis=axis, norm=TRANSPOSED[norm or "backward"])


def ihfft(x: Any, n: int | None = None, axis: int = -1, norm: Norm | None = "backward") -> Any:
    """Return the lower half of the inverse transform of real numbers."""
    return conj(rfft(x, n=n, axis=axis, norm=TRANSPOSED[norm or "backward"]))


def _lengths(x: Any, s: Sequence[int] | None, axes: Axes) -> list[tuple[int, int]]:
    """Return the pairs of length and axis to transform along."""
    shape = shape_of(x)
    if axes is None:
        axes = range(len(shape)) if s is None else range(len(shape) - len(s), len(shape))
    places = [axes] if isinstance(axes, int) else list(axes)
    given = [-1] * len(places) if s is None else s
    sizes = [shape[a] if n == -1 else n for a, n in zip(places, given, strict=True)]
    return list(zip(sizes, places, strict=True))


def fftn(
    x: Any, s: Sequence[int] | None = None, axes: Axes = None, norm: Norm | None = "backward"
) -> Any:
    """Return the transform along several axes, all by default."""
    for n, axis in _lengths(x, s, axes):
        x = fft(x, n=n, axis=axis, norm=norm)
    return x


def ifftn(
    x: Any, s: Sequence[int] | None = None, axes: Axes = None, norm: Norm | None = "backward"
) -> Any:
    """Return the inverse transform along several axes, all by default."""
    for n, axis in _lengths(x, s, axes):
        x = ifft(x, n=n, axis=axis, norm=norm)
    return x


def rfftn(
    x: Any, s: Sequence[int] | None = None, axes: Axes = None, norm: Norm | None = "backward"
) -> Any:
    """Return the transform of real numbers along several axes, halved along the last."""
    *others, (n, axis) = _lengths(x, s, axes)
    x = rfft(x, n=n, axis=axis, norm=norm)
    for size, place in others:
        x = fft(x, n=size, axis=place, norm=norm)
    return x


def irfftn(
    x: Any, s: Sequence[int] | None = None, axes: Axes = None, norm: Norm | None = "backward"
) -> Any:
    """Return the real numbers whose transform along several axes has x as its lower half."""
    *others, (n, axis) = _lengths(x, s, axes)
    for size, place in others:
        x = ifft(x, n=size, axis=place, norm=norm)
    return irfft(x, n=2 * (n - 1) if s is None else n, axis=axis, norm=norm)


LAST_TWO = (-2, -1)


def fft2(
    x: Any, s: Sequence[int] | None = None, axes: Axes = LAST_TWO, norm: Norm | None = "backward"
) -> Any:
    """Return the transform along two axes, the last ones by default."""
    return fftn(x, s, axes, norm)


def ifft2(
    x: Any, s: Sequence[int] | None = None, axes: Axes = LAST_TWO, norm: Norm | None = "backward"
) -> Any:
    """Return the inverse transform along two axes, the last ones by default."""
    return ifftn(x, s, axes, norm)


def rfft2(
    x: Any, s: Sequence[int] | None = None, axes: Axes = LAST_TWO, norm: Norm | None = "backward"
) -> Any:
    """Return the transform of real numbers along two axes, the last ones by default."""
    return rfftn(x, s, axes, norm)


def irfft2(
    x: Any, s: Sequence[int] | None = None, axes: Axes = LAST_TWO, norm: Norm | None = "backward"
) -> Any:
    """Return the real numbers whose transform along two axes has x as its lower half."""
    return irfftn(x, s, axes, norm)


def fftshift(x: Any, axes: Axes = None) -> Any:
    """Return x with the zero frequency in the middle."""
    places = _places(x, axes)
    return roll(x, tuple(shape_of(x)[a] // 2 for a in places), places)


def ifftshift(x: Any, axes: Axes = None) -> Any:
    """Invert `fftshift`."""
    places = _places(x, axes)
    return roll(x, tuple(-(shape_of(x)[a] // 2) for a in places), places)


def fftfreq(n: int, d: float = 1.0, *, dtype: Any = None, device: Any = None) -> Any:
    """Return the frequencies of a transform of n samples taken d apart."""
    return np.asarray(np.fft.fftfreq(n, d, device=device), dtype=dtype)


def rfftfreq(n: int, d: float = 1.0, *, dtype: Any = None, device: Any = None) -> Any:
    """Return the frequencies of a transform of n real samples taken d apart."""
    return np.asarray(np.fft.rfftfreq(n, d, device=device), dtype=dtype)


def _places(x: Any, axes: Axes) -> tuple[int, ...]:
    if axes is None:
        return tuple(range(len(shape_of(x))))
    return (axes,) if isinstance(axes, int) else tuple(axes)


for _name in (
    "fft", "fftn", "fftshift", "hfft", "ifft", "ifftn", "ifftshift", "ihfft", "irfft", "irfftn",
    "rfft", "rfftn", "fft2", "ifft2", "rfft2", "irfft2",
):  # fmt: skip
    globals()[_name] = like_numpy(globals()[_name], getattr(np.fft, _name))

__all__ = [
    "fft", "fft2", "fftfreq", "fftn", "fftshift", "hfft", "ifft", "ifft2", "ifftn", "ifftshift",
    "ihfft", "irfft", "irfft2", "irfftn", "rfft", "rfft2", "rfftfreq", "rfftn",
]  # fmt: skip
