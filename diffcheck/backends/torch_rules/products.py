"""Products of matrices and stacks of them, and convolutions as products of patches."""

from __future__ import annotations

from math import prod
from typing import Any, Final

import numpy as np

from diffcheck.backends.torch_rules.reader import Reader, Ref, Rule, reshaped


def matmul(r: Reader, x: Any, y: Any) -> Ref:
    """Return the product of matrices, vectors and stacks, by NumPy's rules."""
    x, y = r.node(x), r.node(y)
    a, b = r.arrays.positions(x), r.arrays.positions(y)
    left = a[None, :] if a.ndim == 1 else a
    right = b[:, None] if b.ndim == 1 else b
    stack = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    left = np.broadcast_to(left, (*stack, *left.shape[-2:])).reshape(-1, *left.shape[-2:])
    right = np.broadcast_to(right, (*stack, *right.shape[-2:])).reshape(-1, *right.shape[-2:])
    product = r.arrays.matmul(r.arrays.take(left, x), r.arrays.take(right, y))
    shape = [*stack, left.shape[1], right.shape[2]]
    if b.ndim == 1:
        shape.pop()
    if a.ndim == 1:
        del shape[len(stack)]
    return reshaped(r, Ref(product), tuple(shape))


def _added_matmul(r: Reader, c: Any, x: Any, y: Any, beta: Any = 1, alpha: Any = 1) -> Ref:
    product = matmul(r, x, y)
    return r.elementwise(lambda p, q, b=1, a=1: b * p + a * q, c, product, beta, alpha)


def convolution(
    r: Reader, x: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any,
    transposed: bool, output_padding: Any, groups: int,
) -> Ref:  # fmt: skip
    """Return a convolution in any number of dimensions: each patch of x times the kernels.

    A transposed one is that of x, spread out by its stride, with the kernels turned around.
    """
    x, weight = r.node(x), r.node(weight)
    kernels = r.arrays.positions(weight)
    dims = kernels.ndim - 2
    stride, padding, dilation, extra = (
        [*a] * dims if len(a) == 1 else [*a] for a in (stride, padding, dilation, output_padding)
    )
    places = r.arrays.positions(x) + 1  # 0 is the place of a zero
    if transposed:
        kernels = _turned(kernels, groups)
        places = _spread(places, stride)
        spans = zip(dilation, kernels.shape[2:], padding, strict=True)
        before = [d * (k - 1) - p for d, k, p in spans]
        after = [b + e for b, e in zip(before, extra, strict=True)]
        stride = [1] * dims
    else:
        before = after = padding
    patches = windows(_padded(places, before, after), kernels.shape[2:], stride, dilation)
    batch, channels, *out, many = patches.shape
    columns = patches.reshape(batch, groups, channels // groups, prod(out), many)
    columns = np.swapaxes(columns, 3, 4).reshape(batch * groups, -1, prod(out))
    rows: Any = kernels.reshape(1, groups, kernels.shape[0] // groups, -1)
    rows = np.broadcast_to(rows, (batch, *rows.shape[1:])).reshape(batch * groups, *rows.shape[2:])
    zero = r.arrays.constant(np.zeros(1))
    product = r.arrays.matmul(r.arrays.take(rows, weight), r.arrays.take(columns, zero, x))
    y = reshaped(r, Ref(product), (batch, kernels.shape[0], *out))
    if bias is None:
        return y
    offset = reshaped(r, bias, (1, kernels.shape[0], *[1] * dims))
    return r.elementwise(lambda a, b: a + b, y, offset)


def windows(places: Any, size: Any, stride: Any, dilation: Any) -> Any:
    """Return the windows over the last axes, each laid out along a last axis."""
    dims = len(size)
    spans = [d * (k - 1) + 1 for d, k in zip(dilation, size, strict=True)]
    axes = tuple(range(-dims, 0))
    found: Any = np.lib.stride_tricks.sliding_window_view(places, spans, axis=axes)
    steps = tuple(slice(None, None, s) for s in (*stride, *dilation))
    found = found[(..., *steps)]
    return found.reshape(*found.shape[:-dims], -1)


def _padded(places: Any, before: Any, after: Any) -> Any:
    """Return places with zeros around, or without what a negative padding takes away."""
    cut: Any = tuple(
        slice(max(-b, 0), size - max(-a, 0))
        for b, a, size in zip(before, after, places.shape[2:], strict=True)
    )
    around = [(max(b, 0), max(a, 0)) for b, a in zip(before, after, strict=True)]
    return np.pad(places[(..., *cut)], [(0, 0), (0, 0), *around])


def _spread(places: Any, stride: Any) -> Any:
    """Return places with stride - 1 zeros between any two."""
    sizes = [(n - 1) * s + 1 for n, s in zip(places.shape[2:], stride, strict=True)]
    found: Any = np.zeros((*places.shape[:2], *sizes), dtype=places.dtype)
    found[(..., *(slice(None, None, s) for s in stride))] = places
    return found


def _turned(kernels: Any, groups: int) -> Any:
    """Return the kernels of the adjoint: turned around, with their channels exchanged."""
    inputs, outputs, *size = kernels.shape
    parts = kernels.reshape(groups, inputs // groups, outputs, *size)
    exchanged = np.swapaxes(parts, 1, 2).reshape(groups * outputs, inputs // groups, *size)
    return np.flip(exchanged, tuple(range(2, 2 + len(size))))


PRODUCTS: Final[dict[str, Rule]] = {
    "addmm": _added_matmul,
    "addmv": _added_matmul,
    "baddbmm": _added_matmul,
    "bmm": matmul,
    "convolution": convolution,
    "dot": matmul,
    "matmul": matmul,
    "mm": matmul,
    "mv": matmul,
}
