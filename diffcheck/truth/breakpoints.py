"""Where a program stands on a kink, a jump, a removable point or the end of its domain.

There the derivative programs say nothing, even where they have a value: SymPy's relu'(0) is 1/2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sympy
from flint import arb

from diffcheck.truth.builder import Builder
from diffcheck.truth.evaluate import Evaluation
from diffcheck.truth.failures import Failure
from diffcheck.truth.graph import CONSTANT, Node
from diffcheck.truth.table.conditions import RELATIONS

Where = Callable[..., tuple[bool, bool]]  # (may be a breakpoint, certainly is one)


def _at_zero(x: arb, *_rest: Any) -> tuple[bool, bool]:
    return bool(x.contains(0)), bool(x.is_zero())


def _at_integer(x: arb) -> tuple[bool, bool]:
    return bool(x.contains_integer()), bool(x.is_integer())


def _at_tie(a: arb, b: arb) -> tuple[bool, bool]:
    return bool(a.overlaps(b)), bool(a == b)


def _at_ties(*args: arb) -> tuple[bool, bool]:
    """Every pair counts: the balls do not say cheaply which of many is the largest."""
    pairs = [_at_tie(a, b) for i, a in enumerate(args) for b in args[:i]]
    return any(may for may, _ in pairs), any(certain for _, certain in pairs)


def _on_cut(y: arb, x: arb) -> tuple[bool, bool]:
    return bool(y.contains(0)) and not x > 0, bool(y.is_zero()) and bool(x <= 0)


def _power_at_zero(base: arb, exponent: arb) -> tuple[bool, bool]:
    del exponent
    return _at_zero(base)


def _second_at_zero(_first: arb, x: arb) -> tuple[bool, bool]:
    return _at_zero(x)


def _bessel_at_zero(order: arb, x: arb) -> tuple[bool, bool]:
    return (False, False) if order.is_integer() else _at_zero(x)


def _at_one(_order: arb, x: arb) -> tuple[bool, bool]:
    return _at_zero(x - 1)


BREAKPOINTS: Final[dict[Any, Where]] = {
    sympy.Abs: _at_zero,
    sympy.sign: _at_zero,
    sympy.Heaviside: _at_zero,
    sympy.sinc: _at_zero,
    sympy.acot: _at_zero,
    sympy.LambertW: _at_zero,  # SymPy's derivative is 0/0 there
    sympy.floor: _at_integer,
    sympy.ceiling: _at_integer,
    sympy.Max: _at_ties,
    sympy.Min: _at_ties,
    sympy.atan2: _on_cut,
    sympy.Pow: _power_at_zero,
    sympy.lowergamma: _second_at_zero,  # the ends of their real domains
    sympy.uppergamma: _second_at_zero,
    sympy.polylog: _at_one,
    sympy.besselj: _bessel_at_zero,
    sympy.besseli: _bessel_at_zero,
    **dict.fromkeys(RELATIONS, _at_tie),
}


@dataclass(frozen=True, slots=True)
class Breakpoints:
    """The nodes at a breakpoint: those that `may` be, and those that certainly `are`."""

    may: frozenset[int]
    are: frozenset[int]


def suspects(builder: Builder, outputs: Sequence[int]) -> tuple[int, ...]:
    """Return the nodes below the outputs that have breakpoints at all."""
    live = sorted(builder.ancestors(tuple(outputs)))
    return tuple(i for i in live if _has_breakpoints(builder, builder.nodes[i]))


def _has_breakpoints(builder: Builder, node: Node) -> bool:
    if node.head is not sympy.Pow:
        return node.head in BREAKPOINTS
    exponent = builder.nodes[node.args[1]]
    # An integer power is smooth where it is defined; any other one ends at 0.
    return not (exponent.head is CONSTANT and exponent.payload.is_integer)


def breakpoints(evaluation: Evaluation, candidates: Sequence[int]) -> Breakpoints:
    """Return which of the candidates, as far as they were evaluated, stand on a breakpoint."""
    may, are = set(), set()
    for i in candidates:
        node = evaluation.nodes[i]
        args = [evaluation.values[a] for a in node.args]
        if any(type(arg) is not arb for arg in args):
            continue  # not evaluated, or failed: then so did what depends on it
        possible, certain = BREAKPOINTS[node.head](*args)
        if possible:
            may.add(i)
        if certain:
            are.add(i)
    return Breakpoints(frozenset(may), frozenset(are))


def reached(evaluation: Evaluation, node: int, crossing: frozenset[int]) -> set[int]:
    """Return the nodes whose small changes reach `node` at this point.

    A condition that is decided does not change, so nothing passes through a relation unless it
    stands on its boundary (is in `crossing`), nor from a branch that is not taken.
    """
    found: set[int] = set()
    stack = [node]
    while stack:
        i = stack.pop()
        if i in found or evaluation.values[i] is None:
            continue
        head, args = evaluation.nodes[i].head, evaluation.nodes[i].args
        found.add(i)
        if head is sympy.Piecewise:
            stack.extend(_taken(evaluation, args))
        elif head not in RELATIONS or i in crossing:
            stack.extend(args)
    return found


def _taken(evaluation: Evaluation, args: tuple[int, ...]) -> list[int]:
    """Return the conditions that were tried, and the branch taken."""
    tried: list[int] = []
    for branch, condition in zip(args[::2], args[1::2], strict=True):
        tried.append(condition)
        if evaluation.values[condition] is True:
            return [*tried, branch]
        if type(evaluation.values[condition]) is Failure:
            break
    return tried
