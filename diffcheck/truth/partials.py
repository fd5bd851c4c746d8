"""The partial derivatives of one node in each of its arguments, as nodes.

The rules are SymPy's: `sympy.diff` of the class applied to dummies, found once for a class and its
constant arguments. Ours are only those where the whole real line is one case and SymPy's form is
not: sums, products, variable powers, and the selection of a branch.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import sympy

from diffcheck.truth.builder import Builder
from diffcheck.truth.expressions import insert
from diffcheck.truth.graph import CHAIN, CONSTANT, UNKNOWN
from diffcheck.truth.table.conditions import CONDITIONS
from diffcheck.truth.table.parameters import in_argument

FLAT: Final = frozenset({sympy.sign, sympy.Heaviside, sympy.floor, sympy.ceiling, sympy.DiracDelta})
CHOICES: Final = {sympy.Max: sympy.StrictGreaterThan, sympy.Min: sympy.StrictLessThan}
DUMMIES: Final = tuple(sympy.Dummy(f"a{k}", real=True) for k in range(16))


def partials(builder: Builder, i: int) -> tuple[int | None, ...]:
    """Return the node of ∂(node i)/∂(argument k) for each k; None is a structural zero.

    Off the breakpoints: a step has derivative 0, and of Max and Min only the chosen argument has
    one (absent for the others). For a Piecewise see the sweeps, which select branches themselves.
    """
    found = builder.partials.get(i)
    if found is None:
        found = builder.partials[i] = _partials(builder, i)
    return found


def _partials(builder: Builder, i: int) -> tuple[int | None, ...]:
    node = builder.nodes[i]
    if node.head is sympy.Add:
        return (builder.one,) * len(node.args)
    if node.head is sympy.Mul:
        return _product(builder, node.args)
    if node.head is CHAIN:
        return (node.args[1], node.args[0])
    if node.head in FLAT or node.head in CONDITIONS:
        return (None,) * len(node.args)
    if node.head in CHOICES:
        return tuple(_chosen(builder, node.head, node.args, k) for k in range(len(node.args)))
    if node.head is UNKNOWN:
        return tuple(
            builder.unknown(sympy.Derivative(node.payload, builder.nodes[a].payload), *node.args)
            for a in node.args
        )
    return tuple(_partial(builder, i, k) for k in range(len(node.args)))


def _product(builder: Builder, args: tuple[int, ...]) -> tuple[int, ...]:
    """Return the products of all factors but one, from prefixes and suffixes: linear in them."""
    before, after = [builder.one], [builder.one]
    for a, b in zip(args[:-1], args[:0:-1], strict=True):
        before.append(builder.multiply([before[-1], a]))
        after.append(builder.multiply([after[-1], b]))
    pairs = zip(before, reversed(after), strict=True)
    return tuple(builder.multiply([left, right]) for left, right in pairs)


def _chosen(builder: Builder, head: Any, args: tuple[int, ...], k: int) -> int:
    others = [a for j, a in enumerate(args) if j != k]
    wins = [builder.apply(CHOICES[head], args[k], other) for other in others]
    condition = builder.apply(sympy.And, *wins) if len(wins) > 1 else wins[0]
    true = builder.constant(sympy.true)
    return builder.apply(sympy.Piecewise, builder.one, condition, builder.absent, true)


def _partial(builder: Builder, i: int, k: int) -> int | None:
    node = builder.nodes[i]
    nodes = [builder.nodes[a] for a in node.args]
    fixed = tuple(n.payload if n.head is CONSTANT else None for n in nodes)
    if fixed[k] is not None:
        return None
    in_parameter = in_argument(node.head, len(node.args), k)
    if in_parameter is not None:
        return builder.apply(in_parameter, *node.args)
    template = _template(node.head, fixed, k)
    if template == 0:
        return None
    if isinstance(template, sympy.Derivative):
        return builder.unknown(template, *node.args)
    return insert(builder, template, dict(zip(DUMMIES, node.args, strict=False)))


@cache
def _template(head: Any, fixed: tuple[Any, ...], k: int) -> Any:
    """Return SymPy's derivative of `head` in argument k, with dummies for what is not fixed."""
    args = [DUMMIES[j] if number is None else number for j, number in enumerate(fixed)]
    if head is sympy.Pow and fixed == (None, None):  # SymPy's b**e*e/b is 0/0 at b = 0
        base, exponent = args
        return exponent * base ** (exponent - 1) if k == 0 else base**exponent * sympy.log(base)
    expression = head(*args)
    try:
        return sympy.diff(expression, DUMMIES[k])
    except (NotImplementedError, sympy.core.function.ArgumentIndexError):
        return sympy.Derivative(expression, DUMMIES[k])
