"""What is sorted, and what accumulates along an axis: an element at a time."""

from __future__ import annotations

from math import prod
from typing import Any, Final

import numpy as np
import sympy

from diffcheck.backends.torch_rules.reader import (
    PLACES,
    Reader,
    Ref,
    Rule,
    moved,
    reshaped,
    unreadable,
)
from diffcheck.backends.torch_rules.reductions import LONGEST
from diffcheck.truth.arrays.form import X, Y

MOST_SORTED: Final = 32  # elements: the exchanges grow with their square


def cumulative(combine: Any, *, with_places: bool = False) -> Rule:
    """Return the rule of a sum, product, … of all elements up to each one."""

    def rule(r: Reader, x: Any, dim: int, **_dtype: Any) -> Any:
        node = r.node(x)
        if not r.shape(node):
            return (node, PLACES) if with_places else node
        rows = np.moveaxis(r.arrays.positions(node), dim, 0)
        if len(rows) > LONGEST:
            raise unreadable("an accumulation", f"of more than {LONGEST} numbers")
        found: list[int] = []
        for row in rows:
            here = r.arrays.take(row, node)
            found.append(r.arrays.map(combine, found[-1], here) if found else here)
        y = _stacked(r, found, dim)
        return (y, PLACES) if with_places else y

    return rule


def _stacked(r: Reader, rows: list[int], dim: int) -> Ref:
    shape = (len(rows), *r.arrays.shape(rows[0]))
    places = np.arange(prod(shape)).reshape(shape)
    return moved(r, np.moveaxis(places, 0, dim), *rows)


def _along(r: Reader, x: Any, rows: list[int], dim: int) -> Ref:
    """Return rows along an axis of x, or the one number where x has no axes."""
    return _stacked(r, rows, dim) if r.shape(x) else Ref(rows[0])


def _ascending(r: Reader, x: Any, dim: int) -> list[int]:
    """Return the elements along an axis in order, as nodes without it.

    Neighbours are put in order, the even pairs and the odd ones in turns: exactly what sorting
    computes, with a kink where two are equal.
    """
    node = r.node(x)
    if not r.shape(x):
        return [node]
    rows = [r.arrays.take(row, node) for row in np.moveaxis(r.arrays.positions(node), dim, 0)]
    if len(rows) > MOST_SORTED:
        raise unreadable("an operation that sorts", f"more than {MOST_SORTED} numbers")
    for turn in range(len(rows)):
        for i in range(turn % 2, len(rows) - 1, 2):
            a, b = rows[i], rows[i + 1]
            rows[i] = r.arrays.map(sympy.Min(X, Y), a, b)
            rows[i + 1] = r.arrays.map(sympy.Max(X, Y), a, b)
    return rows


def _sort(
    r: Reader, x: Any, dim: int = -1, descending: bool = False, stable: Any = None
) -> tuple[Ref, Any]:
    del stable
    rows = _ascending(r, x, dim)
    return _along(r, x, rows[::-1] if descending else rows, dim), PLACES


def _topk(
    r: Reader, x: Any, k: int, dim: int = -1, largest: bool = True, ordered: bool = True
) -> tuple[Ref, Any]:
    if not ordered:
        raise unreadable("topk", "without an order (sorted=False) gives one that is not told")
    rows = _ascending(r, x, dim)
    return _along(r, x, (rows[::-1] if largest else rows)[:k], dim), PLACES


def _ranked(r: Reader, x: Any, rank: int, dim: int, keepdim: bool) -> Ref:
    found = Ref(_ascending(r, x, dim)[rank])
    if not keepdim or not r.shape(x):
        return found
    shape = list(r.shape(x))
    shape[dim] = 1
    return reshaped(r, found, tuple(shape))


def _kthvalue(r: Reader, x: Any, k: int, dim: int = -1, keepdim: bool = False) -> tuple[Ref, Any]:
    return _ranked(r, x, k - 1, dim, keepdim), PLACES


def _median(r: Reader, x: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """Return the lower median, of all elements or along an axis."""
    if dim is None:
        flat = reshaped(r, x, (prod(r.shape(x)),))
        return _ranked(r, flat, (r.shape(flat)[0] - 1) // 2, 0, False)
    count = r.shape(x)[dim] if r.shape(x) else 1
    return _ranked(r, x, (count - 1) // 2, dim, keepdim), PLACES


ORDERING: Final[dict[str, Rule]] = {
    "cummax": cumulative(sympy.Max(X, Y), with_places=True),
    "cummin": cumulative(sympy.Min(X, Y), with_places=True),
    "cumprod": cumulative(X * Y),
    "cumsum": cumulative(X + Y),
    "kthvalue": _kthvalue,
    "logcumsumexp": cumulative(sympy.log(sympy.exp(X) + sympy.exp(Y))),
    "median": _median,
    "sort": _sort,
    "topk": _topk,
}
