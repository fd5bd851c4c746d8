"""The reverse sweep over plain arrays: no dispatch, no search, buffers reused.

Cotangents stand in a list by slot. One that comes from a sum may have fewer elements than its slot
and stand for its broadcast: elementwise rules need no more. A buffer that the sweep made itself is
added to in place.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from diffcheck.engine.backward_source import backward_source, loop_source
from diffcheck.engine.binding import bind_plain
from diffcheck.engine.entry_source import WRITTEN
from diffcheck.engine.errors import HERE
from diffcheck.engine.slimming import MANY
from diffcheck.engine.tape import ALIKE, CODED, NUMBERS, unpacked

if TYPE_CHECKING:
    from diffcheck.engine.table import Op

FEW_COLUMNS, FEW_ELEMENTS = 32, 2**18

Cotangents = list[Any]
Rules = tuple[Callable[..., Any] | None, ...]
Backward = Callable[[Cotangents, Any, Any, set[int]], None]


def sweep_arrays(
    entries: list[Any], cotangents: Cotangents, inputs: int, *, consume: bool = False
) -> Cotangents:
    """Return the cotangents of the inputs, the first `inputs` slots, from those of all slots.

    With `consume` the entries are dropped on the way, so that the values they hold are freed.
    """
    if not consume:
        entries = entries.copy()
    del entries[:inputs]
    _loop()(entries, cotangents, set())
    return cotangents


@cache
def _loop() -> Callable[[list[Any], Cotangents, set[int]], None]:
    """Return the loop over a tape, which takes arithmetic back itself."""
    ops = {op.forward: op for op in CODED[1:] if op.form == 2 and op.forward in WRITTEN}
    written = [ops[forward] for forward in WRITTEN if forward in ops]
    source = loop_source(((op.code, op.keeps, _bound(op)) for op in written), NUMBERS, ALIKE)
    namespace = {"backwards": BACKWARDS, "added": added, "MANY": MANY}
    exec(compile(source, f"{HERE}/<loop>", "exec"), namespace)  # noqa: S102 - our own
    return namespace["loop"]  # type: ignore[return-value]  # from the source


def forget_backward(op: Op) -> None:
    """Let the function that takes entries of this op back be made (again) when it is needed."""
    BACKWARDS.extend([_unknown] * (op.code + 3 - len(BACKWARDS)))
    BACKWARDS[op.code : op.code + 3] = [_unknown] * 3
    _loop.cache_clear()


def _unknown(cotangents: Cotangents, g: Any, entry: Any, owned: set[int]) -> None:
    op = unpacked(entry)[0]
    functions = backwards_of(op)
    if op.code:
        BACKWARDS[op.code : op.code + 3] = functions
    functions[entry[0] - op.code](cotangents, g, entry, owned)


BACKWARDS: Final[list[Backward]] = [_unknown]
"""What takes an entry back, by its code; for custom rules, code 0, it is made each time."""


def backwards_of(op: Op) -> tuple[Backward, Backward, Backward]:
    """Return what takes entries of this op back: any, those of numbers, those of arrays alike."""
    rules = _bound(op)
    if not op.form:
        general = _general_of(op, rules)
        return general, general, general
    source, names = backward_source(rules, elementwise=op.kind == "elementwise", keeps=op.keeps)
    namespace = {**names, "fit": fit, "in_kind": in_kind, "added": added}
    exec(compile(source, f"{HERE}/<{op.name}>", "exec"), namespace)  # noqa: S102 - our own
    of_any = namespace["of_any"]
    return of_any, namespace.get("of_numbers", of_any), namespace.get("of_alike", of_any)


def _bound(op: Op) -> Rules:
    return tuple(rule and bind_plain(rule) for rule in _rules(op))


def _rules(op: Op) -> Rules:
    return op.vjp if isinstance(op.vjp, tuple) else (op.vjp,)


def _general_of(op: Op, rules: Rules) -> Backward:
    if op.accumulate is not None and rules[0] is not None:
        return _accumulating(rules[0], op.accumulate)
    return _general(op, rules) if op.split is None else _splitting(op.split)


def _accumulating(rule: Callable[..., Any], accumulate: Callable[..., None]) -> Backward:
    """Return what takes entries of an op of one argument back, whose cotangents it adds itself.

    What the rule gives is the first of them, in a buffer of its own.
    """

    def backward(cotangents: Cotangents, g: Any, entry: Any, owned: set[int]) -> None:
        _, (slot,), (x,), params, y = entry
        known = cotangents[slot]
        if known is None:
            t = rule(g, y, x, **params)
            cotangents[slot] = t if t.dtype is x.dtype else in_kind(t, x)
            owned.add(slot)
            return
        if slot not in owned:
            cotangents[slot] = known = np.array(np.broadcast_to(known, x.shape), dtype=x.dtype)
            owned.add(slot)
        accumulate(known, g, **params)

    return backward


def _splitting(split: Callable[..., list[Any]]) -> Backward:
    """Return what takes entries of an op of any number of arrays back, all at once."""

    def backward(cotangents: Cotangents, g: Any, entry: Any, owned: set[int]) -> None:
        _, slots, args, params, y = entry
        if g.shape != y.shape:
            g = np.broadcast_to(g, y.shape)
        for slot, x, t in zip(slots, args, split(g, args, **params), strict=True):
            if slot is not None:
                t = t if t.dtype is x.dtype else in_kind(t, x)  # noqa: PLW2901 - in its operand's dtype
                known = cotangents[slot]
                cotangents[slot] = t if known is None else added(known, t, x, slot, owned)

    return backward


def _general(op: Op, rules: Rules) -> Backward:
    elementwise = op.kind == "elementwise"
    variadic = not isinstance(op.vjp, tuple)

    def backward(cotangents: Cotangents, g: Any, entry: Any, owned: set[int]) -> None:
        _, slots, args, params, y = unpacked(entry)
        if not elementwise and g.shape != y.shape:
            g = np.broadcast_to(g, y.shape)
        for position, slot in enumerate(slots):
            if slot is None:
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
    """Return the sums over the first axis, as a product with ones where that is faster."""
    if is_stack_turned(t):
        return _ones(t.shape[0], t.dtype) @ t.transpose(1, 0, 2)
    if is_summed_by_ones(t.shape, t.dtype):
        return _ones(t.shape[0], t.dtype).dot(t)
    return np.add.reduce(t, axis=0)


def is_summed_by_ones(shape: tuple[int, ...], dtype: np.dtype[Any]) -> bool:
    """Whether a matrix is one of few columns, or of few elements."""
    if len(shape) != 2 or dtype.char not in "fd" or 0 in shape:
        return False
    return shape[1] <= FEW_COLUMNS or shape[0] * shape[1] <= FEW_ELEMENTS


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
