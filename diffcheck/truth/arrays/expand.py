"""A program of array operations written out in SymPy, element by element: for few elements."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import sympy
from numpy.typing import NDArray

from diffcheck.case import sym
from diffcheck.case.symarrays import array, matmul
from diffcheck.case.symlet import let
from diffcheck.case.symspecial import maximum
from diffcheck.truth.arrays import form
from diffcheck.truth.arrays.form import ARGUMENTS, Arrays, Node

Objects = NDArray[Any]


def expand(arrays: Arrays, outputs: Sequence[int], inputs: Mapping[int, Any]) -> list[Objects]:
    """Return the outputs as arrays of expressions; `inputs` are those of the program's inputs.

    What is long is named, so that what is used twice stays one expression.
    """
    values: dict[int, Objects] = {i: np.asarray(array(x)) for i, x in inputs.items()}
    needed = _ancestors(arrays, outputs)
    for i in sorted(needed - values.keys()):
        node = arrays.nodes[i]
        found = np.empty(node.shape, dtype=object)
        found[...] = _HEADS[node.head](node, [values[a] for a in node.args])
        values[i] = found if arrays.is_condition(i) else np.asarray(array(let(array(found))))
    return [values[i] for i in outputs]


def _ancestors(arrays: Arrays, outputs: Sequence[int]) -> set[int]:
    needed: set[int] = set()
    stack = list(outputs)
    while stack:
        i = stack.pop()
        if i not in needed:
            needed.add(i)
            stack.extend(arrays.nodes[i].args)
    return needed


def exact_number(x: Any) -> Any:
    """Return a float as the number it is, a truth value as SymPy's."""
    if isinstance(x, (bool, np.bool)):
        return sympy.true if x else sympy.false
    if not np.isfinite(x):
        return sympy.nan if np.isnan(x) else sympy.oo if x > 0 else -sympy.oo
    return sympy.Rational(*float(x).as_integer_ratio())


def _constant(node: Node, _args: list[Objects]) -> Any:
    return np.frompyfunc(exact_number, 1, 1)(node.payload)


def _map(node: Node, args: list[Objects]) -> Any:
    names = ARGUMENTS[: len(args)]

    def one(*entries: Any) -> Any:
        return node.payload.xreplace(dict(zip(names, entries, strict=True)))

    return np.frompyfunc(one, len(args), 1)(*args)


def _take(node: Node, args: list[Objects]) -> Any:
    return np.concatenate([x.reshape(-1) for x in args])[node.payload]


def _grouped(
    combine: Callable[..., Any], size: int, entries: Objects, groups: NDArray[Any]
) -> list[Any]:
    members: list[list[Any]] = [[] for _ in range(size)]
    for entry, group in zip(entries.reshape(-1), groups.reshape(-1), strict=True):
        members[group].append(entry)
    return [combine(*group) for group in members]


def _add_at(node: Node, args: list[Objects]) -> Any:
    found = np.empty(node.size, dtype=object)
    found[:] = _grouped(sympy.Add, node.size, args[0], node.payload)
    return found.reshape(node.shape)


def _peak(node: Node, args: list[Objects]) -> Any:
    found = np.empty(node.size, dtype=object)
    found[:] = _grouped(maximum, node.size, args[0], node.payload)
    return found.reshape(node.shape)


_HEADS: Final[dict[str, Callable[[Node, list[Objects]], Any]]] = {
    form.CONSTANT: _constant,
    form.MAP: _map,
    form.TAKE: _take,
    form.ADD_AT: _add_at,
    form.MATMUL: lambda _node, args: matmul(*args),
    form.SELECT: lambda _node, args: sym.where(*args),
    form.PEAK: _peak,
}
