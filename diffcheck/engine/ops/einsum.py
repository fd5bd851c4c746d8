# ruff: noqa: ARG001 - rules share one signature

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from diffcheck.engine.ball_trace import is_complex
from diffcheck.engine.ops.complex import conj
from diffcheck.engine.ops.manipulation import reshape
from diffcheck.engine.ops.reduction import sum as sum_
from diffcheck.engine.table import op
from diffcheck.engine.tensor import shape_of

LETTERS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _sizes(inputs: list[str], operands: tuple[Any, ...]) -> dict[str, int]:
    pairs = zip(inputs, operands, strict=True)
    return {c: n for text, x in pairs for c, n in zip(text, shape_of(x), strict=True)}


def _rule(position: int, g: Any, y: Any, *operands: Any, subscripts: str) -> Any:
    """Contract the cotangent with the other operands.

    A label that only this operand has was summed alone: an operand of ones brings it back. A label
    it repeats was a diagonal: identity matrices bring the off-diagonal zeros back.
    """
    left, out = subscripts.split("->")
    inputs = left.split(",")
    sizes = _sizes(inputs, operands)
    target, terms, extra = "", [out], [g]
    fresh = iter(c for c in LETTERS if c not in subscripts)
    for label in inputs[position]:
        if label not in target:
            target += label
            continue
        other = next(fresh)
        target += other
        terms.append(label + other)
        extra.append(np.eye(sizes[label], dtype=np.int8))
    for k, x in enumerate(operands):
        if k != position:
            terms.append(inputs[k])
            extra.append(x)
    known = set("".join(terms))
    lone = "".join(dict.fromkeys(c for c in inputs[position] if c not in known))
    if lone:
        terms.append(lone)
        extra.append(np.ones(tuple(sizes[c] for c in lone), dtype=np.int8))
    return _einsum(*extra, subscripts=",".join(terms) + "->" + target)


def _length(*operands: Any, subscripts: str) -> int:
    left, out = subscripts.split("->")
    sizes = _sizes(left.split(","), operands)
    return math.prod(n for c, n in sizes.items() if c not in out)


def _contract(*operands: Any, subscripts: str) -> Any:
    """Contract by matrix products where there are two operands, else as NumPy does."""
    left, out = subscripts.split("->")
    inputs = left.split(",")
    if len(inputs) != 2 or any(len(set(part)) != len(part) for part in inputs):
        return np.einsum(subscripts, *operands, optimize=len(operands) > 2)
    first_labels, second_labels = inputs
    a, x = _summed(first_labels, second_labels, np.asarray(operands[0]), out)
    b, y = _summed(second_labels, first_labels, np.asarray(operands[1]), out)
    both = [c for c in a if c in b and c in out]
    inner = [c for c in a if c in b and c not in out]
    rows = [c for c in a if c not in b]
    columns = [c for c in b if c not in a]
    sizes = dict(zip(a, x.shape, strict=True)) | dict(zip(b, y.shape, strict=True))
    shape = [[math.prod(sizes[c] for c in part)] for part in (rows, inner, columns)]
    stack = [sizes[c] for c in both]
    first = x.transpose([a.index(c) for c in both + rows + inner])
    second = y.transpose([b.index(c) for c in both + inner + columns])
    product = first.reshape(stack + shape[0] + shape[1]) @ second.reshape(
        stack + shape[1] + shape[2]
    )
    labels = both + rows + columns
    full = product.reshape([sizes[c] for c in labels])
    return full.transpose([labels.index(c) for c in out])


def _summed(mine: str, other: str, x: Any, out: str) -> tuple[str, Any]:
    """Return an operand with the labels that only it has, and the output lacks, summed away."""
    gone = tuple(k for k, c in enumerate(mine) if c not in other and c not in out)
    if not gone:
        return mine, x
    return "".join(c for k, c in enumerate(mine) if k not in gone), np.add.reduce(x, axis=gone)


_einsum = op(
    "einsum",
    _contract,
    kind="multilinear",
    variadic=True,
    vjp=_rule,
    ball=lambda *operands, subscripts: np.einsum(subscripts, *operands),
    length=_length,
    jax="einsum",
    sympy="einsum(subscripts, *arrays)",
)


def einsum(subscripts: Any, *operands: Any, optimize: Any = None) -> Any:
    """Contract operands by Einstein's convention, `...` and repeated labels included.

    NumPy's other form, operands each followed by its labels' numbers, is understood too.

    >>> einsum("ij,j->i", np.eye(2), np.array([1.0, 2.0])).tolist()
    [1.0, 2.0]
    """
    del optimize  # two operands are contracted by matrix products in any case
    if not isinstance(subscripts, str):
        subscripts, operands = _from_numbers(subscripts, *operands)
    return _einsum(*operands, subscripts=explicit(subscripts, operands))


def _from_numbers(*given: Any) -> tuple[str, tuple[Any, ...]]:
    """Return subscripts and operands of the form operand, labels, operand, labels, ..., output."""

    def text(labels: Any) -> str:
        return "".join("..." if k is Ellipsis else LETTERS[k] for k in labels)

    count = len(given) // 2
    left = ",".join(text(labels) for labels in given[1 : 2 * count : 2])
    arrow = f"->{text(given[-1])}" if len(given) % 2 else ""
    return left + arrow, given[0 : 2 * count : 2]


def explicit(subscripts: str, operands: tuple[Any, ...]) -> str:
    """Return the subscripts with an output and with letters for `...`."""
    text = subscripts.replace(" ", "")
    left, arrow, out = text.partition("->")
    inputs = left.split(",")
    free = [c for c in LETTERS if c not in text]
    ranks = [
        len(shape_of(x)) - len(part.replace("...", "")) if "..." in part else 0
        for part, x in zip(inputs, operands, strict=True)
    ]
    dots = "".join(free[: max(ranks, default=0)])
    inputs = [
        part.replace("...", dots[len(dots) - rank :])
        for part, rank in zip(inputs, ranks, strict=True)
    ]
    if not arrow:
        labels = left.replace("...", "").replace(",", "")
        out = "..." + "".join(sorted(c for c in set(labels) if labels.count(c) == 1))
    return ",".join(inputs) + "->" + out.replace("...", dots)


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """Contract axes of a with axes of b: the last of a with the first of b for an integer."""
    rank_a, rank_b = len(shape_of(a)), len(shape_of(b))
    if isinstance(axes, int):
        axes = (range(rank_a - axes, rank_a), range(axes))
    first, second = ((s,) if isinstance(s, int) else tuple(s) for s in axes)
    labels_a = list(LETTERS[:rank_a])
    labels_b = list(LETTERS[rank_a : rank_a + rank_b])
    for i, j in zip(first, second, strict=True):
        labels_b[j] = labels_a[i]
    summed = {labels_a[i] for i in first}
    out = [c for c in labels_a + labels_b if c not in summed]
    return einsum(f"{''.join(labels_a)},{''.join(labels_b)}->{''.join(out)}", a, b)


def outer(a: Any, b: Any) -> Any:
    """Return all products of an element of a with one of b, as a matrix."""
    return reshape(a, (-1, 1)) * reshape(b, (1, -1))


def vecdot(a: Any, b: Any, axis: int = -1) -> Any:
    """Return the dot products along an axis, of the conjugate of a if it is complex."""
    return sum_((conj(a) if is_complex(a) else a) * b, axis)


def vdot(a: Any, b: Any) -> Any:
    """Return the dot product of two arrays as vectors, of the conjugate of a if it is complex."""
    return vecdot(reshape(a, -1), reshape(b, -1))


def matvec(a: Any, x: Any) -> Any:
    """Return matrices times vectors, in stacks."""
    return einsum("...ij,...j->...i", a, x)


def vecmat(x: Any, a: Any) -> Any:
    """Return vectors times matrices, in stacks; a complex vector is conjugated."""
    return einsum("...i,...ij->...j", conj(x) if is_complex(x) else x, a)


def kron(a: Any, b: Any) -> Any:
    """Return the Kronecker product of two arrays of any rank."""
    rank = max(len(shape_of(a)), len(shape_of(b)))
    m = (1,) * (rank - len(shape_of(a))) + shape_of(a)
    n = (1,) * (rank - len(shape_of(b))) + shape_of(b)
    apart = reshape(a, tuple(k for size in m for k in (size, 1)))
    inside = reshape(b, tuple(k for size in n for k in (1, size)))
    return reshape(apart * inside, tuple(p * q for p, q in zip(m, n, strict=True)))


def dot(a: Any, b: Any) -> Any:
    """Return NumPy's dot: the inner product, the matrix product, or a scaling."""
    if not shape_of(a) or not shape_of(b):
        return a * b
    return tensordot(a, b, axes=((-1 % len(shape_of(a)),), (max(len(shape_of(b)) - 2, 0),)))
