"""Replay: a function is traced once, and run from then on as straight-line NumPy source."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cached_property, wraps
from threading import Lock
from typing import Any

import numpy as np

from diffcheck.engine.flow import RECORDED_SWEEP
from diffcheck.engine.pushing import RECORDED_PASS, RecordedPass
from diffcheck.engine.replay.containers import Ineligible, signature, traced
from diffcheck.engine.replay.function import MISS, NAN, Emitted, emitted
from diffcheck.engine.replay.program import Flavor, Program
from diffcheck.engine.replay.simplify import simplified
from diffcheck.engine.replay.sweeps import masked_sweep, watched, watched_sweep
from diffcheck.engine.replay.trace import Recording
from diffcheck.engine.tensor import Tensor
from diffcheck.engine.trees import leaves, tree_map

__all__ = ["compile"]

ASKED_AGAIN = (ArithmeticError, KeyError, TypeError, ValueError)


def compile(f: Callable[..., Any]) -> Callable[..., Any]:  # noqa: A001 - the issue's name
    """Return a function that traces f once for each kind of arguments, and then replays it.

    The first call gives what was found while tracing; the second one writes the source out, so that
    a program that runs once costs a trace. f may use every op and transform of the engine:
    `compile(value_and_grad(loss))` replays forward and backward. Arrays, NumPy scalars and Python
    floats are arguments of the program; everything else (ints, strings, None) is part of it by
    value. Other shapes, dtypes or containers are traced anew. Raises `OperationError` where the
    course of f depends on the value of an array. `compiled.source(*args)` returns the source that
    runs for such arguments. Results are those of f to the bit, but for the sign of zeros, for
    functions such as `prod` that are NumPy's own where nothing is traced, and for a direction of
    forward mode that is an argument, 0 and beside an infinite slope (a nan); arrays that f closes
    over are constants. Inside an outer transform, and on balls or bfloat16, f itself is called.

    >>> from diffcheck import engine as xp
    >>> slope = compile(xp.grad(lambda x: xp.sin(x) * x))
    >>> float(slope(0.0))
    0.0
    """
    replays = _Replays(f)

    @wraps(f)
    def compiled(*args: Any, **kwargs: Any) -> Any:
        latest = replays.latest
        try:
            result = latest(args, kwargs)
        except ASKED_AGAIN:
            return replays.general(args, kwargs)
        return result if result is not MISS and result is not NAN else replays.general(args, kwargs)

    compiled.source = replays.source  # type: ignore[attr-defined]  # an attribute of a function
    return compiled


class _Recorded:
    """One recording: the program, and the functions made of it as they are needed."""

    def __init__(self, f: Callable[..., Any], args: Any, kwargs: Any, *, masked: bool) -> None:
        trace = Recording()
        inputs: list[int] = []

        def enter(leaf: Any) -> Tensor:
            tensor = trace.input(leaf)
            inputs.append(tensor.node)
            return tensor

        token = RECORDED_SWEEP.set(masked_sweep if masked else watched_sweep(trace))
        pass_token = RECORDED_PASS.set(RecordedPass(masked=masked, watch=watched(trace)))
        try:
            with np.errstate(all="ignore"):
                self.output = f(*traced(args, enter), **traced(kwargs, enter))
        finally:
            RECORDED_SWEEP.reset(token)
            RECORDED_PASS.reset(pass_token)
            trace.ended = True
        outputs = [_number(trace, leaf) for leaf in leaves(self.output)]
        self.first = NAN if trace.has_nan else tree_map(lambda y: _value(trace, y), self.output)
        self.names = _names(f, len(args))
        self._recording = Program(trace.nodes, inputs, outputs, frozenset(trace.watched))
        self._written: dict[bool, Emitted] = {}
        self._lock = Lock()

    @cached_property
    def _program(self) -> Program:
        return simplified(self._recording)

    def written(self, args: tuple[Any, ...], kwargs: dict[str, Any], *, fast: bool) -> Emitted:
        """Return the program as a function of arguments of this kind, written when first asked for.

        What runs is `fast`, in Python floats where it can; the other one computes in NumPy scalars
        throughout: it gives inf and nan where `math` raises.
        """
        with self._lock:
            if fast not in self._written:
                self._written[fast] = emitted(
                    self._program, (args, kwargs), self.output, self.names, fast=fast
                )
        return self._written[fast]

    def call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the program."""
        try:
            return self.written(args, kwargs, fast=True).call(args, kwargs)
        except ASKED_AGAIN:
            return self.written(args, kwargs, fast=False).call(args, kwargs)


class _Replays:
    """The programs of one function, by signature: without masks, and with."""

    def __init__(self, f: Callable[..., Any]) -> None:
        self.f = f
        self.plain: dict[Any, _Recorded] = {}
        self.masked: dict[Any, _Recorded] = {}
        self.latest: Callable[..., Any] = lambda _args, _kwargs: MISS

    def general(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Find the program by signature, or record it."""
        try:
            key = signature((args, kwargs))
        except Ineligible:
            return self.f(*args, **kwargs)
        known = key in self.plain  # a program that runs once is not written
        result = self._run(self.plain, key, args, kwargs)
        if known:
            self.latest = self.plain[key].written(args, kwargs, fast=True).call
        if result is NAN:
            result = self._run(self.masked, key, args, kwargs)
        return self.f(*args, **kwargs) if result is MISS else result

    def _run(self, programs: dict[Any, _Recorded], key: Any, args: Any, kwargs: Any) -> Any:
        """Replay a program; the first time, what was found while recording is the answer."""
        if key in programs:
            return programs[key].call(args, kwargs)
        recorded = _Recorded(self.f, args, kwargs, masked=programs is self.masked)
        programs[key] = recorded
        first, recorded.first = recorded.first, None
        return first

    def source(self, *args: Any, **kwargs: Any) -> str:
        """Return the source that runs for these arguments."""
        key = signature((args, kwargs))
        if key not in self.plain:
            self.general(args, kwargs)
        return self.plain[key].written(args, kwargs, fast=True).source


def _number(trace: Recording, leaf: Any) -> int:
    if type(leaf) is Tensor and leaf.trace is trace:
        return int(leaf.node)
    return trace.constant(leaf)


def _value(trace: Recording, leaf: Any) -> Any:
    """Return a result of the recording, in memory of its own."""
    if type(leaf) is not Tensor or leaf.trace is not trace:
        return leaf.copy() if type(leaf) is np.ndarray else leaf  # the program keeps its constant
    node = trace.nodes[leaf.node]
    if node.flavor is Flavor.WEAK:
        return float(leaf.value)
    return leaf.value.copy() if node.alias or node.role != "op" else leaf.value


def _names(f: Callable[..., Any], count: int) -> list[str]:
    """Return names for the positional arguments: those of f where it has them."""
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    ordered = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    positional = [p.name for p in parameters if p.kind in ordered]
    return [positional[k] if k < len(positional) else f"x{k}" for k in range(count)]
