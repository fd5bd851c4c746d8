"""Programs of array operations on balls: each node once, as one array."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from flint import arb, arb_mat
from numpy.typing import NDArray

from diffcheck.balls import precision
from diffcheck.truth.arrays import form
from diffcheck.truth.arrays.form import ARGUMENTS, Arrays, Node
from diffcheck.truth.arrays.templates import NAN, Objects, compiled, run

ZERO: Final = arb(0)
ONE: Final = arb(1)
_exactly: Final = np.frompyfunc(arb, 1, 1)


_is_zero: Final = np.frompyfunc(arb.is_zero, 1, 1)


class Evaluation:
    """The arrays of a program's nodes at one point and one precision.

    `ties` says of a condition where a small change may alter it; `reasons` why elements are NaN,
    and `undecided` whether more precision may help. `literal` makes balls of constants; by default
    each is exactly the number it is.
    """

    def __init__(
        self,
        arrays: Arrays,
        inputs: Mapping[str, NDArray[Any]],
        bits: int,
        literal: Callable[[NDArray[Any]], Objects] | None = None,
    ) -> None:
        self.arrays = arrays
        self.inputs = inputs
        self.bits = bits
        self.values: dict[int, Objects] = {}
        self.sides: dict[int, Objects] = {}
        self.ties: dict[int, NDArray[np.bool]] = {}
        self.literal = literal
        self.reasons: list[str] = []
        self.undecided = False

    def value(self, target: int) -> Objects:
        """Return the array of a node."""
        needed: set[int] = set()
        stack = [target]
        while stack:
            i = stack.pop()
            if i not in needed and i not in self.values:
                needed.add(i)
                stack.extend(self.arrays.nodes[i].args)
        with precision(self.bits):
            for i in sorted(needed):
                node = self.arrays.nodes[i]
                found = _HEADS[node.head](self, i, node)
                self.values[i] = _objects(found, node.shape)
        return self.values[target]

    def args(self, node: Node) -> list[Objects]:
        """Return the arrays of a node's arguments."""
        return [self.values[a] for a in node.args]

    def tied(self, i: int) -> NDArray[np.bool]:
        """Return where a condition may change."""
        return self.ties.get(i, np.zeros(self.arrays.shape(i), dtype=bool))


def _objects(values: Any, shape: tuple[int, ...]) -> Objects:
    found = np.empty(shape, dtype=object)
    found[...] = values
    return found


def _constant(at: Evaluation, _i: int, node: Node) -> Any:
    if node.payload.dtype == bool:
        return node.payload.astype(object)
    if at.literal is not None:
        return at.literal(node.payload)
    return _exactly(node.payload.astype(object))


def _map(at: Evaluation, i: int, node: Node) -> Any:
    names = ARGUMENTS[: len(node.args)]
    template = compiled(node.payload, names)
    found = run(template, dict(zip(names, at.args(node), strict=True)), node.shape)
    at.reasons += found.reasons
    at.undecided |= found.undecided
    if at.arrays.is_condition(i):
        ties = np.zeros(node.shape, dtype=bool) if found.kinks is None else found.kinks
        for a in node.args:
            ties = ties | at.tied(a)
        at.ties[i] = ties
    elif found.kinks is not None:
        at.sides[i] = _side_of(found.kinks)
        if found.kinks.any():
            at.reasons.append(
                f"a breakpoint of {node.payload} is met at {found.kinks.sum()} places"
            )
    return found.values


def _side_of(kinks: NDArray[np.bool]) -> Objects:
    side = _objects(ONE, kinks.shape)
    side[kinks] = NAN
    return side


def _linear(at: Evaluation, i: int, node: Node) -> Any:
    (expression, count), names = node.payload, ARGUMENTS[: len(node.args)]
    args = at.args(node)
    mask = np.ones(node.shape, dtype=bool)
    for x in args[:count]:
        mask &= ~np.asarray(_is_zero(x), dtype=bool)
    chosen = [x[mask] for x in args]
    shape = chosen[0].shape
    found = run(compiled(expression, names), dict(zip(names, chosen, strict=True)), shape)
    at.reasons += found.reasons
    if found.kinks is not None:
        side = _objects(ONE, node.shape)
        side[mask] = _side_of(found.kinks)
        at.sides[i] = side
    result = _objects(ZERO, node.shape)
    result[mask] = found.values
    return result


def _take(at: Evaluation, i: int, node: Node) -> Any:
    flat = np.concatenate([x.reshape(-1) for x in at.args(node)])
    if any(a in at.ties for a in node.args):
        ties = np.concatenate([at.tied(a).reshape(-1) for a in node.args])
        at.ties[i] = ties[node.payload]
    return flat[node.payload]


def _add_at(at: Evaluation, _i: int, node: Node) -> Any:
    (x,) = at.args(node)
    values, positions = x.reshape(-1), node.payload.reshape(-1)
    result = np.full(node.size, ZERO, dtype=object)
    if values.size:
        order = np.argsort(positions, kind="stable")
        ordered = positions[order]
        starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        result[ordered[starts]] = np.add.reduceat(values[order], starts)
    return result.reshape(node.shape)


def _matmul(at: Evaluation, _i: int, node: Node) -> Any:
    x, y = at.args(node)
    found = np.empty(node.shape, dtype=object)
    for k in range(node.shape[0]):
        left, right = (arb_mat(a.tolist()) for a in (x[k], y[k]))
        found[k] = np.array((left * right).entries(), dtype=object).reshape(node.shape[1:])
    return found


def _select(at: Evaluation, _i: int, node: Node) -> Any:
    return np.frompyfunc(lambda c, yes, no: NAN if c is None else yes if c else no, 3, 1)(
        *at.args(node)
    )


def _gate(at: Evaluation, _i: int, node: Node) -> Any:
    condition, x = at.args(node)
    ties = at.tied(node.args[0])
    if ties.any():
        at.reasons.append(f"a condition is at its boundary at {ties.sum()} places")

    def one(holds: Any, tied: Any, value: Any) -> Any:
        return NAN if tied or holds is None else value if holds == node.payload else ZERO

    return np.frompyfunc(one, 3, 1)(condition, ties, x)


def _peak(at: Evaluation, i: int, node: Node) -> Any:
    (x,) = at.args(node)
    values, groups = x.reshape(-1), node.payload.reshape(-1)
    rough = np.array([float(ball.mid()) for ball in values])
    best: list[Any] = [None] * node.size
    for k in np.argsort(rough, kind="stable"):
        best[groups[k]] = k
    side = np.full(values.size, ZERO, dtype=object)
    peaks = [NAN if k is None else values[k] for k in best]
    for k, group in enumerate(groups):
        if k == best[group]:
            side[k] = ONE
        elif not values[k] < values[best[group]]:
            side[k] = NAN  # as large, or perhaps larger
            as_large = values[k] == values[best[group]]
            if not as_large:
                peaks[group] = NAN
                at.undecided = True
    tied = np.array([not ball.is_finite() for ball in side])
    if tied.any():
        at.reasons.append(f"the largest is not one element alone at {tied.sum()} places")
        side[np.isin(groups, groups[tied])] = NAN
    at.sides[i] = side.reshape(x.shape)
    return np.array(peaks, dtype=object).reshape(node.shape)


def _side(at: Evaluation, _i: int, node: Node) -> Any:
    found = at.sides.get(node.args[0])
    return ONE if found is None else found


_HEADS: Final[dict[str, Callable[[Evaluation, int, Node], Any]]] = {
    form.INPUT: lambda at, _i, node: _exactly(
        at.inputs[node.payload].reshape(node.shape).astype(object)
    ),
    form.CONSTANT: _constant,
    form.MAP: _map,
    form.LINEAR: _linear,
    form.TAKE: _take,
    form.ADD_AT: _add_at,
    form.MATMUL: _matmul,
    form.SELECT: _select,
    form.GATE: _gate,
    form.PEAK: _peak,
    form.SIDE: _side,
}
