# ruff: noqa: ARG005 - rules share one signature
"""Matrix products."""

from __future__ import annotations

from typing import Any

import numpy as np

from diffcheck.engine.broadcasting import unbroadcast
from diffcheck.engine.ops.manipulation import reshape
from diffcheck.engine.slimming import MANY
from diffcheck.engine.table import op
from diffcheck.engine.tensor import base, shape_of


def _column(x: Any) -> Any:
    return reshape(x, (*shape_of(x), 1))


def _row(x: Any) -> Any:
    return reshape(x, (*shape_of(x)[:-1], 1, *shape_of(x)[-1:]))


def _rows(x: Any) -> Any:
    """Return a stack of matrices as one tall matrix."""
    return reshape(x, (-1, shape_of(x)[-1]))


def _left(g: Any, _y: Any, a: Any, b: Any) -> Any:
    """Return the cotangent of a in a @ b."""
    rank_a, rank_b = a.ndim, b.ndim
    if rank_b == 2 and rank_a >= 2:
        return matmul(g, b.T)
    if rank_b == 1:
        return unbroadcast((g if rank_a == 1 else _column(g)) * b, shape_of(a))
    if rank_a == 1:
        product = matmul(b, _column(g))
        return unbroadcast(reshape(product, shape_of(product)[:-1]), shape_of(a))
    return unbroadcast(matmul(g, b.mT), shape_of(a))


def _is_turned(b: Any) -> bool:
    """Whether a large matrix lies in memory by columns: its cotangent is to lie so, too.

    It will be turned back, and added to others by rows; across rows that takes ten times as long.
    """
    if type(base(b)) is not np.ndarray:
        return False
    flags = base(b).flags
    return bool(flags.f_contiguous and not flags.c_contiguous)


def _right(g: Any, _y: Any, a: Any, b: Any) -> Any:
    """Return the cotangent of b in a @ b."""
    rank_a, rank_b = a.ndim, b.ndim
    if rank_a == 2 and rank_b == 2:
        turned = b.size > MANY and _is_turned(b)
        return matmul(g.T, a).T if turned else matmul(a.T, g)
    if rank_a == 1:
        return unbroadcast(g * a if rank_b == 1 else _row(g) * _column(a), shape_of(b))
    if rank_b == 1:
        product = matmul(a.mT, _column(g))
        return unbroadcast(reshape(product, shape_of(product)[:-1]), shape_of(b))
    if rank_b == 2:
        return matmul(_rows(a).mT, _rows(g))
    return unbroadcast(matmul(a.mT, g), shape_of(b))


def product(a: Any, b: Any) -> Any:
    """Return a @ b; of two matrices by `dot`, which costs a third for small ones."""
    if (
        type(a) is np.ndarray and type(b) is np.ndarray and a.ndim == b.ndim == 2
        and a.dtype is b.dtype and a.dtype.char in "fd"
    ):  # fmt: skip
        return a.dot(b)
    return np.matmul(a, b)


matmul = op(
    "matmul",
    product,
    kind="multilinear",
    ball=np.matmul,
    vjp=(_left, _right),
    length=lambda a, b: shape_of(a)[-1],
    jax="matmul",
    sympy="x @ y",
)
