"""Derivatives of functions of several parameters and a variable, of all orders and mixed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import arb

from diffcheck.engine.ops.arb_forward import by_arb
from diffcheck.engine.ops.differences import Analytic, derivative
from diffcheck.engine.table import Entry, op

Orders = tuple[int, ...]


def derivatives_of(
    name: str,
    in_variable: Callable[..., Analytic],
    *,
    sympy: str,
    domain: str | tuple[str, ...],
    exception: Callable[..., arb | None] = lambda *_args: None,
    forward: Callable[[Callable[..., Any]], Callable[..., Any]] = lambda by_arb: by_arb,
    rounding: float = 0.5,
) -> Entry:
    """Register the derivatives of `name` as one op, whose `orders` are those in each argument.

    `in_variable(n, *args)` is the n-th derivative in the last argument, in closed form; those in
    the parameters, which come first, are difference quotients of it. `exception(orders, *args)` is
    the ball where the closed form has none, else None. `forward` may put something faster before
    the evaluation by Arb.
    """
    arity = len(domain) if isinstance(domain, tuple) else 2

    def ball(*args: arb, orders: Orders) -> arb:
        found = exception(orders, *args)
        if found is not None:
            return found
        return derivative(in_variable(orders[-1], *args), args, (*orders[:-1], 0))

    def rule(i: int) -> Callable[..., Any]:
        return lambda g, _y, *args, orders: g * entry(*args, orders=_raised(orders, i))

    variables = ", ".join(f"({x}, orders[{i}])" for i, x in enumerate("xyzt"[:arity]))
    entry: Entry = op(
        f"{name}_derivative",
        forward(by_arb(ball)),
        vjp=tuple(map(rule, range(arity))),
        ball=ball,
        rounding=rounding,
        domain=domain,
        slope=name,
        sympy=f"Derivative({sympy}, {variables})",
    )
    return entry


def slopes(entry: Callable[..., Any], arity: int, sign: int = 1) -> tuple[Callable[..., Any], ...]:
    """Return the VJP rules of the function whose derivatives `entry` is, or of its negative."""

    def rule(i: int) -> Callable[..., Any]:
        first = _raised((0,) * arity, i)
        return lambda g, _y, *args: (g if sign > 0 else -g) * entry(*args, orders=first)

    return tuple(map(rule, range(arity)))


def _raised(orders: Orders, i: int) -> Orders:
    return (*orders[:i], orders[i] + 1, *orders[i + 1 :])
