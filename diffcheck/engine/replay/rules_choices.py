"""Rewriting rules of choices between elements, and of cotangents put back to some of them."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from diffcheck.engine.replay.kernels import kept_bits
from diffcheck.engine.replay.primitives import ACCUMULATED, ASSEMBLED, KEEP, is_basic
from diffcheck.engine.replay.program import Node
from diffcheck.engine.replay.rewriter import Rewriter

WHOLE_MASK: Final = 2**16  # elements up to which a mask is repeated: broadcast, it costs twice
MOST_MARKED: Final = 2**22  # elements up to which it is tried whether parts overlap
MOST_PARTS: Final = 8  # each of which is compared with all before it
LONG_MASK: Final = 256  # elements from which bits are faster than a choice


def where(r: Rewriter, node: Node) -> int | None:
    """Leave out a choice between equals, or one made before by the same condition."""
    condition, a, b = node.args
    if a == b and r.replaces(a, node):
        return a
    first, second = r.nodes[a], r.nodes[b]
    if first.name == "where" and first.args[0] == condition and _fits(r, node, first, 1):
        return r.derived(node, "where", (condition, first.args[1], b))
    if second.name == "where" and second.args[0] == condition and _fits(r, node, second, 2):
        return r.derived(node, "where", (condition, a, second.args[2]))
    return keep(r, node)


def _fits(r: Rewriter, node: Node, inner: Node, position: int) -> bool:
    kept = r.nodes[inner.args[position]]
    return inner.shape == node.shape and kept.dtype == inner.dtype == node.dtype


def keep(r: Rewriter, node: Node) -> int | None:
    """Choose between a value and a number, by a constant mask, with operations on bits."""
    condition, a, b = (r.nodes[n] for n in node.args)
    if condition.role != "constant" or not condition.shape or not _is_kept(node, condition):
        return None
    value, number = (1, b) if a.shape == node.shape else (2, a)
    fill = number.value if number.role == "constant" and number.shape == () else None
    kept = r.nodes[node.args[value]]
    if fill is None or kept.role == "constant" or not r.same_kind(node.args[value], node):
        return None
    mask = condition.value if value == 1 else ~condition.value
    if math.prod(node.shape) <= WHOLE_MASK:
        mask = np.broadcast_to(mask, node.shape)
    bits, filling = kept_bits(mask, fill, node.dtype)
    operands = [node.args[value], r.array(bits)]
    if filling is not None:
        operands.append(r.array(filling))
    new = Node("op", node.shape, node.dtype, node.flavor, op=KEEP, args=tuple(operands))
    new.arity, new.ordered = len(operands), node.ordered
    return r.add(new)


def _is_kept(node: Node, mask: Node) -> bool:
    return node.ordered and node.dtype.char in "fd" and math.prod(mask.shape) >= LONG_MASK


def choice(r: Rewriter, node: Node) -> int | None:
    """Divide once where both branches are divided alike."""
    condition, a, b = node.args
    first, second = r.nodes[a], r.nodes[b]
    if first.name == second.name == "divide" and first.args[1] == second.args[1]:
        if first.args[0] == second.args[0] or not node.shape:
            return None
        if first.dtype != node.dtype or second.dtype != node.dtype:
            return None
        over = r.nodes[second.args[0]]
        if not (r.nodes[first.args[0]].shape == node.shape or over.shape == node.shape):
            return None
        top = r.derived(node, "where", (condition, first.args[0], second.args[0]))
        return r.derived(node, "divide", (top, first.args[1]))
    return keep(r, node)


def accumulate(r: Rewriter, node: Node) -> int | None:
    """Add g into p for p + scatter(g): no array of zeros is made, or added.

    Not where an index may name an element twice: the additions would come in another order.
    """
    for p, other in (node.args, node.args[::-1]):
        inner = r.nodes[other]
        if inner.name != "scatter_add" or not r.same_kind(p, node) or not node.shape:
            continue
        if not node.ordered or r.nodes[p].role != "op":
            continue
        if not is_basic(inner.params["index"]):
            continue
        args = (p, inner.args[0])
        new = Node("op", node.shape, node.dtype, node.flavor, op=ACCUMULATED, args=args, arity=2)
        new.params = {"index": inner.params["index"]}
        return r.add(new)
    return None


def assemble(r: Rewriter, node: Node) -> int | None:
    """Write parts that are added to zeros, none of them to another, to where they belong."""
    inner = r.nodes[node.args[0]]
    indices = inner.params.get("indices") or (inner.params.get("index"),)
    indices = (*indices, node.params["index"])
    if inner.name not in ("scatter_add", "assembled") or not all(map(is_basic, indices)):
        return None
    if not node.shape or not node.ordered or math.prod(node.shape) > MOST_MARKED:
        return None
    if len(indices) > MOST_PARTS:
        return None
    taken = np.zeros(node.shape, dtype=bool)
    parts = []
    for index, part in zip(indices, (*inner.args, node.args[1]), strict=True):
        place = taken[index]
        if not isinstance(place, np.ndarray) or place.any():
            return None
        place[...] = True
        parts.append(_unmoved(r, part, place))
    new = Node("op", node.shape, node.dtype, node.flavor, op=ASSEMBLED, args=tuple(parts))
    new.arity = len(parts)
    new.params = {"indices": indices, "whole": bool(taken.all())}
    return r.add(new)


def _unmoved(r: Rewriter, part: int, place: Any) -> int:
    """Return what a part was before it was copied into another shape, if it fits its place so."""
    node = r.nodes[part]
    if node.name != "reshape" or node.shape != place.shape or r.nodes[node.args[0]].ordered:
        return part
    fits = np.may_share_memory(place, place.reshape(r.nodes[node.args[0]].shape))
    return node.args[0] if fits else part
