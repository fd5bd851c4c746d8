"""The op table: a plain dict filled by one function, `op`, one line per op where possible.

Array arguments are positional, metadata is by keyword. A VJP rule is `rule(g, y, *args, **params)`:
the cotangent of one argument from the cotangent g of the result y. Rules are written with the ops
themselves, so that they nest to every order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from diffcheck.balls import Undecided
from diffcheck.engine.ball_trace import (
    BALLS,
    elementwise_ball,
    is_ball,
    lift,
    literal_tensor,
    lower,
)
from diffcheck.engine.tensor import OPS, Tensor, base

Rule = Callable[..., Any]
Entry = Callable[..., Any]  # what `op` returns: the function that programs and rules call
Kind = Literal["elementwise", "linear", "multilinear", "general"]


class OperationError(ValueError):
    """An op that could not be applied; the message names it with its shapes and dtypes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Op:
    """One operation and everything the engine knows of it.

    kind: "elementwise" (diagonal Jacobian up to broadcasting: the JVP is the VJP rule),
    "linear" (jointly in all arguments), "multilinear" (in each argument), or "general".
    vjp: one rule per argument (None: not differentiable in it); for a variadic op one rule that
    takes the argument's position first; None for an op whose derivative is 0 almost everywhere.
    selects: for ops that pass cotangents to some elements only, per argument the boolean array of
    those elements, so that what was not chosen stays 0 even beside an infinite derivative;
    "rule" for a linear op whose VJP rule itself leaves zeros behind.
    rounding: bound on the op's own error in ulps; length: the count of terms of a reduction.
    sympy: for elementwise ops an expression in x, y, z, t, the arguments in order; else a name.
    domain: the interval where the op is real and differentiable, one for all arguments or one each;
    kinks: where it is not differentiable inside.
    """

    name: str
    forward: Callable[..., Any]
    kind: Kind
    vjp: tuple[Rule | None, ...] | Rule | None
    jvp: tuple[Rule | None, ...] | None
    ball: Callable[..., Any] | None
    selects: tuple[Rule | None, ...] | Literal["rule"] | None
    rounding: float
    length: Callable[..., int] | None
    sympy: str | None
    jax: str | None
    domain: str | tuple[str, ...]
    kinks: str

    def rule(self, position: int) -> Rule | None:
        """Return the VJP rule of one argument."""
        if self.vjp is None:
            return None
        if isinstance(self.vjp, tuple):
            return self.vjp[position]
        variadic = self.vjp
        return lambda g, y, *args, **params: variadic(position, g, y, *args, **params)


TABLE: Final[dict[str, Op]] = {}


def op(
    name: str,
    forward: Callable[..., Any],
    *,
    vjp: tuple[Rule | None, ...] | Rule | None = None,
    kind: Kind = "elementwise",
    jvp: tuple[Rule | None, ...] | None = None,
    ball: Callable[..., Any] | str | None = None,
    selects: tuple[Rule | None, ...] | Literal["rule"] | None = None,
    rounding: float = 0.5,
    length: Callable[..., int] | None = None,
    sympy: str | None = None,
    jax: str | None = None,
    domain: str | tuple[str, ...] = "(-inf, inf)",
    kinks: str = "",
    variadic: bool = False,
) -> Entry:
    """Register an op and return its entry, the function that programs and rules call.

    A single rule for an op of one argument may be given bare. `ball` is the name of a method of
    `flint.arb` or a function of balls, applied to each element of an elementwise op; for other
    kinds a function of object arrays, by default `forward` itself, which NumPy runs on objects.
    """
    if callable(vjp) and not variadic:
        vjp = (vjp,)
    form = _ball_form(forward, kind, ball)
    entry = Op(
        name=name, forward=forward, kind=kind, vjp=vjp, jvp=jvp, ball=form, selects=selects,
        rounding=rounding, length=length, sympy=sympy, jax=jax, domain=domain, kinks=kinks,
    )  # fmt: skip
    TABLE[name] = entry
    OPS[name] = call = _entry(entry)
    return call


def _ball_form(
    forward: Callable[..., Any], kind: Kind, ball: Callable[..., Any] | str | None
) -> Callable[..., Any] | None:
    if kind == "elementwise" and ball is not None:
        return elementwise_ball(ball)
    assert not isinstance(ball, str)
    return forward if ball is None and kind in ("linear", "multilinear") else ball


def _entry(operation: Op) -> Entry:
    def call(*args: Any, **params: Any) -> Any:
        top = None
        for a in args:
            if type(a) is Tensor:
                trace = a.trace
                if top is None or trace.level > top.level:
                    top = trace
        if top is None:
            return _plain(operation, args, params)
        return top.record(operation, args, params)

    call.__name__ = call.__qualname__ = operation.name
    call.__doc__ = f"The op {operation.name!r}; `diffcheck.engine.TABLE` says all of it."
    return call


def _plain(operation: Op, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
    """Apply an op to plain arrays; object arrays are balls."""
    for a in args:
        if type(a) is np.ndarray and a.dtype.char == "O":
            return lower(BALLS.record(operation, tuple(lift(b) for b in args), params))
    result = operation.forward(*args, **params)
    if type(result) is np.float64 and all(type(a) in (int, float) for a in args):
        return float(result)  # weak, as its operands: sqrt(2.0) must not promote a float32
    return result


def recorded(args: tuple[Any, ...], y: Any) -> tuple[Any, ...]:
    """Return the operands as rules are to see them: where the result is a ball, floats are too."""
    if type(y) is not Tensor or not is_ball(y):
        return args
    return tuple(literal_tensor(a) for a in args)


def evaluate(
    operation: Op, args: tuple[Any, ...], params: dict[str, Any], *, nested: bool = True
) -> Any:
    """Apply an op beneath a trace, telling its name, shapes and dtypes where it fails.

    `nested` says whether tensors of outer traces may be among the arguments.
    """
    try:
        if nested:
            return OPS[operation.name](*args, **params)
        return operation.forward(*args, **params)
    except (OperationError, Undecided, NotImplementedError):
        raise
    except (TypeError, ValueError, IndexError, ArithmeticError) as error:
        raise OperationError(_story(operation, args, params, error)) from error


def _story(operation: Op, args: tuple[Any, ...], params: dict[str, Any], error: Exception) -> str:
    operands = ", ".join(f"{np.asarray(base(a)).dtype}{list(np.shape(base(a)))}" for a in args)
    options = "".join(f", {key}={value!r}" for key, value in params.items())
    return f"{operation.name}({operands}{options}): {error}"
