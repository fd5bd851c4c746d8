"""Where results are written: buffers kept between calls, shared by values that never coexist."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from diffcheck.engine.replay.program import Flavor, Node, Program
from diffcheck.engine.replay.templates import takes_out
from diffcheck.engine.steps import Step

LARGE: Final = (
    2**16
)  # bytes from which a value that has no buffer is worth a `del` after its last use

NEAR: Final = 8.0  # a slab is not used for arrays of so many times its size, or fewer


@dataclass(slots=True, eq=False)
class Plan:
    """Which memory each node writes to.

    views: the shape and dtype of each view of a slab, by its name, with the slab's number; slabs:
    their sizes in bytes; out: by node the name of a view; inplace: by node the operand that it
    overwrites; dead: by node the nodes whose memory is free after it; roots: by node those that own
    the memory it may lie in.
    """

    slabs: list[int]
    views: dict[tuple[int, tuple[int, ...], str], str]
    out: dict[int, str]
    inplace: dict[int, int]
    dead: dict[int, list[int]]
    roots: list[tuple[int, ...]]

    def workspace(self) -> tuple[NDArray[Any], ...]:
        """Return new buffers: the views in their order."""
        slabs = [np.empty(size, dtype=np.uint8) for size in self.slabs]
        return tuple(
            slabs[slab][: _bytes(shape, np.dtype(char))].view(char).reshape(shape)
            for slab, shape, char in self.views
        )


def planned(program: Program) -> Plan:
    """Return where the nodes of a program are to write."""
    nodes = program.nodes
    inplace: dict[int, int] = {}
    roots = _roots(program, inplace)
    last = _last_uses(program, roots)
    escaping = {root for number in program.outputs for root in roots[number]}
    inplace |= _overwriting(nodes, last, escaping)
    plan = Plan([], {}, {}, inplace, defaultdict(list), roots)
    ending: dict[int, list[int]] = defaultdict(list)
    for root, position in last.items():
        if nodes[root].role == "op" and root not in escaping:
            ending[position].append(root)
    _assign(nodes, plan, ending, escaping)
    _mark_dead(nodes, plan, roots, ending)
    return plan


def _roots(program: Program, inplace: dict[int, int]) -> list[tuple[int, ...]]:
    """Return for each node those that own the memory it may lie in; numbers lie in none.

    On the way it is decided which sums may add to an operand in place, through whatever view: where
    nothing reads that memory any more. They are views of it from then on, and noted in `inplace`.
    """
    direct = {a: number for number, node in enumerate(program.nodes) for a in node.args}
    direct |= dict.fromkeys((*program.outputs, *program.watched), len(program.nodes))
    roots: list[tuple[int, ...]] = []
    groups: dict[int, list[int]] = defaultdict(list)
    for number, node in enumerate(program.nodes):
        if node.flavor is not Flavor.ARRAY:
            roots.append(())
            continue
        if node.name == "accumulated":
            p, g = node.args[:2]
            owner = roots[p][0]
            owned = len(roots[p]) == 1 and takes_out(program.nodes[owner])
            free = all(direct.get(m, 0) <= number for m in groups[owner])
            if (
                owned
                and free
                and g not in groups[owner]
                and program.nodes[p].name != "broadcast_to"
            ):
                node.alias = (p,)
                inplace[number] = p
        roots.append(tuple({r for a in node.alias for r in roots[a]}) or (number,))
        for root in roots[-1]:
            groups[root].append(number)
    return roots


def _last_uses(program: Program, roots: list[tuple[int, ...]]) -> dict[int, int]:
    """Return for each root the last node that reads its memory, under whatever name."""
    last: dict[int, int] = {}
    for number, node in enumerate(program.nodes):
        for root in roots[number]:
            last[root] = number
        for a in node.args:
            for root in roots[a]:
                last[root] = number
    return last


def _overwriting(nodes: list[Node], last: dict[int, int], escaping: set[int]) -> dict[int, int]:
    """Let what is returned be computed in the memory of an operand that ends there.

    That operand then gets no buffer either: `escaping` grows. Of several it is the one that has
    been there longest: the others may share a buffer with what comes before them.
    """
    inplace: dict[int, int] = {}
    begun: dict[int, int] = {}
    for number, node in enumerate(nodes):
        if node.role == "op":
            ended = [a for a in _overwritable(node) if _may_take(nodes, last, number, a)]
            begun[number] = min((begun[a] for a in ended), default=number)
    for number in range(len(nodes) - 1, -1, -1):
        node = nodes[number]
        if number not in escaping or not takes_out(node):
            continue
        ended = [a for a in _overwritable(node) if _may_take(nodes, last, number, a)]
        free = [a for a in ended if a not in escaping]
        if free:
            inplace[number] = min(free, key=begun.__getitem__)
            escaping.add(inplace[number])
    return inplace


def _may_take(nodes: list[Node], last: dict[int, int], number: int, a: int) -> bool:
    """Whether an operand owns its memory, which nothing reads after this node."""
    operand = nodes[a]
    owned = operand.role == "op" and not operand.alias and takes_out(operand)
    return owned and last[a] == number and _alike(operand, nodes[number])


def _overwritable(node: Node) -> tuple[int, ...]:
    """Return the operands whose memory may become that of the result."""
    if isinstance(node.op, Step):
        return node.args[:1] if node.op.overwrites else ()
    if node.op.kind != "elementwise" or math.prod(node.shape) == 1:
        return ()  # one element in place costs NumPy three times one elsewhere
    return node.args


def _alike(a: Node, b: Node) -> bool:
    return a.shape == b.shape and a.dtype == b.dtype and a.ordered and b.ordered


def _assign(
    nodes: list[Node], plan: Plan, ending: dict[int, list[int]], escaping: set[int]
) -> None:
    slab_of: dict[int, int] = {}
    free: list[int] = []
    for number, node in enumerate(nodes):
        if node.flavor is Flavor.ARRAY and number not in escaping and takes_out(node):
            size = _bytes(node.shape, node.dtype)
            slab = _of_operand(nodes, number, ending[number], slab_of)
            if slab is None:
                slab = _free_slab(plan, free, size)
            slab_of[number] = slab
            key = (slab, node.shape, node.dtype.char)
            plan.out[number] = plan.views.setdefault(key, f"b{len(plan.views)}")
        if number not in ending:
            continue
        kept = slab_of.get(number)
        for root in ending[number]:
            slab = slab_of.get(root)
            if slab is not None and (slab != kept or root == number):
                free.append(slab)


def _of_operand(
    nodes: list[Node], number: int, ending: list[int], slab_of: dict[int, int]
) -> int | None:
    """Return the slab of an operand that ends here and may be overwritten element by element."""
    node = nodes[number]
    for a in _overwritable(node):
        if a in ending and a in slab_of and _alike(nodes[a], node):
            return slab_of[a]
    return None


def _free_slab(plan: Plan, free: list[int], size: int) -> int:
    """Take the free slab whose size is nearest, the last one freed of several; else a new one.

    One that is too small grows: nothing is allocated yet. The less memory there is, the more of it
    the caches hold.
    """
    best, least = None, NEAR
    for slab in reversed(free):
        known = plan.slabs[slab]
        ratio = max(known, size) / min(known, size)
        if ratio < least:
            best, least = slab, ratio
    if best is None:
        plan.slabs.append(size)
        return len(plan.slabs) - 1
    free.remove(best)
    plan.slabs[best] = max(plan.slabs[best], size)
    return best


def _mark_dead(
    nodes: list[Node], plan: Plan, roots: list[tuple[int, ...]], ending: dict[int, list[int]]
) -> None:
    """List the values without a buffer that are worth freeing, with all names of their memory."""
    large = {
        root
        for ended in ending.values()
        for root in ended
        if root not in plan.out
        and nodes[root].flavor is Flavor.ARRAY
        and _bytes(nodes[root].shape, nodes[root].dtype) >= LARGE
    }
    if not large:
        return
    names: dict[int, list[int]] = defaultdict(list)
    for number in range(len(nodes)):
        for root in roots[number]:
            if root in large:
                names[root].append(number)
    for position, ended in ending.items():
        for root in ended:
            if root in large:
                plan.dead[position] += [n for n in names[root] if n <= position]


def _bytes(shape: tuple[int, ...], dtype: np.dtype[Any]) -> int:
    return math.prod(shape) * dtype.itemsize
