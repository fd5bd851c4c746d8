"""Products of arrays: contractions and convolutions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from diffcheck.backends.jax_exact.moves import padded
from diffcheck.backends.jax_exact.values import positions, taken, xp
from diffcheck.engine.ops.einsum import LETTERS


def _dot_general(a: Any, b: Any, *, dimension_numbers: Any) -> Any:
    (a_inner, b_inner), (a_batch, b_batch) = dimension_numbers
    fresh = iter(LETTERS)
    left = [next(fresh) for _ in a.shape]
    right = [next(fresh) for _ in b.shape]
    for i, j in [*zip(a_inner, b_inner, strict=True), *zip(a_batch, b_batch, strict=True)]:
        right[j] = left[i]
    batch = [left[i] for i in a_batch]
    rows = [c for i, c in enumerate(left) if i not in (*a_inner, *a_batch)]
    columns = [c for j, c in enumerate(right) if j not in (*b_inner, *b_batch)]
    return xp.einsum(f"{''.join(left)},{''.join(right)}->{''.join(batch + rows + columns)}", a, b)


def _convolution(
    x: Any,
    kernel: Any,
    *,
    window_strides: Sequence[int],
    padding: Sequence[tuple[int, int]],
    lhs_dilation: Sequence[int],
    rhs_dilation: Sequence[int],
    dimension_numbers: Any,
    feature_group_count: int,
    batch_group_count: int,
) -> Any:
    """Convolve as a product of patches with the kernel, group by group."""
    numbers = dimension_numbers
    at = positions(x.shape).transpose(numbers.lhs_spec)  # batch, channel, space…
    taps = positions(kernel.shape).transpose(numbers.rhs_spec)  # out, in, space…
    spread = [
        (low, high, step - 1) for (low, high), step in zip(padding, lhs_dilation, strict=True)
    ]
    at = padded(at, [(0, 0, 0), (0, 0, 0), *spread])
    patches = _patches(at, taps.shape[2:], window_strides, rhs_dilation)
    space = patches.shape[2 : 2 + len(spread)]
    patches = patches.reshape(*patches.shape[:2], int(np.prod(space)), -1)  # b, c, s, k
    weights = taps.reshape(*taps.shape[:2], -1)  # o, i, k
    groups = max(feature_group_count, batch_group_count)
    cut = 1 if feature_group_count > 1 else 0
    parts = zip(
        np.split(patches, groups, cut) if groups > 1 else [patches],
        np.split(weights, groups, 0) if groups > 1 else [weights],
        strict=True,
    )
    found = [xp.einsum("bcsk,ock->bos", taken([x], p), taken([kernel], w)) for p, w in parts]
    joined = xp.concat(found, axis=1) if len(found) > 1 else found[0]
    result = joined.reshape((*joined.shape[:2], *space))
    order = [numbers.out_spec.index(axis) for axis in range(len(numbers.out_spec))]
    return xp.permute_dims(result, tuple(order))


def _patches(at: Any, sizes: Sequence[int], strides: Sequence[int], dilation: Sequence[int]) -> Any:
    """Return the positions under each window: batch, channel, places, taps."""
    for axis, (size, stride, step) in enumerate(zip(sizes, strides, dilation, strict=True)):
        count = max(0, (at.shape[2 + axis] - (size - 1) * step - 1) // stride + 1)
        where = np.arange(count)[:, None] * stride + np.arange(size) * step
        at = np.moveaxis(np.take(at, where, axis=2 + axis), 2 + axis + 1, -1)
    return at


PRODUCTS: Final[dict[str, Callable[..., Any]]] = {
    "conv_general_dilated": _convolution,
    "dot_general": _dot_general,
}
