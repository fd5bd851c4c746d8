"""Activations x σ(v(x)) of float32: the gate σ(v) in float64, and value and slope made of it.

Networks spend their time here. One exponential serves both, and next to a root the slope keeps its
digits. What is large is done in blocks that stay in a cache from one operation to the next.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from diffcheck.engine.steps import step

CUBIC: Final = 0.044715  # a literal of the definition of gelu by tanh (Hendrycks and Gimpel 2016)
LINEAR: Final = 2 * math.sqrt(2 / math.pi)
# Of v = k x + c x³ and of its multiples; as arrays without axes, which NumPy takes up fastest.
ONE, K, MINUS_K, MINUS_C, THREE_C = map(
    np.asarray, (1.0, LINEAR, -LINEAR, -LINEAR * CUBIC, 3 * LINEAR * CUBIC)
)
LEAST: Final = -32.0  # where gelu and its slope are less than any float32
BLOCK: Final = 2**14  # elements


@step
def gelu_gate(x: Any, *, out: Any = None) -> Any:
    """Return σ(v) = 1/(1 + exp(-v)) in float64."""
    gate = np.empty(x.shape) if out is None else out
    for part, s, z, _ in _blocks(x, gate):
        np.copyto(z, part)
        np.multiply(z, z, s)
        np.multiply(s, MINUS_C, s)
        np.add(s, MINUS_K, s)
        np.multiply(s, z, s)
        np.exp(s, s)
        np.add(s, ONE, s)
        np.divide(ONE, s, s)
    return gate if gate.ndim else gate[()]


@step
def gated(x: Any, gate: Any, *, out: Any = None) -> Any:
    """Return x times its gate, rounded once."""
    y = np.empty(x.shape, x.dtype) if out is None else out
    for part, s, target, z, _ in _blocks(x, gate, y):
        np.copyto(z, part)
        np.multiply(z, s, z)
        np.copyto(target, z, casting="same_kind")
    return y if y.ndim else y[()]


@step
def gelu_slope(x: Any, gate: Any, *, out: Any = None) -> Any:
    """Return the slope s (1 + x v' (1 - s)), s being the gate.

    Where 1 - s is rounded away, so is what it adds to 1.
    """
    slope = np.empty(x.shape, x.dtype) if out is None else out
    if x.size and np.fmin.reduce(x, axis=None) < LEAST:
        x = np.maximum(x, LEAST)  # beyond, the slope is 0, and -inf would be inf·0
    if x.size and np.fmax.reduce(x, axis=None) == np.inf:
        x = np.minimum(x, -LEAST)
    for part, s, y, z, bump in _blocks(x, gate, slope):
        np.copyto(z, part)
        np.multiply(z, z, bump)
        np.multiply(bump, THREE_C, bump)
        np.add(bump, K, bump)
        np.multiply(bump, z, bump)
        np.subtract(ONE, s, z)
        np.multiply(z, bump, z)
        np.add(z, ONE, z)
        np.multiply(z, s, z)
        np.copyto(y, z, casting="same_kind")
    return slope if slope.ndim else slope[()]


class _Scratch(threading.local):
    """Memory that a thread keeps: malloc gives blocks of this size back to the system each time."""

    def __init__(self) -> None:
        self.arrays = np.empty(BLOCK), np.empty(BLOCK)


SCRATCH: Final = _Scratch()


def _blocks(*arrays: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the arrays in blocks, the last of them to be written to, and two scratch arrays."""
    flat = [x.reshape(-1) for x in arrays]
    count = flat[0].size
    if count <= BLOCK:
        yield *flat, *(z[:count] for z in SCRATCH.arrays)
        return
    for start in range(0, count, BLOCK):
        parts = [x[start : start + BLOCK] for x in flat]
        yield *parts, *(z[: parts[0].size] for z in SCRATCH.arrays)
