"""Rules written out: the sweep's function for an elementwise op, with the rule's expression in it.

A call of a rule costs as much as a product of numbers. So a rule that is arithmetic and ufuncs of
its arguments, and nothing else, is run once on symbols, and its expression stands in the function;
any other rule is called there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from types import FunctionType
from typing import Any, Final

import numpy as np

from diffcheck.engine.reusing import product, quotient
from diffcheck.engine.slimming import MANY

# What is done with one cotangent t of the operand x in `slot`: brought to the shape and dtype of x,
# which may have been broadcast to the result y, and added to what is known.
ARRAY: Final = """\
    if {slot} is not None:
        t = {rule}
        if {asked}({x}.shape != y.shape or t.dtype is not {x}.dtype):
            t = fit(t, {x}, y)
        known = cotangents[{slot}]
        if known is None:
            cotangents[{slot}] = t
        elif {slot} in owned:
            known += t
            cotangents[{slot}] = known
        else:
            cotangents[{slot}] = added(known, t, {x}, {slot}, owned)
"""
# The same where the rule itself knows the shape of x.
WHOLE_ARRAY: Final = """\
    if {slot} is not None:
        t = {rule}
        if t.dtype is not {x}.dtype:
            t = in_kind(t, {x})
        known = cotangents[{slot}]
        cotangents[{slot}] = t if known is None else added(known, t, {x}, {slot}, owned)
"""
NUMBER: Final = """\
        if {slot} is not None:
            known = cotangents[{slot}]
            cotangents[{slot}] = {rule} if known is None else known + {rule}
"""
ELEMENTWISE: Final = """\
def backward(cotangents, g, entry, owned):
    {unpacked} = entry
    if type(y) is float64:
{numbers}        return
{arrays}"""
GENERAL: Final = """\
def backward(cotangents, g, entry, owned):
    {unpacked} = entry
    if g.shape != y.shape:
        g = broadcast_to(g, y.shape)
{arrays}"""
SLOTS: Final = {1: "_, i, x, y", 2: "_, i, j, a, b, y"}
REUSING: Final = {"*": "product", "/": "quotient"}  # of module `reusing`
OPERANDS: Final = {1: ("x",), 2: ("a", "b")}


def backward_source(
    rules: tuple[Callable[..., Any] | None, ...], *, elementwise: bool = True
) -> tuple[str, dict[str, Any]]:
    """Return the function that takes an entry back, and what its source names.

    `rules` are those of an op of one or two arguments, on plain arrays: rule(g, y, *args); None for
    an argument that has no derivative.
    """
    names: dict[str, Any] = {"float64": np.float64, "broadcast_to": np.broadcast_to}
    names |= {"MANY": MANY, "product": product, "quotient": quotient}
    numbers, arrays = "", ""
    operands = OPERANDS[len(rules)]
    for position, (slot, x, rule) in enumerate(zip("ij", operands, rules, strict=False)):
        if rule is None:
            continue
        text = expression(rule, ("g", "y", *operands), names) if elementwise else None
        asked, on_arrays = "", text
        if text is None:
            names[f"rule{position}"] = rule
            on_arrays = text = f"rule{position}(g, y, {', '.join(operands)})"
        elif len(rules) == 2:
            asked = _asked(text, operands[1 - position])
            last = "" if position == 1 or rules[1] is None else " or j is not None"
            on_arrays = _reusing(text, last)
        numbers += NUMBER.format(slot=slot, rule=text)
        template = ARRAY if elementwise else WHOLE_ARRAY
        arrays += template.format(slot=slot, rule=on_arrays, x=x, asked=asked)
    whole = ELEMENTWISE if elementwise else GENERAL
    return whole.format(unpacked=SLOTS[len(rules)], numbers=numbers, arrays=arrays), names


def _asked(text: str, other: str) -> str:
    """Return the condition for looking at shapes and dtypes: a Python number changes neither."""
    return "" if _calls(text) else f"type({other}) is not float and "


def _calls(text: str) -> bool:
    """Whether an expression is more than operators, as np.log(2.0) is, which is a float64."""
    return re.search(r"\w\(", text) is not None


def _reusing(text: str, unless: str) -> str:
    """Return the expression of a large product that is the last one to read the cotangent."""
    found = re.fullmatch(r"\(g ([*/]) ([aby])\)", text)
    if found is None:
        return text
    return f"{text} if y.size <= MANY{unless} else {REUSING[found[1]]}(g, {found[2]})"


def expression(
    rule: Callable[..., Any], arguments: tuple[str, ...], names: dict[str, Any]
) -> str | None:
    """Return a rule's source in its arguments, None where it is more than one expression of ufuncs.

    The functions that it calls are added to `names`.

    >>> expression(lambda g, y, x: g * y, ("g", "y", "x"), {})
    '(g * y)'
    """
    if not isinstance(rule, FunctionType) or rule.__closure__ or not _knows_ufuncs_only(rule):
        return None
    symbols = [Symbol(name, names) for name in arguments]
    try:
        result = rule(*symbols)
    except (TypeError, AttributeError):
        return None
    return result.text if type(result) is Symbol and not result.used else None


def _knows_ufuncs_only(rule: FunctionType) -> bool:
    """Whether every name that a rule looks up is a ufunc: then it asks nothing of its arguments."""
    return all(isinstance(rule.__globals__.get(n), np.ufunc) for n in rule.__code__.co_names)


class Symbol:
    """An argument in the hands of a rule: what is done to it becomes text.

    What was computed may be used once: written twice, it would be computed twice.
    """

    __slots__ = ("names", "text", "used")
    __hash__ = None  # type: ignore[assignment]  # as arrays

    def __init__(self, text: str, names: dict[str, Any]) -> None:
        self.text, self.names, self.used = text, names, False

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method != "__call__" or kwargs:
            return NotImplemented
        self.names[ufunc.__name__] = ufunc
        return Symbol(f"{ufunc.__name__}({', '.join(map(_text, inputs))})", self.names)

    def __neg__(self) -> Symbol:
        return Symbol(f"(-{_text(self)})", self.names)

    def __bool__(self) -> bool:
        raise TypeError("a rule looks at a value")


def _text(x: Any) -> str:
    """Return how an operand is written; marks a computed one as used."""
    if type(x) is not Symbol:
        if type(x) not in (int, float):
            raise TypeError("a rule computes with something else than numbers")
        return f"({x!r})" if x < 0 else repr(x)
    if not x.text.isidentifier():
        if x.used:
            raise TypeError("a rule uses a value twice")
        x.used = True
    return x.text


def _operators() -> None:
    for name, sign in (("add", "+"), ("sub", "-"), ("mul", "*"), ("truediv", "/"), ("pow", "**")):
        method = lambda a, b, s=sign: Symbol(f"({_text(a)} {s} {_text(b)})", a.names)  # noqa: E731 - bound in a loop, one for each sign
        swapped = lambda a, b, s=sign: Symbol(f"({_text(b)} {s} {_text(a)})", a.names)  # noqa: E731 - bound in a loop, one for each sign
        setattr(Symbol, f"__{name}__", method)
        setattr(Symbol, f"__r{name}__", swapped)


_operators()
