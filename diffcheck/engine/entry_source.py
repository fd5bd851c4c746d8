"""The source of the entries of one and of two arrays.

They are written out, with an operator in place of a call where the forward is one: the call costs
half of what a product of two numbers does. Those of ops that do not take complex operands as they
stand look at their dtype first.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from textwrap import indent
from typing import TYPE_CHECKING, Any, Final

from diffcheck.engine.slimming import ROOT

if TYPE_CHECKING:
    from diffcheck.engine.table import Op

ENTRY: Final = """\
def maker(op, forward, code):
    general = _general(op)
    numbers, alike = code + NUMBERS, code + ALIKE

    def call({operands}):
{known}
        entries = tape.plain
        if entries is None:
            return {recorded}
{guard}{noticed}\
        try:
            {result} = {forward}
        except APPLICATION_ERRORS as error:
            raise failure(op, ({values},), {{}}, error) from error
        result = Tensor()
        result.value, result.trace, result.node = {result}, tape, len(entries)
{noted}\
        return result
    return call
"""
# Which operands are tensors, and of which trace.
KNOWN: Final = {
    "one": """\
        if type(a) is not Tensor:
            return {on_arrays}
        tape, i, x = a.trace, a.node, a.value""",
    "first": """\
        tape, i, x = a.trace, a.node, a.value
        if type(b) is not Tensor:
            j, y = None, b
        elif b.trace is tape:
            j, y = b.node, b.value
        else:
            return general(a, b)""",
    "second": """\
        if type(a) is not float and (type(a) is Tensor or type(a) is complex):
            return general(a, b)
        i, x = None, a
        tape, j, y = b.trace, b.node, b.value""",
}
KNOWN["either"] = f"""\
        if type(a) is Tensor:
{indent(KNOWN["first"], "    ")}
        elif type(b) is Tensor:
            if type(a) is complex:
                a = in_numpy(a, b)
            i, x = None, a
            tape, j, y = b.trace, b.node, b.value
        else:
            return {{on_arrays}}"""
OPERANDS: Final = {"one": "a", "either": "a, b", "first": "a, b", "second": "b, a"}
# What goes on the tape: numbers; arrays alike in shape and dtype, of which outlines stand for those
# that no rule reads; all else.
ELEMENTWISE: Final = """\
        if type({result}) is float64:
            entries.append((numbers, {slots}{numbers}))
            return result
        kind, form = code, None
{alike}
        result.form = form
        if form is not None:
            entries.append((alike, {slots}, {arrays}))
            return result
"""
GENERAL: Final = """\
        kind = code
        result.form = None
"""
ANY: Final = """\
        if type({result}) is ndarray and {result}.size > MANY:
            entries.append(slim(op, kind, {slots}, {values}, {result}))
        else:
            entries.append((kind, {slots}, {values}, {result}))
"""
ALIKE: Final = {
    "one": """\
        if type(x) is ndarray:
            kind, form = alike, a.form""",
    "first": """\
        if type(x) is ndarray:
            if j is None:
                if type(y) is float or type(y) is int:
                    kind, form = alike, a.form
            elif type(y) is ndarray:
                form = a.form
                if form is None or form is not b.form:
                    form = shared_form(a, b)
                if form is not None:
                    kind = alike""",
    "second": """\
        if type(y) is ndarray and (type(x) is float or type(x) is int):
            kind, form = alike, b.form""",
}
ALIKE["either"] = f"""\
        if i is not None:
{indent(ALIKE["first"], "    ")}
        el{ALIKE["second"].lstrip()}"""
# Other forwards than operators may give another dtype, and what their rules read is found out late.
IF_SAME_DTYPE: Final = """
        if kind == alike and {result}.dtype is not {array}.dtype:
            kind, form = code, None
        reads = op.reads or reads_of(op)"""
WRITTEN: Final[dict[Callable[..., Any], str]] = {
    operator.mul: "x * y", operator.add: "x + y", operator.sub: "x - y",
    operator.truediv: "x / y", operator.neg: "-x",
}  # fmt: skip
REAL_ONLY: Final = {
    1: """\
        if type(x) is not float64 and is_complex(x):
            return of_complex(op, (a,), {})
""",
    2: """\
        if is_complex(x) or is_complex(y):
            return of_complex(op, (a, b), {})
""",
}


def entry_source(op: Op, known: str) -> str:
    """Return the source of an entry's maker; `known` says which of its operands are tensors."""
    given, values, slots, result = "a", ["x"], "i", "y"
    if op.form == 2:
        given, values, slots, result = "a, b", ["x", "y"], "i, j", "z"
    on_arrays, recorded = f"on_arrays(op, ({given},), {{}})", f"tape.record(op, ({given},), {{}})"
    if op.complex is not True:
        on_arrays = recorded = f"general({given})"
    written = {"slots": slots, "values": ", ".join(values), "result": result}
    noted = (
        _elementwise(op, known, [*values, result], written) if op.kind == "elementwise" else GENERAL
    )
    return ENTRY.format(
        operands=OPERANDS[known],
        known=KNOWN[known].format(on_arrays=on_arrays),
        recorded=recorded,
        guard="" if op.complex is True else REAL_ONLY[op.form],
        noticed="        tape.rooted = True\n" if op.name == ROOT else "",
        forward=WRITTEN.get(op.forward, f"forward({written['values']})"),
        noted=noted + ANY.format(**written),
        **written,
    )


def _elementwise(op: Op, known: str, values: list[str], written: dict[str, str]) -> str:
    alike = ALIKE[known]
    if op.keeps is None:
        array = "x" if op.form == 1 else "(x if type(x) is ndarray else y)"
        alike += IF_SAME_DTYPE.format(array=array, **written)
        numbers = values
        arrays = [f"{v} if reads[{k}] else form" for k, v in enumerate(values)]
    else:
        kept = list(zip(values, op.keeps, strict=True))
        numbers = [v for v, keep in kept if keep]
        arrays = [v if keep else "form" for v, keep in kept]
    return ELEMENTWISE.format(
        alike=alike,
        numbers="".join(f", {v}" for v in numbers),
        arrays=", ".join(arrays),
        **written,
    )
