"""Rewriting rules of ops that move numbers: shapes, permutations, broadcasting."""

from __future__ import annotations

from diffcheck.engine.replay.program import Flavor, Node
from diffcheck.engine.replay.rewriter import Rewriter


def unchanged(r: Rewriter, node: Node) -> int | None:
    """Leave out a change of dtype, or a copy, that changes nothing."""
    return node.args[0] if r.replaces(node.args[0], node) else None


def reshape(r: Rewriter, node: Node) -> int | None:
    """Keep the last of several shapes."""
    x = node.args[0]
    while r.nodes[x].name == "reshape" and r.nodes[r.nodes[x].args[0]].ordered:
        x = r.nodes[x].args[0]
    if r.replaces(x, node):
        return x
    return None if x == node.args[0] else r.derived(node, "reshape", (x,), shape=node.shape)


def broadcast_to(r: Rewriter, node: Node) -> int | None:
    """Keep the last of several shapes; axes of length 1 put in front need no reshape."""
    x = node.args[0]
    while True:
        inner = r.nodes[x]
        if inner.name == "broadcast_to" or (inner.name == "reshape" and _is_padding(r, inner)):
            x = inner.args[0]
        else:
            break
    if r.same_kind(x, node):
        return x
    return None if x == node.args[0] else r.derived(node, "broadcast_to", (x,), shape=node.shape)


def _is_padding(r: Rewriter, reshape: Node) -> bool:
    """Whether a reshape only puts axes of length 1 in front."""
    inner = r.nodes[reshape.args[0]]
    added = len(reshape.shape) - len(inner.shape)
    return added >= 0 and reshape.shape == (1,) * added + inner.shape


def permute_dims(r: Rewriter, node: Node) -> int | None:
    """Make one of several permutations, and nothing of the identity."""
    x, axes = node.args[0], _axes(node)
    while r.nodes[x].name in ("permute_dims", "matrix_transpose"):
        inner = _axes(r.nodes[x])
        axes = tuple(inner[a] for a in axes)
        x = r.nodes[x].args[0]
    if axes == tuple(range(len(axes))):
        return x if r.same_kind(x, node) else None
    return None if x == node.args[0] else r.derived(node, "permute_dims", (x,), axes=axes)


def _axes(node: Node) -> tuple[int, ...]:
    rank = len(node.shape)
    if node.name == "matrix_transpose":
        return (*range(rank - 2), rank - 1, rank - 2)
    return tuple(a % rank for a in node.params["axes"])


def unspread(r: Rewriter, node: Node) -> int | None:
    """Take a broadcast operand as it was before, where another gives the result its shape."""
    if node.flavor is not Flavor.ARRAY or not node.ordered or node.params:
        return None
    slim = tuple([_slim(r, a) for a in node.args])
    if slim == node.args:
        return None
    ranks = [r.nodes[a].shape for a in slim]
    if node.shape not in ranks or _changes_dtype(r, node, slim):
        return None
    return r.derived(node, node.name, slim)


def _slim(r: Rewriter, a: int) -> int:
    """Return what a broadcast node was made of, the number that a constant consists of."""
    node = r.nodes[a]
    if node.name == "broadcast_to":
        return node.args[0]
    if node.role == "constant" and node.shape and (found := r.scalar(a)) is not None:
        return r.number(found)
    return a


def _changes_dtype(r: Rewriter, node: Node, slim: tuple[int, ...]) -> bool:
    return any(
        r.nodes[a].flavor is Flavor.WEAK or r.nodes[a].dtype != r.nodes[b].dtype
        for a, b in zip(slim, node.args, strict=True)
        if a != b
    )
