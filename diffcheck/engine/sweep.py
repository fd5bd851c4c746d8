"""The reverse sweep over plain arrays: no dispatch, no search, buffers reused.

Cotangents stand in a list by slot. One that comes from a sum may have fewer elements than its slot
and stand for its broadcast: elementwise rules need no more. A buffer that the sweep made itself is
added to in place.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from diffcheck.engine.binding import bind_plain
from diffcheck.engine.inlining import backward_source
from diffcheck.engine.tape import unpacked

if TYPE_CHECKING:
    from diffcheck.engine.table import Op

FEW_COLUMNS = 32

Cotangents = list[Any]
Backward = Callable[[Cotangents, Any, Any, set[int]], None]


def sweep_arrays(
    entries: list[Any], cotangents: Cotangents, top: int, *, consume: bool = False
) -> None:
    """Turn the cotangents of outputs into those of inputs, in place.

    With `consume` the entries are dropped on the way, so that the values they hold are freed.
    """
    owned: set[int] = set()
    backwards = BACKWARDS
    for slot in range(top, -1, -1):
        g = cotangents[slot]
        if g is None:
            continue
        entry = entries[slot]
        if entry is None:
            continue
        cotangents[slot] = None
        backwards[entry[0]](cotangents, g, entry, owned)
        if consume:
            entries[slot] = None


def forget_backward(op: Op) -> None:
    """Let the function that takes entries of this op back be made (again) when it is needed."""
    BACKWARDS.extend([_unknown] * (op.code + 1 - len(BACKWARDS)))
    BACKWARDS[op.code] = _unknown


def _unknown(cotangents: Cotangents, g: Any, entry: Any, owned: set[int]) -> None:
    op = unpacked(entry)[0]
    backward = backward_of(op)
    if op.code:
        BACKWARDS[op.code] = backward
    backward(cotangents, g, entry, owned)


BACKWARDS: Final[list[Backward]] = [_unknown]
"""What takes an entry back, by the code of its op; for custom rules it is made each time."""


def backward_of(op: Op) -> Backward:
    """Return the function that takes one entry of this op back."""
    rules = tuple(rule and bind_plain(rule) for rule in _rules(op))
    if not op.form or op.accumulate is not None:
        return _general(op, rules)
    source, names = backward_source(rules, elementwise=op.kind == "elementwise")
    namespace = {**names, "fit": fit, "in_kind": in_kind, "added": added}
    exec(compile(source, f"<backward of {op.name}>", "exec"), namespace)  # noqa: S102 - our own
    return namespace["backward"]  # type: ignore[no-any-return]  # from the source


def _rules(op: Op) -> tuple[Callable[..., Any] | None, ...]:
    return op.vjp if isinstance(op.vjp, tuple) else (op.vjp,)


def _general(op: Op, rules: tuple[Callable[..., Any] | None, ...]) -> Backward:
    elementwise = op.kind == "elementwise"
    variadic = not isinstance(op.vjp, tuple)
    accumulate = op.accumulate

    def backward(cotangents: Cotangents, g: Any, entry: Any, owned: set[int]) -> None:
        _, slots, args, params, y = unpacked(entry)
        if not elementwise and g.shape != y.shape:
            g = np.broadcast_to(g, y.shape)
        for position, slot in enumerate(slots):
            if slot is None:
                continue
            if accumulate is not None:
                accumulate(_buffer(cotangents, slot, args[position], owned), g, **params)
                continue
            rule = rules[0] if variadic else rules[position]
            if rule is None:
                continue
            given = (position, g, y, *args) if variadic else (g, y, *args)
            t = rule(*given, **params)
            if elementwise:
                t = fit(t, args[position], y)
            elif t.dtype is not args[position].dtype:
                t = in_kind(t, args[position])
            known = cotangents[slot]
            cotangents[slot] = t if known is None else added(known, t, args[position], slot, owned)

    return backward


def added(known: Any, t: Any, x: Any, slot: int, owned: set[int]) -> Any:
    """Return a cotangent of x with t added: into a new array the first time, then in place.

    What is owned has the shape of x, so that whatever stands for its broadcast can be added to it.
    """
    if slot in owned:
        known += t
        return known
    known = known + t
    if known.shape == x.shape:
        owned.add(slot)
    return known


def _buffer(cotangents: Cotangents, slot: int, x: Any, owned: set[int]) -> Any:
    """Return a buffer of x's shape that holds the cotangent of a slot and may be written to."""
    known = cotangents[slot]
    if known is None:
        known = np.zeros(x.shape, x.dtype)
    elif slot in owned:
        return known
    else:
        known = np.array(np.broadcast_to(known, x.shape), dtype=x.dtype)
    cotangents[slot] = known
    owned.add(slot)
    return known


def fit(t: Any, x: Any, y: Any) -> Any:
    """Bring a cotangent to the shape and kind of its operand x, which was broadcast to y's shape.

    Where y has the shape of x, a cotangent of fewer elements stands for its broadcast.
    """
    t = in_kind(t, x)
    if x.shape == y.shape:
        return t
    if t.shape != y.shape:
        t = np.broadcast_to(t, y.shape)
    axes = _stretched(t.shape, x.shape)
    total = _column_sums(t) if axes == (0,) else np.add.reduce(t, axis=axes)
    return total if total.shape == x.shape else total.reshape(x.shape)


@lru_cache(maxsize=256)
def _stretched(shape: tuple[int, ...], operand: tuple[int, ...]) -> tuple[int, ...]:
    """Return the axes that broadcasting an operand to `shape` added or stretched."""
    added = len(shape) - len(operand)
    return tuple(axis for axis, n in enumerate(shape) if axis < added or operand[axis - added] != n)


def _column_sums(t: Any) -> Any:
    """Return the sums over the first axis; for few columns a product with ones is faster."""
    if is_stack_turned(t):
        return _ones(t.shape[0], t.dtype) @ t.transpose(1, 0, 2)
    if t.ndim == 2 and 0 < t.shape[1] <= FEW_COLUMNS and t.dtype.char in "fd":
        return _ones(t.shape[0], t.dtype).dot(t)
    return np.add.reduce(t, axis=0)


def is_stack_turned(t: Any) -> bool:
    """Whether a stack of matrices of few columns lies in memory by its second axis, as einsum's."""
    return bool(
        t.ndim == 3 and t.shape[2] <= FEW_COLUMNS and t.dtype.char in "fd"
        and not t.flags.c_contiguous and t.transpose(1, 0, 2).flags.c_contiguous
    )  # fmt: skip


@lru_cache(maxsize=64)
def _ones(count: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    return np.ones(count, dtype)


def in_kind(t: Any, x: Any) -> Any:
    """Return a cotangent in the dtype of its operand: the real part where the operand is real."""
    if t.dtype == x.dtype:
        return t
    if t.dtype.kind == "c" and x.dtype.kind != "c":
        t = t.real
    return t.astype(x.dtype, copy=False)
