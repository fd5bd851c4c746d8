"""Zeros for good in forward mode: what a result depends on, direction by direction.

The tangent of sqrt(x) along the first coordinate is 0 in all other places, whatever its slope there
is: 0 times an infinite or undefined slope must stay 0. A tangent that merely happens to be 0 is
multiplied as any other. As masks do in reverse mode, this costs as much as the pass itself, and
without it nothing can go wrong but 0·inf: so a pass goes without, and is done again if it ends in a
nan (`engine.pushing`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from diffcheck.engine.ball_trace import is_ball
from diffcheck.engine.batching import aligned, batched_tangent
from diffcheck.engine.tensor import OPS, Tensor, base, shape_of

if TYPE_CHECKING:
    from diffcheck.engine.table import Op, Rule

Mask = Any  # a boolean array in the shape of a tangent; None: everywhere
RuleOf = Callable[["Op", int], "Rule | None"]
IN_PLACE: Final = frozenset({"conj", "real", "imag"})  # linear ops that keep numbers where they are
MIXING: Final = frozenset({"dft", "rdft", "irdft"})
"""Linear ops that give everything to everything: of ones in some places their sum may be 0."""


class Structure:
    """The masks of the tangents of one forward trace: False where they are 0 for good."""

    def __init__(self, count: int | None) -> None:
        self.count = count
        self._masks: dict[int, tuple[Tensor, Mask]] = {}  # with the tensor, so that its id stays

    def enter(self, x: Tensor) -> None:
        """Note where the tangent of an input is not 0."""
        t = x.node
        if t is None or not is_constant(t):
            return
        plain = np.asarray(base(t))
        mask = np.frompyfunc(lambda b: not b.is_zero(), 1, 1)(plain) if is_ball(t) else plain != 0
        self._note(x, np.asarray(mask, dtype=bool))

    def of(self, args: tuple[Any, ...]) -> list[Mask]:
        """Return the masks of operands."""
        return [self._masks.get(id(a), (a, None))[1] for a in args]

    def _note(self, x: Tensor, mask: Mask) -> None:
        if mask is not None and not mask.all():
            self._masks[id(x)] = (x, mask)

    def masked(self, rule_of: RuleOf, masks: list[Mask]) -> RuleOf:
        """Return the rules of an elementwise op, which give 0 where their tangent is 0 for good."""

        def masked_rule_of(op: Op, position: int) -> Rule | None:
            rule, mask = rule_of(op, position), masks[position]
            if rule is None or mask is None:
                return rule

            def call(t: Any, y: Any, *args: Any, **params: Any) -> Any:
                term = rule(t, y, *args, **params)
                return OPS["where"](self._aligned(mask, term), term, 0)

            return call

        return masked_rule_of

    def _aligned(self, mask: Mask, term: Any) -> Mask:
        return mask if self.count is None else aligned(mask, len(shape_of(term)) - 1)

    def leave(
        self, y: Tensor, op: Op, args: tuple[Any, ...], tangents: list[Any], params: dict[str, Any]
    ) -> None:
        """Note where the tangent of a result can differ from 0."""
        pairs = list(zip(self.of(args), tangents, strict=True))
        moving = [mask for mask, t in pairs if t is not None]
        if all(mask is None for mask in moving):
            return
        if op.kind == "elementwise":
            if not any(mask is None for mask in moving):
                self._note(y, self._united(moving, y))
        elif op.name in IN_PLACE:
            self._note(y, moving[0])
        elif op.kind == "linear" and op.name not in MIXING:
            self._note(y, self._moved(y, op, args, pairs, params))

    def _united(self, masks: list[Mask], y: Tensor) -> Mask:
        shape = shape_of(y) if self.count is None else (self.count, *shape_of(y))
        parts = [mask if self.count is None else aligned(mask, len(shape) - 1) for mask in masks]
        return np.broadcast_to(np.logical_or.reduce(np.broadcast_arrays(*parts)), shape)

    def _moved(
        self,
        y: Tensor,
        op: Op,
        args: tuple[Any, ...],
        pairs: list[tuple[Mask, Any]],
        params: dict[str, Any],
    ) -> Mask:
        """Send masks through a linear op, which moves and adds ones as it does tangents."""
        if any(type(part) is Tensor for part in params.values()):
            return None
        zeros = tuple(np.zeros(shape_of(a)) for a in args)
        numbers = [None if t is None else _as_numbers(m, t) for m, t in pairs]
        if self.count is None:
            full = [z if n is None else n for n, z in zip(numbers, zeros, strict=True)]
            return np.asarray(op.forward(*full, **params)) != 0
        plain = np.zeros(shape_of(y))
        moved = batched_tangent(op, _no_rule, numbers, plain, zeros, params, self.count)
        return None if moved is None else np.asarray(moved) != 0


def _as_numbers(mask: Mask, t: Any) -> Any:
    return np.ones(shape_of(t)) if mask is None else mask.astype(np.float64)


def _no_rule(_op: Op, _position: int) -> Rule | None:
    return None


def is_constant(x: Any) -> bool:
    """Whether a tensor belongs to no trace but that of balls, or of a narrow format."""
    while type(x) is Tensor:
        if x.trace.level:
            return False
        x = x.value
    return True
