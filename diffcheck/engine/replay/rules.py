"""The rewriting rules: what each op may be replaced by, exactly."""

from __future__ import annotations

import math
from typing import Any, Final

from diffcheck.engine.replay.kernels import kept_bits
from diffcheck.engine.replay.primitives import ACCUMULATED, GRADIENT_SUM, KEEP, is_basic
from diffcheck.engine.replay.program import Flavor, Node, Ref, with_refs
from diffcheck.engine.replay.rewriter import Rewriter, Rule

LONG_MASK: Final = 256  # elements from which bits are faster than a choice

# Ops that act on each element alone, so that operands may be broadcast after them as well as before.
ELEMENTWISE: Final = frozenset(
    {"add", "subtract", "multiply", "divide", "negative", "abs", "where", "maximum", "minimum",
     "less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "sqrt", "square"}
)  # fmt: skip


def _add(r: Rewriter, node: Node) -> int | None:
    """A + (-b) = a - b, and (-a) + b = b - a."""
    a, b = node.args
    accumulated = _accumulate(r, node)
    if accumulated is not None:
        return accumulated
    for first, second in ((a, b), (b, a)):
        inner = r.nodes[second]
        if inner.name == "negative" and r.same_kind(inner.args[0], inner):
            return r.derived(node, "subtract", (first, inner.args[0]))
    return None


def _subtract(r: Rewriter, node: Node) -> int | None:
    """X - 0 = x, and a - (-b) = a + b."""
    a, b = node.args
    if r.is_number(b, 0.0) and str(r.scalar(b))[0] != "-" and r.same_kind(a, node):
        return a
    inner = r.nodes[b]
    if inner.name == "negative" and r.same_kind(inner.args[0], inner):
        return r.derived(node, "add", (a, inner.args[0]))
    return None


def _multiply(r: Rewriter, node: Node) -> int | None:
    """1·x = x, and (-1)·x = -x."""
    a, b = node.args
    for factor, x in ((a, b), (b, a)):
        if r.same_kind(x, node):
            if r.is_number(factor, 1.0):
                return x
            if r.is_number(factor, -1.0):
                return r.derived(node, "negative", (x,))
    return None


def _divide(r: Rewriter, node: Node) -> int | None:
    """x/1 = x."""
    a, b = node.args
    return a if r.is_number(b, 1.0) and r.same_kind(a, node) else None


def _negative(r: Rewriter, node: Node) -> int | None:
    """-(-x) = x, and -(c x) = (-c) x for a number c."""
    inner = r.nodes[node.args[0]]
    if inner.name == "negative" and r.same_kind(inner.args[0], node):
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


def _abs(r: Rewriter, node: Node) -> int | None:
    """|c x| = |c| |x|, and |-x| = |x|."""
    inner = r.nodes[node.args[0]]
    if inner.name == "negative" and r.same_kind(inner.args[0], node):
        return r.derived(node, "abs", inner.args)
    if inner.name == "multiply" and (split := _scaled(r, node, inner)) is not None:
        c, x = split
        return r.derived(node, "multiply", (r.number(abs(c)), r.derived(node, "abs", (x,))))
    return None


def _sum(r: Rewriter, node: Node) -> int | None:
    """Σ(-x) = -Σx: rounding to nearest knows no sign. The sum of one term is the term."""
    inner = r.nodes[node.args[0]]
    if math.prod(inner.shape) == math.prod(node.shape) and inner.dtype == node.dtype:
        if node.flavor is Flavor.ARRAY and node.shape and inner.flavor is Flavor.ARRAY:
            return r.derived(node, "reshape", node.args, shape=node.shape)
        if node.flavor is Flavor.SCALAR and inner.flavor is Flavor.ARRAY:
            return r.derived(node, "getitem", node.args, index=(0,) * len(inner.shape))
    if inner.name != "negative":
        return None
    return r.derived(node, "negative", (r.derived(node, "sum", inner.args, **node.params),))


def _same(r: Rewriter, node: Node) -> int | None:
    """A change of dtype or a copy that changes nothing."""
    return node.args[0] if r.same_kind(node.args[0], node) else None


def _reshape(r: Rewriter, node: Node) -> int | None:
    """Only the last of several shapes counts."""
    x = node.args[0]
    while r.nodes[x].name == "reshape":
        x = r.nodes[x].args[0]
    if r.same_kind(x, node):
        return x
    return None if x == node.args[0] else r.derived(node, "reshape", (x,), shape=node.shape)


def _broadcast_to(r: Rewriter, node: Node) -> int | None:
    """Only the last of several shapes counts; axes of length 1 put in front need no reshape."""
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


def _permute_dims(r: Rewriter, node: Node) -> int | None:
    """A permutation of a permutation is one; the identity is none."""
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


def _where(r: Rewriter, node: Node) -> int | None:
    """Both branches alike, or a choice that was made before by the same condition."""
    condition, a, b = node.args
    if a == b and r.same_kind(a, node):
        return a
    first, second = r.nodes[a], r.nodes[b]
    if first.name == "where" and first.args[0] == condition and _fits(r, node, first, 1):
        return r.derived(node, "where", (condition, first.args[1], b))
    if second.name == "where" and second.args[0] == condition and _fits(r, node, second, 2):
        return r.derived(node, "where", (condition, a, second.args[2]))
    return _keep(r, node)


def _keep(r: Rewriter, node: Node) -> int | None:
    """A choice between a value and a number by a constant mask is a matter of bits."""
    condition, a, b = (r.nodes[n] for n in node.args)
    if condition.role != "constant" or not condition.shape or not _is_kept(node, condition):
        return None
    value, number = (1, b) if a.shape == node.shape else (2, a)
    fill = number.value if number.role == "constant" and number.shape == () else None
    kept = r.nodes[node.args[value]]
    if fill is None or kept.role == "constant" or not r.same_kind(node.args[value], node):
        return None
    mask = condition.value if value == 1 else ~condition.value
    bits, filling = kept_bits(mask, fill, node.dtype)
    operands = [node.args[value], r.array(bits)]
    if filling is not None:
        operands.append(r.array(filling))
    new = Node("op", node.shape, node.dtype, node.flavor, op=KEEP, args=tuple(operands))
    new.arity, new.ordered = len(operands), node.ordered
    return r.add(new)


def _is_kept(node: Node, mask: Node) -> bool:
    return node.ordered and node.dtype.char in "fd" and math.prod(mask.shape) >= LONG_MASK


def _choice(r: Rewriter, node: Node) -> int | None:
    """Both branches divided alike: divide once."""
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
    return _keep(r, node)


def _accumulate(r: Rewriter, node: Node) -> int | None:
    """P + scatter(g) adds g into p: no array of zeros is made, or added.

    An index that may name an element twice gives another order of additions, which is that of the
    sweep over plain arrays, but not that of a program that adds the two itself.
    """
    for p, other in (node.args, node.args[::-1]):
        inner = r.nodes[other]
        if inner.name != "scatter_add" or not r.same_kind(p, node) or not node.shape:
            continue
        if not node.ordered or r.nodes[p].role != "op":
            continue
        basic = is_basic(inner.params["index"])
        if not basic and node.op is not GRADIENT_SUM:
            continue
        params = {"index": inner.params["index"]}
        g, *rest = inner.args
        if rest:  # arrays in the index stand one place further on
            params = with_refs(params, lambda ref: Ref(ref.position + 1))
        new = Node("op", node.shape, node.dtype, node.flavor, op=ACCUMULATED, args=(p, g, *rest))
        new.arity, new.params = 2, params
        return r.add(new)
    return None


def _fits(r: Rewriter, node: Node, inner: Node, position: int) -> bool:
    kept = r.nodes[inner.args[position]]
    return inner.shape == node.shape and kept.dtype == inner.dtype == node.dtype


def _unspread(r: Rewriter, node: Node) -> int | None:
    """An operand that is broadcast need not be: the others give the result its shape."""
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


def _pow(r: Rewriter, node: Node) -> int | None:
    """x¹ = x."""
    x, n = node.args
    return x if r.is_number(n, 1.0) and r.same_kind(x, node) else None


def _shifted_pow(r: Rewriter, node: Node) -> int | None:
    """x^(n - down) is a power where n - down is a number known exactly."""
    x, n = node.args
    value, down = r.nodes[n].value, node.params["down"]
    if r.nodes[n].flavor is not Flavor.WEAK or value is None or (value - down) + down != value:
        return None
    if value - down == 1 and r.same_kind(x, node):
        return x
    return r.derived(node, "pow", (x, r.number(value - down)))


def _then_unspread(rule: Rule) -> Rule:
    def apply(r: Rewriter, node: Node) -> int | None:
        found = rule(r, node)
        return _unspread(r, node) if found is None else found

    return apply


RULES: Final[dict[str, Rule]] = {
    **dict.fromkeys(ELEMENTWISE, _unspread),
    "add": _then_unspread(_add),
    "subtract": _then_unspread(_subtract),
    "multiply": _then_unspread(_multiply),
    "divide": _then_unspread(_divide),
    "negative": _then_unspread(_negative),
    "abs": _then_unspread(_abs),
    "sum": _sum,
    "where": _then_unspread(_where),
    "choice": _choice,
    "astype": _same,
    "pow": _pow,
    "shifted_pow": _shifted_pow,
    "stop_gradient": _same,
    "strong": _same,
    "reshape": _reshape,
    "broadcast_to": _broadcast_to,
    "permute_dims": _permute_dims,
    "matrix_transpose": _permute_dims,
}
