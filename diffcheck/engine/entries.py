# ruff: noqa: F401 - the templates name what is imported
"""Entries: the functions that programs and rules call, one per op, specialised by its arguments.

What every op does on its way to the tape is written out here for one and for two arguments, because
a function call more per op is what separates an engine for scalars from a slow one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy import float64, ndarray

from diffcheck.engine.ball_trace import BALLS, is_complex, lift, lower
from diffcheck.engine.entry_source import WRITTEN, entry_source
from diffcheck.engine.errors import APPLICATION_ERRORS, failure, refused_complex
from diffcheck.engine.narrow_trace import NARROW, is_narrow
from diffcheck.engine.slimming import MANY, reads_of, shared_form, slim
from diffcheck.engine.tape import ALIKE, NUMBERS
from diffcheck.engine.tensor import Tensor, in_numpy

if TYPE_CHECKING:
    from diffcheck.engine.table import Op

Entry = Callable[..., Any]
WEAK: Final = frozenset((int, float, bool, np.bool))  # a condition decides, and promotes nothing
WHOLE: Final = frozenset((int, bool))
REAL: Final = np.dtype(float64)


def entry_of(op: Op) -> Entry:
    """Return the function that applies an op to arrays, tensors and balls."""
    builder = {0: _parametrised, 1: _unary, 2: _binary}[op.form]
    call = builder(op)
    call.__name__ = call.__qualname__ = op.name
    call.__doc__ = f"The op {op.name!r}; `diffcheck.engine.TABLE` says all of it."
    call.operation = op  # type: ignore[attr-defined]  # read by `bind_plain`
    return call


def of_complex(op: Op, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
    """Apply what stands for an op where an operand is complex."""
    if callable(op.complex):
        return op.complex(*args, **params)
    raise refused_complex(op, args)


def _general(op: Op) -> Entry:
    real_only = op.complex is not True

    def call(*args: Any, **params: Any) -> Any:
        top = right = None
        for a in args:
            if type(a) is Tensor:
                trace, right = a.trace, a
                if top is None or trace.level > top.level:
                    top = trace
        if right is not None and complex in map(type, args):
            args = tuple([in_numpy(a, right) for a in args])
        if real_only and any(map(is_complex, args)):
            return of_complex(op, args, params)
        if top is None and params:
            top = _recording_of(tuple(params.values()))
        if top is None:
            return on_arrays(op, args, params)
        return top.record(op, args, params)

    return call


def _parametrised(op: Op) -> Entry:
    """Return the entry of an op of any form, with one tensor as its most frequent case."""
    general, real_only = _general(op), op.complex is not True

    def call(*args: Any, **params: Any) -> Any:
        if len(args) != 1 or type(args[0]) is not Tensor:
            return general(*args, **params)
        (x,) = args
        tape, entries = x.trace, x.trace.plain
        if entries is None or (real_only and is_complex(x)):
            return general(x, **params)
        y = op.apply((x.value,), params, nested=False)
        if op.vjp is None:
            return y
        if op.selects is not None:
            tape.selecting = True
        result = Tensor()
        result.value, result.trace, result.node, result.form = y, tape, len(entries), None
        entries.append((op.code, (x.node,), (x.value,), params, y))
        return result

    return call


def _recording_of(tree: tuple[Any, ...]) -> Any:
    """Return the trace that records everything, where it has a tensor among parameters."""
    for value in tree:
        trace = value.trace if type(value) is Tensor else None
        if type(value) is tuple:
            trace = _recording_of(value)
        if hasattr(trace, "refuse"):
            return trace
    return None


def _unary(op: Op) -> Entry:
    return _made(op, "one")


def _binary(op: Op) -> Entry:
    return _made(op, "either")


def methods_of(op: Op) -> tuple[Entry, Entry]:
    """Return an op as the methods of a tensor that is its first or its second operand."""
    entry = op.entry
    if op.form != 2:
        return entry, lambda b, a: entry(a, b)
    return _made(op, "first"), _made(op, "second")


def _made(op: Op, known: str) -> Entry:
    if op.forward in WRITTEN:
        op.keeps = reads_of(op)
    return _maker(entry_source(op, known))(op, op.forward, op.code)


@cache
def _maker(source: str) -> Callable[..., Entry]:
    """Return what makes an entry, in this module's name: its frames are the engine's own."""
    names: dict[str, Any] = {}
    exec(compile(source, __file__, "exec"), globals(), names)  # noqa: S102 - our own source
    return names["maker"]  # type: ignore[no-any-return]  # from the source


def on_arrays(op: Op, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
    """Apply an op to plain arrays, and to lists and numbers as NumPy takes them.

    Object arrays are balls, and a bfloat16 stays one. What comes of Python's numbers alone is one,
    too, and weak: sqrt(2.0) must not promote a float32.
    """
    weak = whole = True
    for a in args:
        kind = type(a)
        if kind is list or kind is tuple:
            return op.entry(*map(_in_array, args), **params)
        if getattr(a, "dtype", REAL).kind in "OV":
            trace = NARROW if is_narrow(a) else BALLS
            return lower(trace.record(op, tuple(lift(b) for b in args), params))
        weak = weak and kind in WEAK
        whole = whole and (kind in WHOLE or getattr(a, "dtype", REAL).kind in "iub")
    if whole and args and _is_of_reals(op):
        args = tuple([float64(a) for a in args])
    return _on_numbers(op, args, params) if weak and args else op.forward(*args, **params)


def _is_of_reals(op: Op) -> bool:
    """Whether a forward is written for real numbers: ufuncs and operators know what to do."""
    written = op.kind == "elementwise" and type(op.forward) is FunctionType
    return written and op.vjp is not None and op.name not in ("where", "relu")


def _on_numbers(op: Op, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
    """Apply an op to Python's numbers; as float64 where they will not do.

    So it is for a forward that asks for a dtype, for 1/0, and for truth values, which NumPy takes
    for half precision.
    """
    try:
        result = op.forward(*args, **params)
    except APPLICATION_ERRORS:
        result = None
    if result is None or type(result) is np.float16:
        result = op.apply(tuple(map(float64, args)), params, nested=False)
    return result.item() if isinstance(result, (np.floating, np.integer)) else result


def _in_array(a: Any) -> Any:
    return np.asarray(a) if isinstance(a, (list, tuple)) else a
