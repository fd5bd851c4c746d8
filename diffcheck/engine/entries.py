# ruff: noqa: F401 - the templates name what is imported
"""Entries: the functions that programs and rules call, one per op, specialised by its arguments.

What every op does on its way to the tape is written out here for one and for two arguments, because
a function call more per op is what separates an engine for scalars from a slow one.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy import float64, ndarray

from diffcheck.engine.ball_trace import BALLS, is_complex, lift, lower
from diffcheck.engine.errors import APPLICATION_ERRORS, failure, refused_complex
from diffcheck.engine.narrow_trace import NARROW, is_narrow
from diffcheck.engine.slimming import MANY, slim
from diffcheck.engine.tensor import Tensor, in_numpy

if TYPE_CHECKING:
    from diffcheck.engine.table import Op

Entry = Callable[..., Any]
WEAK: Final = frozenset((int, float, bool, np.bool))  # a condition decides, and promotes nothing
WHOLE: Final = frozenset((int, bool))
REAL: Final = np.dtype(float64)


def entry_of(op: Op) -> Entry:
    """Return the function that applies an op to arrays, tensors and balls."""
    builder = {0: _general, 1: _unary, 2: _binary}[op.form]
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


def _recording_of(tree: tuple[Any, ...]) -> Any:
    """Return the trace that records everything, where it has a tensor among parameters."""
    for value in tree:
        trace = value.trace if type(value) is Tensor else None
        if type(value) is tuple:
            trace = _recording_of(value)
        if hasattr(trace, "refuse"):
            return trace
    return None


# The entries of one and of two arrays. They are written out, with an operator in place of a call
# where the forward is one: the call costs half of what a product of two numbers does. Those of ops
# that do not take complex operands as they stand look at their dtype first.
UNARY: Final = """\
def maker(op, forward, code):
    general = _general(op)

    def call(x):
        if type(x) is not Tensor:
            return {on_arrays}
        tape, value = x.trace, x.value
        if not tape.plain:
            return {recorded}
        {guard}
        try:
            y = {forward}
        except APPLICATION_ERRORS as error:
            raise failure(op, (value,), {{}}, error) from error
        entries = tape.entries
        result = Tensor()
        result.value, result.trace, result.node = y, tape, len(entries)
        if type(y) is ndarray and y.size > MANY:
            entries.append(slim(op, code, x.node, value, y))
        else:
            entries.append((code, x.node, value, y))
        return result
    return call
"""
BINARY: Final = """\
def maker(op, forward, code):
    general = _general(op)

    def call(a, b):
        if type(a) is Tensor:
            tape, i, x = a.trace, a.node, a.value
            if type(b) is not Tensor:
                j, y = None, b
            elif b.trace is tape:
                j, y = b.node, b.value
            else:
                return general(a, b)
        elif type(b) is Tensor:
            if type(a) is complex:
                a = in_numpy(a, b)
            i, x = None, a
            tape, j, y = b.trace, b.node, b.value
        else:
            return {on_arrays}
        if not tape.plain:
            return {recorded}
        {guard}
        try:
            z = {forward}
        except APPLICATION_ERRORS as error:
            raise failure(op, (x, y), {{}}, error) from error
        entries = tape.entries
        result = Tensor()
        result.value, result.trace, result.node = z, tape, len(entries)
        if type(z) is ndarray and z.size > MANY:
            entries.append(slim(op, code, i, j, x, y, z))
        else:
            entries.append((code, i, j, x, y, z))
        return result
    return call
"""
WRITTEN: Final = {
    operator.add: "x + y", operator.sub: "x - y", operator.mul: "x * y",
    operator.truediv: "x / y", operator.neg: "-value",
}  # fmt: skip


REAL_ONLY: Final = {
    "x": "if type(value) is not float64 and is_complex(value): return of_complex(op, (x,), {})",
    "a, b": "if is_complex(x) or is_complex(y): return of_complex(op, (a, b), {})",
}


def _unary(op: Op) -> Entry:
    maker = _maker(UNARY, "x", WRITTEN.get(op.forward, "forward(value)"), op.complex is not True)
    return maker(op, op.forward, op.code)


def _binary(op: Op) -> Entry:
    maker = _maker(BINARY, "a, b", WRITTEN.get(op.forward, "forward(x, y)"), op.complex is not True)
    return maker(op, op.forward, op.code)


@cache
def _maker(template: str, operands: str, forward: str, real_only: bool) -> Callable[..., Entry]:
    """Return what makes an entry, in this module's name: its frames are the engine's own."""
    names: dict[str, Any] = {}
    parts = {
        "on_arrays": f"on_arrays(op, ({operands},), {{}})",
        "recorded": f"tape.record(op, ({operands},), {{}})",
        "guard": "",
    }
    if real_only:
        general = f"general({operands})"
        parts = {"on_arrays": general, "recorded": general, "guard": REAL_ONLY[operands]}
    code = compile(template.format(forward=forward, **parts), __file__, "exec")
    exec(code, globals(), names)  # noqa: S102 - our own source
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
