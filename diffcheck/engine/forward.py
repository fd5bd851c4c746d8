"""Forward mode: a trace whose tensors carry their tangent."""

from __future__ import annotations

from typing import Any

import numpy as np

from diffcheck.engine.batching import RuleOf, batched_tangent
from diffcheck.engine.binding import bind_plain
from diffcheck.engine.errors import leaked
from diffcheck.engine.squares import CARRIERS, KINKS, SQUARING, Origin, square
from diffcheck.engine.structure import Structure
from diffcheck.engine.table import Op, Rule, recorded
from diffcheck.engine.tape import LEVELS
from diffcheck.engine.tensor import OPS, Tensor, base, is_recorded, shape_of, tensor_of
from diffcheck.engine.values import zeros_like


class ForwardTrace:
    """A trace that pushes tangents along with the values; `node` of its tensors is the tangent.

    With a `count` there are so many directions, and each tangent has one more axis in front. With
    `toward` there is one, and of several equally good results of an op it is to choose; `met_free`
    tells that there were such. See `engine.directions`. `masked` traces know where tangents are 0
    for good, see `engine.structure`; `smooth` ones take squares of roots for what they are, as all
    nested ones do, see `squares`.
    """

    plain = None  # every op goes through `record`
    shows_nan = True  # its values and tangents can be looked into
    __slots__ = ("_origins", "count", "ended", "level", "met_free", "smooth", "structure", "toward")

    def __init__(
        self,
        count: int | None = None,
        *,
        toward: bool = False,
        masked: bool = False,
        smooth: bool = False,
    ) -> None:
        self.smooth = smooth
        self.structure = Structure(count) if masked else None
        self.toward, self.met_free = toward, False
        self._origins: dict[int, tuple[Tensor, Origin]] = {}
        self.level = next(LEVELS)
        self.count = count
        self.ended = False

    def record(self, op: Op, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        """Apply an op one trace further out, and its JVP beside it."""
        if self.ended:
            raise leaked(op.name)
        values, tangents, nested = self._unwrapped(args)
        nested = nested or self.smooth
        if nested and op.name in SQUARING:
            found = square(self, op.name, args)
            if found is not None:
                return found
        y = op.apply(tuple(values), params, nested=nested)
        if op.vjp is None:
            return y
        if op.free is not None and tangents[0] is not None and _is_free(op, y):
            self.met_free = True
            if self.toward:
                params = {**params, "toward": self._direction(tangents[0])}
                y = op.apply(tuple(values), params, nested=nested)
        masks = None if self.structure is None else self.structure.of(args)
        tangent = self._tangent(op, tangents, y, tuple(values), params, masks, nested=nested)
        if tangent is None:
            return y
        result = tensor_of(y, self, _in_dtype_of(y, tangent))
        if self.structure is not None:
            self.structure.leave(result, op, args, tangents, params)
        if nested and self._leads_to_kink(op, args, y):
            self._origins[id(result)] = (result, (op, args, params))
        return result

    def _unwrapped(self, args: tuple[Any, ...]) -> tuple[list[Any], list[Any], bool]:
        """Return the operands one trace further out, their tangents, and whether traces remain."""
        values: list[Any] = []
        tangents: list[Any] = []
        nested = False
        for a in args:
            t = None
            if type(a) is Tensor:
                if a.trace is self:
                    a, t = a.value, a.node  # noqa: PLW2901 - unwrapped in place, for speed
                nested = nested or type(a) is Tensor or type(t) is Tensor
            values.append(a)
            tangents.append(t)
        return values, tangents, nested

    def _tangent(
        self,
        op: Op,
        tangents: list[Any],
        y: Any,
        args: tuple[Any, ...],
        params: dict[str, Any],
        masks: list[Any] | None,
        *,
        nested: bool,
    ) -> Any:
        """Return the tangent of a result, or those in all directions."""
        known = recorded(args, y)
        rule_of: RuleOf = _jvp_rule if nested or type(y) is Tensor else _plain_rule
        if masks is not None and self.structure is not None and op.kind == "elementwise":
            rule_of = self.structure.masked(rule_of, masks)
        if self.count is None:
            return _tangent(op, rule_of, tangents, y, known, params)
        tangent = batched_tangent(op, rule_of, tangents, y, known, params, self.count)
        if tangent is None:
            return self._one_by_one(op, rule_of, tangents, y, known, params)
        return tangent

    def origin(self, x: Tensor) -> Origin | None:
        """Return what made a tensor, if that has a kink there or passes one on."""
        known = self._origins.get(id(x))
        return None if known is None else known[1]

    def _leads_to_kink(self, op: Op, args: tuple[Any, ...], y: Any) -> bool:
        """Whether a result is to be remembered, should it be squared."""
        if op.name in KINKS:
            return is_recorded(y) or bool(np.any(base(y) == 0))
        return op.name in CARRIERS and any(id(a) in self._origins for a in args)

    def _direction(self, t: Any) -> Any:
        """Return the one direction of this trace, as an array."""
        return base(t) if self.count is None else base(t)[0]

    def _one_by_one(
        self,
        op: Op,
        rule_of: RuleOf,
        tangents: list[Any],
        y: Any,
        args: tuple[Any, ...],
        params: dict[str, Any],
    ) -> Any:
        """Return the tangents of an op that can be told of no further axis."""
        found = [
            _tangent(op, rule_of, [t if t is None else t[k] for t in tangents], y, args, params)
            for k in range(self.count or 0)
        ]
        return None if found[0] is None else OPS["stack"](*found, axis=0)


def _is_free(op: Op, y: Any) -> bool:
    """Whether a result is one of several; a recording does not look, and balls are undecided."""
    inner = y
    while type(inner) is Tensor:
        if hasattr(inner.trace, "refuse"):
            return False
        inner = inner.value
    return inner.dtype.char != "O" and op.free is not None and op.free(inner)


def _in_dtype_of(y: Any, tangent: Any) -> Any:
    """Return a tangent in the dtype of its value; plain rules make float64 of weak scalars."""
    if type(y) is Tensor or type(tangent) is Tensor or tangent.dtype == y.dtype:
        return tangent
    return tangent if tangent.dtype.kind in "cO" else tangent.astype(y.dtype)


def _tangent(
    op: Op,
    rule_of: RuleOf,
    tangents: list[Any],
    y: Any,
    args: tuple[Any, ...],
    params: dict[str, Any],
) -> Any:
    if op.kind == "linear":
        pairs = zip(tangents, args, strict=True)
        full = tuple(zeros_like(a) if t is None else t for t, a in pairs)
        return op.apply(full, params)
    total = None
    for position, t in enumerate(tangents):
        rule = None if t is None else rule_of(op, position)
        if rule is None:
            continue
        term = rule(t, y, *args, **params)
        if shape_of(term) != shape_of(y):
            term = OPS["broadcast_to"](term, shape=shape_of(y))
        total = term if total is None else total + term
    return total


def _jvp_rule(op: Op, position: int) -> Rule | None:
    """Return `rule(tangent, y, *args, **params)` for one argument, derived where it can be."""
    if op.jvp is not None:
        return op.jvp[position]
    rule = op.vjp[position] if isinstance(op.vjp, tuple) else op.rule(position)
    if rule is None or op.kind == "elementwise":
        return rule  # a diagonal Jacobian is its own transpose
    if op.kind == "multilinear":
        return lambda t, _y, *args, **params: op.apply(
            (*args[:position], t, *args[position + 1 :]), params
        )
    raise NotImplementedError(f"{op.name} has no forward-mode rule")


def _plain_rule(op: Op, position: int) -> Rule | None:
    """Return that rule as it is for plain arrays, without any dispatch, if the table has it."""
    rule = _jvp_rule(op, position)
    in_table = op.jvp is not None or (op.kind == "elementwise" and isinstance(op.vjp, tuple))
    return bind_plain(rule) if rule is not None and in_table else rule
