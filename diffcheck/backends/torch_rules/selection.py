"""Branches by conditions, conversions, and what is known of a value without its numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import sympy
import torch

from diffcheck.backends.torch_rules.elementwise import ELEMENTWISE
from diffcheck.backends.torch_rules.reader import Reader, Ref, Rule, unreadable


def where(r: Reader, condition: Any, yes: Any, no: Any) -> Ref:
    """Return one of two branches, element by element."""
    shape = np.broadcast_shapes(*map(r.shape, (condition, yes, no)))
    nodes = [r.node(a, shape) for a in (condition, yes, no)]
    if not r.arrays.is_condition(nodes[0]):
        raise unreadable("where", "by numbers that are no truth values")
    return Ref(r.arrays.select(*nodes))


def _masked_fill(r: Reader, x: Any, mask: Any, value: Any) -> Ref:
    return where(r, mask, value, x)


def converted(r: Reader, x: Any, dtype: Any = None) -> Ref:
    """Return numbers, cut off where the type is of whole ones; of truth values, 1 or 0."""
    if dtype == torch.bool:
        return truths(r, x)
    if r.arrays.is_condition(x):
        return where(r, x, 1.0, 0.0)
    if dtype is None or dtype.is_floating_point:
        return Ref(x)
    if dtype.is_complex or not dtype.is_signed:
        raise unreadable("_to_copy", f"to {dtype} has no form in SymPy here")
    return r.elementwise(ELEMENTWISE["trunc"], x)


def truths(r: Reader, x: Any) -> Ref:
    """Return truth values; of numbers, which are not 0."""
    node = r.node(x)
    return node if r.arrays.is_condition(node) else r.elementwise(lambda a: sympy.Ne(a, 0), node)


def _logical(name: str, rule: Callable[..., Any]) -> Rule:
    """Return a rule of truth values; one that is bitwise is not read of numbers."""

    def logical(r: Reader, *args: Any) -> Ref:
        nodes = [r.node(a) for a in args]
        if name.startswith("bitwise") and not all(map(r.arrays.is_condition, nodes)):
            raise unreadable(name, "of the bits of numbers has no form in SymPy here")
        return r.elementwise(rule, *[truths(r, n) for n in nodes])

    return logical


_LOGIC: Final[dict[str, Callable[..., Any]]] = {
    "and": sympy.And,
    "not": sympy.Not,
    "or": sympy.Or,
    "xor": lambda x, y: sympy.Or(sympy.And(x, sympy.Not(y)), sympy.And(sympy.Not(x), y)),
}


def _nowhere(r: Reader, x: Any) -> Any:
    """Return that no element is infinite or NaN: the inputs are not, and reals stay so."""
    return torch.zeros(r.shape(x), dtype=torch.bool)


def _log_sigmoid(r: Reader, x: Any) -> tuple[Ref, None]:
    return r.elementwise(lambda a: -sympy.log(1 + sympy.exp(-a)), x), None


def _full(number: float) -> Rule:
    return lambda r, x: torch.full(r.shape(x), number, dtype=torch.float64)


SELECTION: Final[dict[str, Rule]] = {
    "_has_same_storage_numel": lambda _r, _x, _y: True,
    "_to_copy": converted,
    "_new_zeros_with_same_feature_meta": lambda r, _x, like, **_: _full(0.0)(r, like),
    "copy": lambda r, x, source: r.node(source, r.shape(x)),
    "full_like": lambda r, x, value: torch.full(r.shape(x), value, dtype=torch.float64),
    "is_same_size": lambda r, x, y: r.shape(x) == r.shape(y),
    "isinf": _nowhere,
    "isnan": _nowhere,
    "log_sigmoid_forward": _log_sigmoid,
    "masked_fill": _masked_fill,
    "new_zeros": lambda _r, _x, size: torch.zeros(size, dtype=torch.float64),
    "ones_like": _full(1.0),
    "where": where,
    "zeros_like": _full(0.0),
    **{
        name: _logical(name, rule)
        for kind, rule in _LOGIC.items()
        for name in (f"bitwise_{kind}", f"logical_{kind}")
    },
}
