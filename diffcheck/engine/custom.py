"""Rules of one's own: `custom_vjp`, and `checkpoint`, which is one that computes again."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper, wraps
from typing import Any

import numpy as np

from diffcheck.engine.errors import OperationError
from diffcheck.engine.table import Op
from diffcheck.engine.tape import Tape
from diffcheck.engine.tensor import Tensor, base
from diffcheck.engine.transforms import vjp
from diffcheck.engine.trees import leaves, rebuild, tree_map
from diffcheck.engine.values import zeros_like

Function = Callable[..., Any]


class custom_vjp:  # noqa: N801 - a decorator, named as the field names it
    """Give a function a reverse-mode rule of its own, in place of its program's derivative.

    `defvjp(forward, backward)` takes two functions: forward(*args) gives the output and residuals,
    backward(residuals, cotangent) a tuple of one cotangent per argument, None for none. Arguments
    and output may be nested containers; backward runs once for each array of the output. Forward
    mode differentiates the function itself. Raises `OperationError` where the rule is missing or
    gives another number of cotangents, or where the function closes over traced values.

    >>> from diffcheck import engine
    >>> @engine.custom_vjp
    ... def clipped(x):
    ...     return x
    >>> clipped.defvjp(lambda x: (x, None), lambda _, g: (engine.clip(g, -1, 1),))
    >>> float(engine.grad(lambda x: 5 * clipped(x))(2.0))
    1.0
    """

    def __init__(self, function: Function) -> None:
        update_wrapper(self, function, updated=())  # not what marks an op of the engine
        self.function = function
        self._forward: Function | None = None
        self._backward: Function | None = None

    def defvjp(self, forward: Function, backward: Function) -> None:
        """Set the rule: forward(*args) -> (output, residuals), backward(residuals, g) -> tuple."""
        self._forward, self._backward = forward, backward

    def __call__(self, *args: Any) -> Any:
        tape = _top(args)
        if type(tape) is not Tape:
            return self.function(*args)
        if self._forward is None or self._backward is None:
            raise OperationError(
                f"{_name(self.function)} is a custom_vjp without a rule: call its defvjp first"
            )
        output, residuals = self._forward(*_lowered(args, tape))
        backward = self._backward

        def pull_back(g: Any) -> list[Any]:
            return _flat_like(args, backward(residuals, g), _name(self.function))

        return _noted(_name(self.function), tape, args, output, pull_back)


def checkpoint(function: Function) -> Function:
    """Return a function that keeps only its arguments for the reverse sweep, and runs twice.

    What it computes on the way is not stored but computed again when its cotangent arrives: memory
    for time (Griewank and Walther 2008, ch. 12). Arguments and output may be nested containers; it
    runs once more for each array of the output, and must do then what it did before: a dropout's
    mask has to be an argument. Raises `OperationError` where it closes over traced values: pass
    them as arguments.

    >>> from diffcheck import engine
    >>> block = engine.checkpoint(lambda x: engine.exp(engine.sin(x)))
    >>> round(float(engine.grad(block)(0.0)), 12)
    1.0
    """

    @wraps(function, updated=())
    def call(*args: Any) -> Any:
        tape = _top(args)
        if type(tape) is not Tape:
            return function(*args)
        values = _lowered(args, tape)
        flat = leaves(values)
        traced = [k for k, a in enumerate(leaves(args)) if _is_on(a, tape)]

        def of_traced(*inputs: Any) -> Any:
            given = dict(zip(traced, inputs, strict=True))
            return function(*rebuild(values, iter([given.get(k, a) for k, a in enumerate(flat)])))

        def pull_back(g: Any) -> list[Any]:
            found: list[Any] = [None] * len(flat)
            cotangents = vjp(of_traced, *(flat[k] for k in traced))[1](g)
            for k, cotangent in zip(traced, cotangents, strict=True):
                found[k] = cotangent
            return found

        return _noted(_name(function), tape, args, function(*values), pull_back)

    return call


def _name(function: Function) -> str:
    return getattr(function, "__name__", type(function).__name__)


def _top(args: Any) -> Any:
    traces = [a.trace for a in leaves(args) if type(a) is Tensor]
    return max(traces, key=lambda trace: trace.level, default=None)


def _is_on(a: Any, tape: Tape) -> bool:
    return type(a) is Tensor and a.trace is tape


def _lowered(args: Any, tape: Tape) -> Any:
    return tree_map(lambda a: a.value if _is_on(a, tape) else a, args)


def _flat_like(args: tuple[Any, ...], cotangents: Any, name: str) -> list[Any]:
    """Return a cotangent, or None, for each array of the arguments."""
    if not isinstance(cotangents, tuple) or len(cotangents) != len(args):
        raise OperationError(
            f"the backward function of {name} must give a tuple of {len(args)} cotangents, one for "
            f"each argument; it gave {cotangents!r}"
        )
    found: list[Any] = []
    for a, cotangent in zip(args, cotangents, strict=True):
        expected = leaves(a)
        given = [None] * len(expected) if cotangent is None else leaves(cotangent)
        if len(given) != len(expected) or any(
            t is not None and np.shape(base(t)) != np.shape(base(x))
            for t, x in zip(given, expected, strict=True)
        ):
            shapes = [np.shape(base(x)) for x in expected]
            raise OperationError(
                f"the backward function of {name} must give cotangents in the shapes of its "
                f"arguments, here {shapes}; it gave {[np.shape(base(t)) for t in given]}. Likely "
                "cause: a sum left out or made twice. Next: give each the shape of its argument"
            )
        found += [np.asarray(t)[()] if isinstance(t, (int, float)) else t for t in given]
    return found


def _noted(
    name: str,
    tape: Tape,
    args: tuple[Any, ...],
    output: Any,
    pull_back: Callable[[Any], list[Any]],
) -> Any:
    """Put each array of an output on the tape, with the rule that takes its cotangent back."""
    flat = leaves(args)
    values = [a.value if _is_on(a, tape) else a for a in flat]
    slots = [a.node if _is_on(a, tape) else None for a in flat]
    outputs = leaves(output)
    if any(_is_on(y, tape) for y in outputs):
        raise OperationError(
            f"{name} closes over values that are being differentiated, where its rule cannot reach "
            "them: pass them as arguments"
        )

    def noted(k: int, y: Any) -> Tensor:
        y = y if isinstance(y, (Tensor, np.ndarray, np.generic)) else np.asarray(y)[()]
        others = [zeros_like(z) for z in outputs]
        rule = _rule(lambda g: pull_back(rebuild(output, iter([*others[:k], g, *others[k + 1 :]]))))
        op = _op(name, rule)
        nested = any(type(a) is Tensor for a in values)
        return tape.note(op, slots, values, {}, y, nested=nested)

    return rebuild(output, iter([noted(k, y) for k, y in enumerate(outputs)]))


def _rule(pull_back: Callable[[Any], list[Any]]) -> Function:
    """Return a variadic VJP rule that pulls a cotangent back once for all arguments."""
    last: list[Any] = [None, None]

    def rule(position: int, g: Any, _y: Any, *args: Any) -> Any:
        if last[0] is not g:
            last[:] = g, pull_back(g)
        cotangent = last[1][position]
        return zeros_like(args[position]) if cotangent is None else cotangent

    return rule


def _op(name: str, rule: Function) -> Op:
    return Op(
        name=name, forward=_unreachable, kind="general", vjp=rule, jvp=None, ball=None,
        selects=None, rounding=0, length=None, sympy=None, jax=None, domain="(-inf, inf)",
        kinks="", slope="", complex=True, free=None, accumulate=None, split=None, form=0,
    )  # fmt: skip


def _unreachable(*_args: Any) -> Any:
    raise NotImplementedError("a custom rule has no forward op: its function ran already")
