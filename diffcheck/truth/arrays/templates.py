"""Elementwise expressions on arrays of balls: a ball operation runs over all elements at once."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from typing import Any, Final

import numpy as np
import sympy
from flint import arb
from numpy.typing import NDArray

from diffcheck.balls import Undecided
from diffcheck.truth.breakpoints import BREAKPOINTS, suspects
from diffcheck.truth.builder import Builder
from diffcheck.truth.expressions import insert_program
from diffcheck.truth.graph import CONSTANT, INPUT, UNKNOWN, Node
from diffcheck.truth.table import BALLS
from diffcheck.truth.table.algebra import constant
from diffcheck.truth.table.conditions import CONDITIONS, RELATIONS

Objects = NDArray[Any]
NAN: Final = arb("nan")
TRUTHS: Final = (sympy.true, sympy.false)


class NoBallForm(Exception):  # noqa: N818 - says what is missing
    """A function that has no form on balls; the message names it."""


@dataclass(frozen=True, slots=True)
class Template:
    """An expression as a straight line of ball operations; `suspects` may have breakpoints."""

    nodes: tuple[Node, ...]
    output: int
    suspects: tuple[int, ...]


@dataclass(slots=True)
class Elements:
    """What a template gives on arrays: balls, or truth values (None where undecided).

    `kinks` says where a small change may cross a breakpoint, None where nothing ever does;
    `reasons` says why elements are NaN or None, `undecided` whether more precision may help.
    """

    values: Objects
    kinks: NDArray[np.bool] | None
    reasons: list[str]
    undecided: bool


@cache
def compiled(expression: Any, arguments: tuple[Any, ...]) -> Template:
    """Return an expression's template; raises `NoBallForm` where a function has none."""
    builder = Builder()
    (output,) = insert_program(builder, arguments, [expression], ())
    for i in builder.ancestors((output,)):
        if builder.nodes[i].head is UNKNOWN:
            raise NoBallForm(f"{builder.nodes[i].payload} has no ball form")
    return Template(tuple(builder.nodes), output, suspects(builder, (output,)))


def run(template: Template, arguments: dict[Any, Objects], shape: tuple[int, ...]) -> Elements:
    """Evaluate a template at the precision at hand; `arguments` are arrays of one shape."""
    errors: list[ArithmeticError] = []
    values: list[Any] = [None] * len(template.nodes)
    for i, node in enumerate(template.nodes[: template.output + 1]):
        args = [values[a] for a in node.args]
        if node.head is INPUT:
            values[i] = arguments[node.payload]
        elif node.head is CONSTANT:
            values[i] = _single(node.payload)
        elif node.head is sympy.Piecewise:
            values[i] = _piecewise(args)
        else:
            values[i] = _mapped(node.head, args, errors)
    kinks = _kinks(template, values, shape) if template.suspects else None
    found = np.empty(shape, dtype=object)
    found[...] = values[template.output]
    undecided = any(isinstance(error, Undecided) for error in errors)
    return Elements(found, kinks, [str(error) for error in errors], undecided)


def _single(number: Any) -> Any:
    held = np.empty((), dtype=object)
    if isinstance(number, (sympy.Rational, sympy.NumberSymbol, sympy.Float)):
        held[()] = constant(number)
    else:
        held[()] = bool(number) if number in TRUTHS else NAN
    return held


def _mapped(head: Any, args: Sequence[Any], errors: list[ArithmeticError]) -> Any:
    if head in _OPERATORS:
        return reduce(_OPERATORS[head], args)
    if head not in _LOGIC:
        try:  # most often every element has a ball
            return np.frompyfunc(BALLS.get(head, head), len(args), 1)(*args)
        except ArithmeticError:
            pass
    return np.frompyfunc(_careful(head, errors), len(args), 1)(*args)


def _careful(head: Any, errors: list[ArithmeticError]) -> Callable[..., Any]:
    """Return an operation that gives NaN, or None for an answer, where it fails.

    The first error of each kind is noted.
    """
    function, lacking = BALLS.get(head, head), None if head in CONDITIONS else NAN

    def one(*balls: Any) -> Any:
        if any(ball is None for ball in balls):
            return None
        if any(type(ball) is arb and not ball.is_finite() for ball in balls):
            return lacking
        try:
            return function(*balls)
        except ArithmeticError as error:
            if type(error) not in map(type, errors):
                errors.append(error)
            return lacking

    return one


_OPERATORS: Final = {sympy.Add: operator.add, sympy.Mul: operator.mul}
_LOGIC: Final = frozenset(CONDITIONS) - RELATIONS  # of answers that may be undecided


def _piecewise(args: Sequence[Any]) -> Any:
    def one(*parts: Any) -> Any:
        for branch, condition in zip(parts[::2], parts[1::2], strict=True):
            if condition is None:
                return NAN
            if condition:
                return branch
        return NAN

    return np.frompyfunc(one, len(args), 1)(*args)


def _kinks(template: Template, values: list[Any], shape: tuple[int, ...]) -> NDArray[np.bool]:
    found = np.zeros(shape, dtype=bool)
    for i in template.suspects:
        node = template.nodes[i]
        crossed = np.frompyfunc(_may_cross(BREAKPOINTS[node.head]), len(node.args), 1)
        found |= np.asarray(crossed(*(values[a] for a in node.args)), dtype=bool)
    return found


def _may_cross(where: Callable[..., tuple[bool, bool]]) -> Callable[..., bool]:
    def one(*balls: Any) -> bool:
        return any(type(ball) is not arb for ball in balls) or where(*balls)[0]

    return one
