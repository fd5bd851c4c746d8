"""The source of the functions that take entries back: one op's, and the loop over a tape."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from textwrap import indent
from typing import Any, Final

import numpy as np

from diffcheck.engine.inlining import expression
from diffcheck.engine.reusing import product, quotient
from diffcheck.engine.slimming import MANY

Rules = tuple[Callable[..., Any] | None, ...]

# What is done with one cotangent t of the operand x in `slot`: brought to the shape and dtype of x,
# which may have been broadcast to the result y, and added to what is known.
ARRAY: Final = """\
    if {slot} is not None:
        t = {rule}
        if {asked}({x}.shape != y.shape or t.dtype is not {x}.dtype):
            t = fit(t, {x}, y)
        known = cotangents[{slot}]
        cotangents[{slot}] = t if known is None else added(known, t, {x}, {slot}, owned)
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
# The same where operands and result are alike in shape and dtype.
ALIKE_ARRAY: Final = """\
    if {slot} is not None:
        t = {rule}
{converted}\
        known = cotangents[{slot}]
        if known is None:
            cotangents[{slot}] = t
        elif {slot} in owned:
            known += t
            cotangents[{slot}] = known
        else:
            cotangents[{slot}] = added(known, t, y, {slot}, owned)
"""
CONVERTED: Final = """\
        if t.dtype is not y.dtype:
            t = in_kind(t, y)
"""
NUMBER: Final = """\
    if {slot} is not None:
        known = cotangents[{slot}]
        cotangents[{slot}] = {rule} if known is None else known + {rule}
"""
ELEMENTWISE: Final = """\
def of_any(cotangents, g, entry, owned):
    {unpacked} = entry
{arrays}

def of_numbers(cotangents, g, entry, _owned):
    {kept} = entry
{numbers}

def of_alike(cotangents, g, entry, owned):
    {unpacked} = entry
{alike}
"""
GENERAL: Final = """\
def of_any(cotangents, g, entry, owned):
    {unpacked} = entry
    if g.shape != y.shape:
        g = broadcast_to(g, y.shape)
{arrays}"""
# The loop over a tape, with arithmetic in it: a call costs as much as a product of two numbers.
LOOP: Final = """\
def loop(entries, cotangents, owned):
    while entries:
        g, entry = cotangents.pop(), entries.pop()
        if g is None:
            continue
        code = entry[0]
        {cases}backwards[code](cotangents, g, entry, owned)
"""
CASE: Final = """\
if code == {code}{few}:
            {unpacked} = entry
{done}\
            continue
        """
# A cotangent that the loop still held in a name of its own would be taken for somebody else's.
FORGOTTEN: Final = "    t = known = None\n"
UNPACKED: Final = {1: "_, i, x, y", 2: "_, i, j, a, b, y"}
REUSING: Final = {"*": "product", "/": "quotient"}  # of module `reusing`
OPERANDS: Final = {1: ("x",), 2: ("a", "b")}


def backward_source(
    rules: Rules, *, elementwise: bool = True, keeps: tuple[bool, ...] | None = None
) -> tuple[str, dict[str, Any]]:
    """Return the functions that take an op's entries back, and what their source names.

    `rules` are those of an op of one or two arguments, on plain arrays: rule(g, y, *args); None for
    an argument that has no derivative. `keeps` says which of the operands and the result stand in
    entries of numbers, all without it.
    """
    names: dict[str, Any] = {"float64": np.float64, "broadcast_to": np.broadcast_to}
    names |= {"MANY": MANY, "product": product, "quotient": quotient}
    arrays, numbers, alike = "", "", ""
    operands = OPERANDS[len(rules)]
    for position, (slot, x, rule) in enumerate(zip("ij", operands, rules, strict=False)):
        if rule is None:
            continue
        text = expression(rule, ("g", "y", *operands), names) if elementwise else None
        asked, on_arrays, converted = "", text, ""
        if text is None:
            names[f"rule{position}"] = rule
            on_arrays = text = f"rule{position}(g, y, {', '.join(operands)})"
            converted = CONVERTED
        elif len(rules) == 2:
            asked = _asked(text, operands[1 - position])
            last = "" if position == 1 or rules[1] is None else "j is not None or "
            on_arrays = _reusing(text, last)
            converted = CONVERTED if _calls(text) else ""
        numbers += NUMBER.format(slot=slot, rule=text)
        template = ARRAY if elementwise else WHOLE_ARRAY
        arrays += template.format(slot=slot, rule=on_arrays, x=x, asked=asked)
        alike += ALIKE_ARRAY.format(slot=slot, rule=on_arrays, converted=converted)
    whole = ELEMENTWISE if elementwise else GENERAL
    unpacked = UNPACKED[len(rules)]
    source = whole.format(
        unpacked=unpacked, kept=_kept(unpacked, keeps), arrays=arrays, numbers=numbers, alike=alike
    )
    return source, names


def _kept(unpacked: str, keeps: tuple[bool, ...] | None) -> str:
    """Return the names of what stands in an entry of numbers."""
    if keeps is None:
        return unpacked
    names = unpacked.split(", ")
    before, values = names[: -len(keeps)], names[-len(keeps) :]
    return ", ".join(before + [name for name, keep in zip(values, keeps, strict=True) if keep])


def loop_source(
    arithmetic: Iterable[tuple[int, tuple[bool, ...], Rules]], numbers: int, alike: int
) -> str:
    """Return the loop, in which stands what arithmetic does with two numbers or arrays alike.

    Items of `arithmetic` are the code of an op, what its entries of numbers keep, and its rules;
    `numbers` and `alike` are added to the code in entries of such.
    """
    of_numbers, of_alike = "", ""
    for code, keeps, rules in arithmetic:
        written = [rule and expression(rule, ("g", "y", "a", "b"), {}) for rule in rules]
        texts = [text for text in written if text is not None and not _calls(text)]
        if len(texts) < len(rules):
            continue
        slots = list(zip("ij", texts, strict=True))
        done = "".join(NUMBER.format(slot=slot, rule=text) for slot, text in slots)
        of_numbers += _case(code + numbers, _kept(UNPACKED[2], keeps), done)
        parts = [ALIKE_ARRAY.format(slot=slot, rule=t, converted="") for slot, t in slots]
        few = " and entry[5].size <= MANY" if any(_reusing(t, "") != t for t in texts) else ""
        of_alike += _case(code + alike, UNPACKED[2], "".join(parts) + FORGOTTEN, few)
    return LOOP.format(cases=of_numbers + of_alike)


def _case(code: int, unpacked: str, done: str, few: str = "") -> str:
    return CASE.format(code=code, unpacked=unpacked, done=indent(done, 8 * " "), few=few)


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
    return f"{text} if {unless}y.size <= MANY else {REUSING[found[1]]}(g, {found[2]})"
