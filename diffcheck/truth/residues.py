"""Exact numbers that cancellation hides: zeros and midpoints of floats, which no precision shows.

A softmax at equal logits, a centred mean: the ball is [± 2^-4000] and never 0. But where a number
is a rational function of the values of the transcendental operations in it, that function can be
evaluated in the field of 2^521 - 1 elements, each such value replaced by an element drawn at random
(by hashing what it is applied to). If it is 0 identically it is 0 there, and if not, it is 0 there
with a chance below degree / 2^521 (Schwartz 1980, Zippel 1979). It is asked only where the ball at
256 bits or more contains the number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha512
from typing import Any, Final

import sympy
from flint import arb

from diffcheck.balls import Undecided, is_less, precision
from diffcheck.truth.evaluate import Evaluation, selected
from diffcheck.truth.graph import ABSENT, CHAIN, CONSTANT, Node

PRIME: Final = 2**521 - 1
STEPS: Final = frozenset({sympy.sign, sympy.Heaviside, sympy.floor, sympy.ceiling})


class Residues:
    """The nodes of one evaluation in the field, each computed once; ABSENT as in the evaluation."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        self._found: dict[int, Any] = {}

    def equals(self, node: int, number: arb) -> bool:
        """Whether a node that was evaluated is this dyadic number, identically."""
        try:
            with precision(self.evaluation.bits):
                self._compute(node)
        except (Undecided, ZeroDivisionError):
            return False
        return bool(self._found[node] == _dyadic(number))

    def _compute(self, target: int) -> None:
        stack = [target]
        while stack:
            i = stack[-1]
            node = self.evaluation.nodes[i]
            needed = self._needed(i, node)
            missing = [a for a in needed if a not in self._found]
            if missing:
                stack.extend(missing)
                continue
            stack.pop()
            if i not in self._found:
                self._found[i] = self._residue(i, node, [self._found[a] for a in needed])

    def _needed(self, i: int, node: Node) -> Sequence[int]:
        """Return the arguments that the value depends on: of a Piecewise, the branch taken."""
        if self.evaluation.values[i] is ABSENT or node.head in STEPS:
            return ()
        if node.head is sympy.Piecewise:
            return (selected(node.args, self.evaluation.values),)
        return node.args

    def _residue(self, i: int, node: Node, args: list[Any]) -> Any:
        value = self.evaluation.values[i]
        if value is ABSENT:
            return ABSENT
        if type(value) is arb and value.is_exact():
            return _dyadic(value)
        if node.head is CONSTANT:
            return _constant(node.payload)
        if node.head is sympy.Piecewise:
            return args[0]
        balls = [self.evaluation.values[a] for a in node.args]
        rule = RULES.get(node.head)
        return _random(node.head, args) if rule is None else rule(args, balls)


def _dyadic(value: arb) -> int:
    mantissa, power = (int(part) for part in value.man_exp())
    return mantissa * pow(2, power, PRIME) % PRIME


def _constant(number: Any) -> int:
    if number.is_Float:
        number = sympy.Rational(number)
    if number.is_Rational:
        return int(number.p) * _inverse(int(number.q)) % PRIME
    return _random(number, [])


def _random(head: Any, args: list[Any]) -> int:
    text = f"{getattr(head, '__name__', head)}{args}"
    halves = [sha512(f"{half}:{text}".encode()).digest() for half in (0, 1)]
    return int.from_bytes(b"".join(halves)) % PRIME


def _inverse(element: int) -> int:
    if element % PRIME == 0:
        raise ZeroDivisionError
    return pow(element, -1, PRIME)


def _add(args: list[Any], _balls: list[Any]) -> int:
    return int(sum(a for a in args if a is not ABSENT)) % PRIME


def _multiply(args: list[Any], _balls: list[Any]) -> int:
    product = 1
    for a in args:
        product = product * a % PRIME
    return product


def _power(args: list[Any], balls: list[Any]) -> int:
    """Return a power; a square root that is no exact number is an element of its own."""
    base, exponent = args
    if balls[1].is_integer():
        return _integer_power(base, balls[1])
    if not (2 * balls[1]).is_integer():
        return _random(sympy.Pow, [base, exponent])
    root = balls[0].sqrt()
    element = _dyadic(root) if root.is_exact() else _random("square root", [base])
    return _integer_power(element, 2 * balls[1])


def _integer_power(element: int, exponent: arb) -> int:
    n = int(exponent.unique_fmpz() or 0)
    return pow(element if n >= 0 else _inverse(element), abs(n), PRIME)


def _absolute(args: list[Any], balls: list[Any]) -> int:
    return int(-args[0] % PRIME if is_less(balls[0], arb(0)) else args[0])


def _extreme(larger: bool) -> Callable[[list[Any], list[Any]], int]:
    """Return the rule of Max or Min: the first argument that no other one beats."""

    def rule(args: list[Any], balls: list[Any]) -> int:
        best = 0
        for k in range(1, len(args)):
            if args[k] != args[best] and is_less(balls[best], balls[k]) is larger:
                best = k
        return int(args[best])

    return rule


RULES: Final[dict[Any, Callable[[list[Any], list[Any]], int]]] = {
    sympy.Add: _add,
    sympy.Mul: _multiply,
    CHAIN: _multiply,
    sympy.Pow: _power,
    sympy.Abs: _absolute,
    sympy.Max: _extreme(larger=True),
    sympy.Min: _extreme(larger=False),
}
