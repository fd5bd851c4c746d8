"""Forward mode: a trace whose tensors carry their tangent."""

from __future__ import annotations

from typing import Any

from diffcheck.engine.table import Op, Rule, recorded
from diffcheck.engine.tape import LEVELS
from diffcheck.engine.tensor import OPS, Tensor, shape_of, tensor_of
from diffcheck.engine.values import zeros_like


class ForwardTrace:
    """A trace that pushes tangents along with the values; `node` of its tensors is the tangent."""

    plain = False  # every op goes through `record`
    shows_nan = True  # its values and tangents can be looked into
    __slots__ = ("level",)

    def __init__(self) -> None:
        self.level = next(LEVELS)

    def record(self, op: Op, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        """Apply an op one trace further out, and its JVP beside it."""
        mine = tuple(type(a) is Tensor and a.trace is self for a in args)
        values = tuple(a.value if own else a for a, own in zip(args, mine, strict=True))
        y = op.apply(values, params)
        if op.vjp is None:
            return y
        tangents = [a.node if own else None for a, own in zip(args, mine, strict=True)]
        tangent = _tangent(op, tangents, y, recorded(values, y), params)
        return y if tangent is None else tensor_of(y, self, tangent)


def _tangent(
    op: Op, tangents: list[Any], y: Any, args: tuple[Any, ...], params: dict[str, Any]
) -> Any:
    if op.kind == "linear":
        pairs = zip(tangents, args, strict=True)
        full = tuple(zeros_like(a) if t is None else t for t, a in pairs)
        return op.apply(full, params)
    total = None
    for position, t in enumerate(tangents):
        rule = None if t is None else _jvp_rule(op, position)
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
    rule = op.rule(position)
    if rule is None or op.kind == "elementwise":
        return rule  # a diagonal Jacobian is its own transpose
    if op.kind == "multilinear":
        return lambda t, _y, *args, **params: op.apply(
            (*args[:position], t, *args[position + 1 :]), params
        )
    raise NotImplementedError(f"{op.name} has no forward-mode rule")
