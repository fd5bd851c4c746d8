"""A function of our engine as a program of array operations: a trace below all others notes them.

What an elementwise op means is its SymPy column, applied once to symbols; no rule has a part in it.
A comparison that Python itself asks (`if x > 0`) is decided by the floats of the point.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any, Final

import numpy as np
import sympy
from numpy.typing import NDArray

from diffcheck.backends.base import Unsupported
from diffcheck.backends.engine_symbolic import counterpart, exactly
from diffcheck.engine import Op, Tensor
from diffcheck.engine.tensor import tensor_of
from diffcheck.truth.arrays import Arrays
from diffcheck.truth.arrays.form import ARGUMENTS, X

# What only moves numbers, or fills with zeros: it runs on their positions.
MOVES: Final = frozenset(
    """
    broadcast_to concat flip getitem matrix_transpose permute_dims reshape roll stack tril triu
    """.split()  # noqa: SIM905 - words in rows read better than quoted ones
)


def read(
    function: Callable[..., Any], at: Mapping[str, Any], arrays: Arrays, inputs: Mapping[str, int]
) -> list[int]:
    """Append a function of tensors to a program; return the nodes of its outputs.

    `at` holds the inputs' values. Raises `Unsupported` that names an op without a form here.
    """
    trace = _Trace(arrays)
    traced = [tensor_of(np.asarray(x)[()], trace, inputs[name]) for name, x in at.items()]
    with np.errstate(all="ignore"):
        outputs = function(*traced)
    several = outputs if isinstance(outputs, (tuple, list)) else [outputs]
    return [trace.node(y) for y in several]


class _Trace:
    """Evaluates in floats, and notes each op as one on whole arrays."""

    plain = None  # every op goes through `record`
    level = 0

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays

    def record(self, op: Op, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        y = op.apply(tuple(a.value if type(a) is Tensor else a for a in args), params)
        if op.name in MOVES:
            node = self._moved(op, args, params)
        elif op.name in _WHOLE:
            node = _WHOLE[op.name](self, *args, **params)
        elif op.kind == "elementwise" and op.sympy:
            node = self._elementwise(op, args, params, np.shape(y))
        else:
            raise Unsupported(f"{op.name} has no form on whole arrays here")
        return tensor_of(y, self, node)

    def node(self, a: Any, shape: tuple[int, ...] | None = None) -> int:
        """Return a value's node, broadcast to a shape."""
        if type(a) is Tensor:
            i = int(a.node)
        else:
            array = np.asarray(a)
            i = self.arrays.constant(array if array.dtype == bool else array.astype(np.float64))
        same = shape is None or self.arrays.shape(i) == shape
        return i if same else self.arrays.broadcast(i, shape or ())

    def _elementwise(
        self, op: Op, args: tuple[Any, ...], params: dict[str, Any], shape: tuple[int, ...]
    ) -> int:
        nodes: list[int] = []
        given: list[Any] = []
        for a in args:
            if type(a) is not Tensor and np.size(a) == 1:
                given.append(np.asarray(exactly(float(np.asarray(a).item()))).item())
            else:
                given.append(ARGUMENTS[len(nodes)])
                nodes.append(self.node(a, shape))
        template = counterpart(op.name, op.sympy, op.kind)(given, params)
        return self.arrays.map(sympy.sympify(template), *nodes)

    def _moved(self, op: Op, args: tuple[Any, ...], params: dict[str, Any]) -> int:
        """Run a movement on positions, of which 0 is that of a zero."""
        sources = [self.arrays.constant(np.zeros(1))]
        positions: list[NDArray[Any]] = []
        start = 1
        for a in args:
            node = self.node(a)
            positions.append(np.asarray(start + self.arrays.positions(node)))
            sources.append(node)
            start += self.arrays.nodes[node].size
        found = np.asarray(op.apply(tuple(positions), params))
        if (found > 0).all():
            return self.arrays.take(found - 1, *sources[1:])
        return self.arrays.take(found, *sources)

    def grouped(self, x: Any, axis: Any, keepdims: bool) -> tuple[int, Any, tuple[int, ...]]:
        """Return a node with the group of each element along axes, and the groups' shape."""
        node = self.node(x)
        shape = self.arrays.shape(node)
        chosen = range(len(shape)) if axis is None else np.atleast_1d(axis) % max(len(shape), 1)
        axes = set(map(int, chosen))
        kept = tuple(1 if k in axes else size for k, size in enumerate(shape))
        groups = np.broadcast_to(np.arange(prod(kept)).reshape(kept), shape)
        left = tuple(size for k, size in enumerate(shape) if k not in axes)
        return node, groups, kept if keepdims else left


def _sum(t: _Trace, x: Any, *, axis: Any = None, keepdims: bool = False) -> int:
    return t.arrays.add_at(*t.grouped(x, axis, keepdims))


def _max(t: _Trace, x: Any, *, axis: Any = None, keepdims: bool = False) -> int:
    return t.arrays.peak(*t.grouped(x, axis, keepdims))


def _min(t: _Trace, x: Any, *, axis: Any = None, keepdims: bool = False) -> int:
    node, groups, shape = t.grouped(x, axis, keepdims)
    return t.arrays.map(-X, t.arrays.peak(t.arrays.map(-X, node), groups, shape))


def _logsumexp(t: _Trace, x: Any, *, axis: Any = None, keepdims: bool = False) -> int:
    node, groups, shape = t.grouped(x, axis, keepdims)
    total = t.arrays.add_at(t.arrays.map(sympy.exp(X), node), groups, shape)
    return t.arrays.map(sympy.log(X), total)


def _softmax(t: _Trace, x: Any, *, axis: Any = -1) -> int:
    node, groups, kept = t.grouped(x, axis, True)
    exp = t.arrays.map(sympy.exp(X), node)
    total = t.arrays.broadcast(t.arrays.add_at(exp, groups, kept), t.arrays.shape(node))
    return t.arrays.map(X / ARGUMENTS[1], exp, total)


def _where(t: _Trace, condition: Any, yes: Any, no: Any) -> int:
    nodes = [t.node(a) for a in (condition, yes, no)]
    shape = np.broadcast_shapes(*map(t.arrays.shape, nodes))
    if not t.arrays.is_condition(nodes[0]):
        raise Unsupported("where by numbers that are no truth values")
    return t.arrays.select(*(t.arrays.broadcast(i, shape) for i in nodes))


def _matmul(t: _Trace, x: Any, y: Any) -> int:
    """Return the product of matrices or vectors."""
    arrays, left, right = t.arrays, t.node(x), t.node(y)
    a, b = arrays.positions(left), arrays.positions(right)
    if a.ndim > 2 or b.ndim > 2:
        raise Unsupported("matmul of stacks has no form on whole arrays here")
    rows = a.reshape(1, -1, a.shape[-1])
    columns = b.reshape(1, b.shape[0], -1)
    product = arrays.matmul(arrays.take(rows, left), arrays.take(columns, right))
    shape = a.shape[:-1] + b.shape[1:]
    return arrays.take(arrays.positions(product).reshape(shape), product)


_WHOLE: Final[dict[str, Callable[..., int]]] = {
    "logsumexp": _logsumexp,
    "matmul": _matmul,
    "max": _max,
    "min": _min,
    "softmax": _softmax,
    "sum": _sum,
    "where": _where,
}
