"""Many directions in one forward pass: tangents with one more axis, the first.

Elementwise rules need nothing else, for NumPy broadcasts; linear ops that only move numbers are
told of the axis in their parameters. What is not known here goes direction by direction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from diffcheck.engine.table import Op, Rule
from diffcheck.engine.tensor import OPS, Tensor, shape_of
from diffcheck.engine.values import zeros_like

Params = dict[str, Any]
RuleOf = Callable[[Op, int], Rule | None]


def batched_tangent(
    op: Op,
    rule_of: RuleOf,
    tangents: list[Any],
    y: Any,
    args: tuple[Any, ...],
    params: Params,
    count: int,
) -> Any:
    """Return the tangents of a result in `count` directions, None where the op cannot be batched.

    `rule_of(op, position)` is the rule of forward mode in one argument, `tangents` are those of the
    arguments or None.
    """
    if op.kind == "elementwise":
        return _elementwise(op, rule_of, tangents, y, args, params, count)
    if op.name == "matmul":
        return _matmul(tangents, y, args, count)
    if op.name not in MOVED or any(type(part) is Tensor for part in params.values()):
        return None
    ndim = len(shape_of(y if op.name in ("concat", "stack") else args[0]))
    moved = MOVED[op.name](params, ndim, count)
    if moved is None:
        return None
    full = [
        _repeated(zeros_like(a), count) if t is None else t
        for t, a in zip(tangents, args, strict=True)
    ]
    if op.name == "broadcast_to":
        full[0] = aligned(full[0], len(params["shape"]))
    return op.apply(tuple(full), moved)


def _elementwise(
    op: Op,
    rule_of: RuleOf,
    tangents: list[Any],
    y: Any,
    args: tuple[Any, ...],
    params: Params,
    count: int,
) -> Any:
    total = None
    shape = (count, *shape_of(y))
    for position, t in enumerate(tangents):
        rule = None if t is None else rule_of(op, position)
        if rule is None:
            continue
        if len(shape_of(t)) < len(shape):
            t = aligned(t, len(shape) - 1)  # noqa: PLW2901 - the same tangent, in another shape
        term = rule(t, y, *args, **params)
        if shape_of(term) != shape:
            term = OPS["broadcast_to"](term, shape=shape)
        total = term if total is None else total + term
    return total


def aligned(t: Any, ndim: int) -> Any:
    """Put axes of length 1 behind the first, so that NumPy broadcasts the others."""
    count, *shape = shape_of(t)
    missing = ndim - len(shape)
    return OPS["reshape"](t, shape=(count, *(1,) * missing, *shape)) if missing else t


def _repeated(x: Any, count: int) -> Any:
    return OPS["broadcast_to"](x, shape=(count, *shape_of(x)))


def _matmul(tangents: list[Any], y: Any, args: tuple[Any, ...], count: int) -> Any:
    ranks = [len(shape_of(a)) for a in args]
    if min(ranks) < 2:
        return None
    left, right = tangents
    total = None
    if left is not None:
        total = OPS["matmul"](aligned(left, max(ranks)), args[1])
    if right is not None:
        term = OPS["matmul"](args[0], aligned(right, max(ranks)))
        total = term if total is None else total + term
    assert shape_of(total) == (count, *shape_of(y))
    return total


# The parameters of ops that move numbers, for one axis more in front.
def _shifted(axis: Any, ndim: int) -> Any:
    if isinstance(axis, tuple):
        return tuple(a % ndim + 1 for a in axis)
    return axis % ndim + 1


def _sum(params: Params, ndim: int, _count: int) -> Params:
    axis = params.get("axis")
    return {**params, "axis": _shifted(tuple(range(ndim)) if axis is None else axis, ndim)}


def _along_axis(params: Params, ndim: int, _count: int) -> Params | None:
    axis = params["axis"]
    return None if axis is None else {**params, "axis": _shifted(axis, ndim)}


def _into_shape(params: Params, _ndim: int, count: int) -> Params:
    return {**params, "shape": (count, *params["shape"])}


def _permuted(params: Params, ndim: int, _count: int) -> Params:
    return {"axes": (0, *_shifted(tuple(params["axes"]), ndim))}


def _keeps_axes(part: Any) -> bool:
    return part is None or part is Ellipsis or isinstance(part, slice)


def _is_integer(part: Any) -> bool:
    return isinstance(part, (int, np.integer)) and not isinstance(part, bool)


def _indexed(params: Params, _ndim: int, count: int) -> Params | None:
    index = params["index"]
    parts = index if isinstance(index, tuple) else (index,)
    advanced = [k for k, part in enumerate(parts) if not _keeps_axes(part)]
    if not all(_is_integer(parts[k]) for k in advanced):
        # NumPy puts the axes of an index in front where its arrays do not stand side by side; a
        # truth value, a sequence and an array without axes are arrays, integers go with them.
        apart = advanced != list(range(advanced[0], advanced[-1] + 1))
        if apart or any(type(part) is Tensor for part in parts):
            return None
    moved = {**params, "index": (slice(None), *parts)}
    return _into_shape(moved, 0, count) if "shape" in params else moved


def _same(params: Params, _ndim: int, _count: int) -> Params:
    return params


MOVED: Final[dict[str, Callable[[Params, int, int], Params | None]]] = {
    "sum": _sum,
    "cumulative_sum": _along_axis,
    "flip": _along_axis,
    "roll": _along_axis,
    "concat": _along_axis,
    "stack": _along_axis,
    "reshape": _into_shape,
    "broadcast_to": _into_shape,
    "permute_dims": _permuted,
    "getitem": _indexed,
    "scatter_add": _indexed,
    **dict.fromkeys(
        ("matrix_transpose", "conj", "real", "imag", "astype", "tril", "triu"), _same
    ),
}  # fmt: skip
