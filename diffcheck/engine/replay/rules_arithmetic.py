"""Rewriting rules of arithmetic, each exact in IEEE arithmetic but for the sign of a nan."""

from __future__ import annotations

import math
from typing import Any

from diffcheck.engine.ops.rows import are_short
from diffcheck.engine.replay.program import Flavor, Node
from diffcheck.engine.replay.rewriter import Rewriter


def add(r: Rewriter, node: Node) -> int | None:
    """Write a + (-b) as a - b, and (-a) + b as b - a."""
    a, b = node.args
    for first, second in ((a, b), (b, a)):
        inner = r.nodes[second]
        if inner.name == "negative" and r.same_kind(inner.args[0], inner):
            return r.derived(node, "subtract", (first, inner.args[0]))
    return None


def subtract(r: Rewriter, node: Node) -> int | None:
    """Write x - 0 as x, and a - (-b) as a + b."""
    a, b = node.args
    if r.is_number(b, 0.0) and str(r.scalar(b))[0] != "-" and r.replaces(a, node):
        return a
    inner = r.nodes[b]
    if inner.name == "negative" and r.same_kind(inner.args[0], inner):
        return r.derived(node, "add", (a, inner.args[0]))
    return None


def multiply(r: Rewriter, node: Node) -> int | None:
    """Write 1·x as x, and (-1)·x as -x; complex products round, and turn inf into nan."""
    if node.dtype.kind == "c":
        return None
    a, b = node.args
    for factor, x in ((a, b), (b, a)):
        if r.same_kind(x, node):
            if r.is_number(factor, 1.0) and r.replaces(x, node):
                return x
            if r.is_number(factor, -1.0):
                return r.derived(node, "negative", (x,))
        elif node.is_real and r.nodes[x].is_real and r.is_number(factor, -1.0):
            return r.derived(node, "negative", (x,))  # of a Python float, a float64
    return _outward(r, node)


def _outward(r: Rewriter, node: Node) -> int | None:
    """Write a product or quotient of numbers with -a as minus that with a: signs meet outside."""
    for position, a in enumerate(node.args):
        inner = r.nodes[a]
        if node.is_real and inner.name == "negative" and r.nodes[inner.args[0]].is_real:
            args = (*node.args[:position], inner.args[0], *node.args[position + 1 :])
            return r.derived(node, "negative", (r.derived(node, node.name, args),))
    return None


def divide(r: Rewriter, node: Node) -> int | None:
    """Write x/1 as x."""
    if node.dtype.kind == "c":
        return None
    a, b = node.args
    return a if r.is_number(b, 1.0) and r.replaces(a, node) else _outward(r, node)


def negative(r: Rewriter, node: Node) -> int | None:
    """Write -(-x) as x, -(c x) as (-c) x for a number c, and -(a - b) as b - a of numbers."""
    inner = r.nodes[node.args[0]]
    if inner.name == "subtract" and node.is_real and r.same_kind(node.args[0], node):
        return r.derived(node, "subtract", inner.args[::-1])
    if inner.name == "negative" and r.replaces(inner.args[0], node):
        return inner.args[0]
    if inner.name == "multiply" and (split := _scaled(r, node, inner)) is not None:
        c, x = split
        return r.derived(node, "multiply", (r.number(-c), x))
    return None


def _scaled(r: Rewriter, node: Node, product: Node) -> tuple[Any, int] | None:
    """Return c and x of a product c·x of a number written in the program and a value."""
    for c, x in (product.args, product.args[::-1]):
        value = r.nodes[c].value
        if type(value) in (int, float) and value != 0 and node.dtype.kind == "f":
            return (value, x) if r.same_kind(x, node) else None
    return None


def absolute(r: Rewriter, node: Node) -> int | None:
    """Write |c x| as |c| |x|, and |-x| as |x|."""
    inner = r.nodes[node.args[0]]
    if inner.name == "negative" and r.same_kind(inner.args[0], node):
        return r.derived(node, "abs", inner.args)
    if inner.name == "multiply" and (split := _scaled(r, node, inner)) is not None:
        c, x = split
        return r.derived(node, "multiply", (r.number(abs(c)), r.derived(node, "abs", (x,))))
    return None


def total(r: Rewriter, node: Node) -> int | None:
    """Write Σ(-x) as -Σx: rounding to nearest knows no sign. The sum of one term is the term.

    The terms must lie in memory as before, or they would be added in another order.
    """
    inner = r.nodes[node.args[0]]
    if math.prod(inner.shape) == math.prod(node.shape) and inner.dtype == node.dtype:
        if node.flavor is Flavor.ARRAY and node.shape and inner.flavor is Flavor.ARRAY:
            return r.derived(node, "reshape", node.args, shape=node.shape)
        if node.flavor is Flavor.SCALAR and inner.flavor is Flavor.ARRAY:
            return r.derived(node, "getitem", node.args, index=(0,) * len(inner.shape))
    if inner.name != "negative":
        return None
    if not (r.nodes[inner.args[0]].dense or r.replaces(inner.args[0], inner)):
        return None
    return r.derived(node, "negative", (r.derived(node, "sum", inner.args, **node.params),))


def plain_total(r: Rewriter, node: Node) -> int | None:
    """Write NumPy's sum as the op, where the op has no other way of its own."""
    x = r.nodes[node.args[0]]
    if x.ordered and are_short(x.shape, x.dtype, node.params["axis"]):
        return None
    return r.derived(node, "sum", node.args, **node.params)


def row_totals(r: Rewriter, node: Node) -> int | None:
    """Write a sum of short rows as the op, which computes it so."""
    keepdims = node.params.get("keepdims", True)
    return r.derived(node, "sum", node.args, axis=-1, keepdims=keepdims)


def power(r: Rewriter, node: Node) -> int | None:
    """Write x¹ as x."""
    x, n = node.args
    return x if r.is_number(n, 1.0) and r.replaces(x, node) else None


def shifted_pow(r: Rewriter, node: Node) -> int | None:
    """Write x^(n - down) as a power where n - down is a number known exactly."""
    x, n = node.args
    value, down = r.nodes[n].value, node.params["down"]
    if r.nodes[n].flavor is not Flavor.WEAK or value is None or (value - down) + down != value:
        return None
    if value - down == 1 and r.replaces(x, node):
        return x
    return r.derived(node, "pow", (x, r.number(value - down)))
