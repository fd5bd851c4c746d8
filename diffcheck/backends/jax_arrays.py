"""A JAX function's primal as a program of array operations: its jaxpr, an equation at a time.

What the equations mean is told by the same rules as for single symbols (`jax_symbolic_rules`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import jax
import numpy as np
import sympy
from jax.extend.core import Literal

from diffcheck.backends.base import Unsupported
from diffcheck.backends.jax_calls import body_of
from diffcheck.backends.jax_symbolic import RANDOM, constant, run_concretely
from diffcheck.backends.jax_symbolic_rules import (
    MOVES,
    RULES,
    Unreadable,
    as_matrices,
    no_number_of,
)
from diffcheck.truth.arrays import Arrays
from diffcheck.truth.arrays.form import ARGUMENTS, X

NOT_ELEMENTWISE: Final = frozenset(
    """
    cumprod cumsum cummax cummin dot_general reduce_and reduce_or reduce_max reduce_min reduce_prod
    reduce_sum
    """.split()  # noqa: SIM905 - words in rows read better than quoted ones
)


class Ref(int):
    """A value of the program: the position of its node. Anything else is a NumPy array."""


def read(
    function: Callable[..., Any], at: Sequence[Any], arrays: Arrays, inputs: Sequence[int]
) -> list[int]:
    """Append the primal to a program; return the nodes of its outputs.

    `at` gives the inputs' shapes and dtypes. Raises `Unsupported` for what has no form here.
    """
    closed = jax.make_jaxpr(function)(*at)
    try:
        outputs = _Reader(arrays).evaluate(closed.jaxpr, closed.consts, list(map(Ref, inputs)))
    except Unreadable as error:
        raise Unsupported(f"the primal cannot be read as a whole: {error}") from error
    return [y if isinstance(y, Ref) else arrays.constant(np.asarray(y, float)) for y in outputs]


class _Reader:
    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays

    def evaluate(self, jaxpr: Any, consts: Sequence[Any], arguments: Sequence[Any]) -> list[Any]:
        values: dict[Any, Any] = dict(zip(jaxpr.constvars, map(constant, consts), strict=True))
        values.update(zip(jaxpr.invars, arguments, strict=True))

        def value(atom: Any) -> Any:
            return np.asarray(atom.val) if isinstance(atom, Literal) else values[atom]

        for equation in jaxpr.eqns:
            results = self._apply(equation, [value(atom) for atom in equation.invars])
            values.update(zip(equation.outvars, results, strict=True))
        return [value(atom) for atom in jaxpr.outvars]

    def _apply(self, equation: Any, operands: list[Any]) -> list[Any]:
        name, body = equation.primitive.name, body_of(equation)
        if name.startswith("random_"):
            raise Unreadable(RANDOM)
        if body is not None:
            return self.evaluate(*body, operands)
        exact = name in MOVES or all(x.dtype.kind in "iub" for x in operands if not _is_ref(x))
        if exact and not any(map(_is_ref, operands)):
            return run_concretely(equation, operands)
        if name in MOVES:
            return self._moved(equation, operands)
        params, shape = equation.params, equation.outvars[0].aval.shape
        if name in _SPECIAL:
            return [Ref(_SPECIAL[name](self, params, operands))]
        if name in NOT_ELEMENTWISE or name not in RULES:
            raise Unreadable(f"the primitive {name} has no form on whole arrays here")
        return [Ref(self._elementwise(name, params, operands, shape))]

    def node(self, x: Any, shape: tuple[int, ...] | None = None) -> int:
        """Return a value's node, broadcast to a shape."""
        i = x if _is_ref(x) else self.arrays.constant(x if x.dtype == bool else x.astype(float))
        same = shape is None or self.arrays.shape(i) == shape
        return int(i) if same else self.arrays.broadcast(i, shape or ())

    def is_condition(self, x: Any) -> bool:
        """Whether a value is an array of truth values."""
        return self.arrays.is_condition(x) if _is_ref(x) else bool(x.dtype == bool)

    def _elementwise(
        self, name: str, params: Any, operands: list[Any], shape: tuple[int, ...]
    ) -> int:
        """Apply a rule once, on symbols that stand for the elements; one number stays itself."""
        nodes: list[int] = []
        given: list[Any] = []
        for x in operands:
            if not _is_ref(x) and (x.size == 1 or (x.size and (x == x.flat[0]).all())):
                given.append(x.reshape(-1)[0].reshape(()))
            else:
                symbol = np.empty((), dtype=object)
                symbol[()] = ARGUMENTS[len(nodes)]
                given.append(symbol)
                nodes.append(self.node(x, shape))
        result = np.asarray(RULES[name](*given, **params), dtype=object).item()
        if not nodes:
            value = self.arrays.constant(np.zeros(()))
            return self.arrays.broadcast(self.arrays.map(X + sympy.sympify(result), value), shape)
        return self.arrays.map(sympy.sympify(result), *nodes)

    def _moved(self, equation: Any, operands: list[Any]) -> list[Any]:
        """Run a movement on the positions of the numbers."""
        sources: list[int] = []
        positions: list[Any] = []
        start = 0
        for x, atom in zip(operands, equation.invars, strict=True):
            if atom.aval.dtype.kind in "iu" or (not _is_ref(x) and x.dtype.kind in "iu"):
                if _is_ref(x):
                    raise Unreadable(
                        f"{equation.primitive.name} at places that depend on the inputs"
                    )
                positions.append(x)
                continue
            node = self.node(x)
            positions.append((start + self.arrays.positions(node)).astype(np.int32))
            sources.append(node)
            start += self.arrays.nodes[node].size
        found = run_concretely(equation, positions)
        if any(np.any((p < 0) | (p >= start)) for p in found):
            raise Unreadable(f"{equation.primitive.name} outside of its array")
        return [Ref(self.arrays.take(np.asarray(p), *sources)) for p in found]

    def reduced(self, x: Any, axes: Sequence[int]) -> tuple[int, Any, tuple[int, ...]]:
        """Return a node with the group of each element along the axes, and the groups' shape."""
        node = self.node(x)
        shape = self.arrays.shape(node)
        kept = tuple(1 if k in axes else size for k, size in enumerate(shape))
        groups = np.broadcast_to(np.arange(np.prod(kept, dtype=int)).reshape(kept), shape)
        return node, groups, tuple(size for k, size in enumerate(shape) if k not in axes)


def _is_ref(x: Any) -> bool:
    return isinstance(x, Ref)


def _sum(reader: _Reader, params: Any, operands: list[Any]) -> int:
    return reader.arrays.add_at(*reader.reduced(operands[0], params["axes"]))


def _max(reader: _Reader, params: Any, operands: list[Any]) -> int:
    return reader.arrays.peak(*reader.reduced(operands[0], params["axes"]))


def _min(reader: _Reader, params: Any, operands: list[Any]) -> int:
    negative = reader.arrays.map(-X, reader.node(operands[0]))
    return reader.arrays.map(-X, _max(reader, params, [Ref(negative)]))


def _select(reader: _Reader, _params: Any, operands: list[Any]) -> int:
    if len(operands) != 3:
        raise Unreadable("select_n between more than two")
    which, no, yes = operands
    shape = next(np.shape(x) if not _is_ref(x) else reader.arrays.shape(x) for x in (no, yes))
    if not reader.is_condition(which):
        raise Unreadable("select_n by numbers that depend on the inputs")
    return reader.arrays.select(*(reader.node(x, shape) for x in (which, yes, no)))


def _convert(reader: _Reader, params: Any, operands: list[Any]) -> int:
    (x,) = operands
    kind = np.dtype(params["new_dtype"]).kind
    if kind not in "fV":
        if kind == "b" and reader.is_condition(x):
            return int(x)
        raise Unreadable(no_number_of(params["new_dtype"]))
    if not reader.is_condition(x):
        return reader.node(x)
    node = reader.node(x)
    shape = reader.arrays.shape(node)
    yes, no = (reader.arrays.constant(np.full(shape, float(v))) for v in (1, 0))
    return reader.arrays.select(node, yes, no)


def _dot_general(reader: _Reader, params: Any, operands: list[Any]) -> int:
    (sum_x, sum_y), (batch_x, batch_y) = params["dimension_numbers"]
    arrays = reader.arrays
    x, y = map(reader.node, operands)
    left, lead = as_matrices(arrays.positions(x), sum_x, batch_x)
    right, tail = as_matrices(arrays.positions(y), sum_y, batch_y)
    product = arrays.matmul(arrays.take(left, x), arrays.take(np.swapaxes(right, 1, 2), y))
    batch = tuple(arrays.shape(x)[axis] for axis in batch_x)
    return arrays.take(arrays.positions(product).reshape(batch + lead + tail), product)


_SPECIAL: Final[dict[str, Callable[[_Reader, Any, list[Any]], int]]] = {
    "convert_element_type": _convert,
    "dot_general": _dot_general,
    "reduce_max": _max,
    "reduce_min": _min,
    "reduce_sum": _sum,
    "select_n": _select,
}
