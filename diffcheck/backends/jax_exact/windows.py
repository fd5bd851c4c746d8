"""Reductions over sliding windows, and their transposes: what pooling is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from diffcheck.backends.jax_exact.moves import padded
from diffcheck.backends.jax_exact.values import NOWHERE, balls_of, positions, taken, xp
from diffcheck.engine.ops.comparison import ball_less
from diffcheck.engine.ops.manipulation import reshape


def _under(shape: Sequence[int], params: dict[str, Any]) -> Any:
    """Return the positions under each window: the places, and one axis of its elements."""
    base = params.get("base_dilation") or (1,) * len(shape)
    spread = [
        (low, high, step - 1) for (low, high), step in zip(params["padding"], base, strict=True)
    ]
    at = padded(positions(shape), spread)
    dilation = params.get("window_dilation") or (1,) * len(shape)
    sizes, strides = params["window_dimensions"], params["window_strides"]
    for axis, (size, stride, step) in enumerate(zip(sizes, strides, dilation, strict=True)):
        count = max(0, (at.shape[axis] - (size - 1) * step - 1) // stride + 1)
        where = np.arange(count)[:, None] * stride + np.arange(size) * step
        at = np.moveaxis(np.take(at, where, axis=axis), axis + 1, -1)
    return at.reshape(*at.shape[: len(shape)], -1)


def _reduced(form: Any, fill: float) -> Callable[..., Any]:
    def apply(x: Any, **params: Any) -> Any:
        return form(taken([x], _under(x.shape, params), fill), axis=-1)

    return apply


def _chosen(x: Any, params: dict[str, Any]) -> Any:
    """Return the position that each window selects: its first greatest or least element."""
    greatest = params["select_prim"].name == "ge"
    balls = balls_of(x).reshape(-1)
    at = _under(x.shape, params)
    rows = at.reshape(-1, at.shape[-1])
    chosen = np.full(len(rows), NOWHERE)
    for i, row in enumerate(rows):
        for position in row[row != NOWHERE]:
            best = chosen[i]
            pair = (balls[best], balls[position]) if greatest else (balls[position], balls[best])
            if best == NOWHERE or ball_less(*pair):
                chosen[i] = position
    return chosen.reshape(at.shape[:-1])


def _select_and_scatter_add(source: Any, operand: Any, **params: Any) -> Any:
    target = _chosen(operand, params).reshape(-1)
    size = int(np.prod(operand.shape))
    added = xp.TABLE["scatter_add"].entry(reshape(source, (-1,)), index=target, shape=(size,))
    return reshape(added, operand.shape)


def _select_and_gather_add(tangents: Any, operand: Any, **params: Any) -> Any:
    return taken([tangents], _chosen(operand, params))


WINDOWS: Final[dict[str, Callable[..., Any]]] = {
    "reduce_window_max": _reduced(xp.max, -np.inf),
    "reduce_window_min": _reduced(xp.min, np.inf),
    "reduce_window_sum": _reduced(xp.sum, 0.0),
    "select_and_gather_add": _select_and_gather_add,
    "select_and_scatter_add": _select_and_scatter_add,
}
