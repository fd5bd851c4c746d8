"""Replay: a function is traced once, and run from then on as straight-line NumPy source."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from diffcheck.engine.replay.containers import Ineligible, is_traced, signature, traced
from diffcheck.engine.replay.function import MISS, NAN, Emitted, emitted
from diffcheck.engine.replay.program import Program
from diffcheck.engine.replay.simplify import simplified
from diffcheck.engine.replay.trace import Recording
from diffcheck.engine.tensor import Tensor
from diffcheck.engine.trees import leaves, tree_map

__all__ = ["compile"]

ASKED_AGAIN = (ArithmeticError, KeyError, TypeError, ValueError)


def compile(f: Callable[..., Any]) -> Callable[..., Any]:  # noqa: A001 - the issue's name
    """Return a function that traces f once for each kind of arguments, and then replays it.

    f may use every op and transform of the engine: `compile(value_and_grad(loss))` replays forward
    and backward. Arrays, NumPy scalars and Python floats are arguments of the program; everything
    else (ints, strings, None) is part of it by value. Other shapes, dtypes or containers are traced
    anew. Raises `OperationError` where the course of f depends on the value of an array.
    `compiled.source(*args)` returns the source that runs for such arguments. Results are those of f
    to the bit; arrays that f closes over are constants. Inside an outer transform, and on balls or
    bfloat16, f itself is called.

    >>> from diffcheck import engine as xp
    >>> slope = compile(xp.grad(lambda x: xp.sin(x) * x))
    >>> float(slope(0.0))
    0.0
    """
    replays = _Replays(f)

    @wraps(f)
    def compiled(*args: Any, **kwargs: Any) -> Any:
        try:
            result = replays.latest(*args, **kwargs)
        except ASKED_AGAIN:
            return replays.general(args, kwargs)
        return result if result is not MISS and result is not NAN else replays.general(args, kwargs)

    compiled.source = replays.source  # type: ignore[attr-defined]  # an attribute of a function
    return compiled


class _Entry:
    """What was recorded for one signature, and the functions made of it as they were needed."""

    def __init__(self, program: Program, arguments: Any, output: Any, names: list[str]) -> None:
        self.program, self.arguments, self.output, self.names = program, arguments, output, names
        self.fast = self._emit(fast=True)
        self._slow: Emitted | None = None

    def _emit(self, *, fast: bool) -> Emitted:
        return emitted(self.program, self.arguments, self.output, self.names, fast=fast)

    def call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the program; where `math` raises, with NumPy's inf and nan."""
        try:
            return self.fast.call(*args, **kwargs)
        except ASKED_AGAIN:
            if self._slow is None:
                self._slow = self._emit(fast=False)
            return self._slow.call(*args, **kwargs)


class _Replays:
    """The programs of one function, by signature."""

    def __init__(self, f: Callable[..., Any]) -> None:
        self.f = f
        self.entries: dict[Any, _Entry] = {}
        self.latest: Callable[..., Any] = lambda *_args, **_kwargs: MISS

    def general(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Find the program by signature, or record it."""
        try:
            key = signature((args, kwargs))
        except Ineligible:
            return self.f(*args, **kwargs)
        entry = self.entries.get(key)
        if entry is None:
            result, entry = self._recorded(args, kwargs)
            self.entries[key] = entry
            self.latest = entry.fast.call
            return result
        self.latest = entry.fast.call
        result = entry.call(args, kwargs)
        return self.f(*args, **kwargs) if result is MISS or result is NAN else result

    def source(self, *args: Any, **kwargs: Any) -> str:
        """Return the source that runs for these arguments."""
        key = signature((args, kwargs))
        if key not in self.entries:
            self.general(args, kwargs)
        return self.entries[key].fast.source

    def _recorded(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, _Entry]:
        trace = Recording()
        inputs: list[int] = []

        def enter(leaf: Any) -> Tensor:
            tensor = trace.input(leaf)
            inputs.append(tensor.node)
            return tensor

        with np.errstate(all="ignore"):
            output = self.f(*traced(args, enter), **traced(kwargs, enter))
        numbers = [_number(trace, leaf) for leaf in leaves(output)]
        program = simplified(Program(trace.nodes, inputs, numbers, trace.watched))
        example = tree_map(lambda leaf: leaf, output)
        entry = _Entry(program, (args, kwargs), example, _names(self.f, len(args)))
        return tree_map(lambda leaf: _value(trace, leaf), output), entry


def _number(trace: Recording, leaf: Any) -> int:
    if type(leaf) is Tensor and leaf.trace is trace:
        return int(leaf.node)
    return trace.constant(leaf)


def _value(trace: Recording, leaf: Any) -> Any:
    if type(leaf) is not Tensor:
        return leaf
    return leaf.value


def _names(f: Callable[..., Any], count: int) -> list[str]:
    """Return names for the positional arguments: those of f where it has them."""
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    positional = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return [positional[k] if k < len(positional) else f"x{k}" for k in range(count)]


_ = is_traced
