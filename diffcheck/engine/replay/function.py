"""One program as a Python function: guard, buffers, statements, result."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from diffcheck.engine.replay.containers import Guard, rebuilt
from diffcheck.engine.replay.emit import write_body
from diffcheck.engine.replay.program import Flavor, Program
from diffcheck.engine.replay.writer import Writer
from diffcheck.engine.silence import IGNORED, restore, silence

MISS = object()  # the arguments are not those that the program was made for
NAN = object()  # a nan: the program with masks must say what it is

# What the program calls its own values; arguments of these names get another one.
RESERVED: Final = re.compile(
    "[tbc][0-9]+|s|args|kwargs|token|workspaces?|new_workspace|program|silence|restore|IGNORED|MISS|NAN"
)


@dataclass(slots=True, eq=False)
class Emitted:
    """A compiled program with its source and the constants that stand in it."""

    call: Callable[..., Any]
    source: str


def emitted(
    program: Program,
    arguments: tuple[tuple[Any, ...], dict[str, Any]],
    output: Any,
    names: list[str],
    *,
    fast: bool,
) -> Emitted:
    """Return the function that replays a program on arguments like these.

    `output` is the result of the recording, whose leaves stand for the program's outputs in order;
    `names` are those of the positional arguments. `fast` computes float64 numbers as Python floats.
    """
    bound: dict[str, Any] = {}

    def bind(name: str, value: Any) -> str:
        while bound.setdefault(name, value) is not value:
            name += "_"
        return name

    guard = Guard(bind)
    positional, keyword = arguments
    names = [bind(_unreserved(name), object()) for name in names]
    keywords = {name: bind(_unreserved(name), object()) for name in keyword}
    for name, tree in zip(
        (*names, *keywords.values()), (*positional, *keyword.values()), strict=True
    ):
        guard.add(name, tree)
    guards = [*_taken(names, keywords), *guard.finish()]
    inputs = dict(zip(program.inputs, guard.leaves, strict=True))
    writer = write_body(program, inputs, bound, fast=fast)
    result = _result(writer, output)
    lines = ["def program(args, kwargs):", *_indented(guards)]
    lines += _body(writer, result)
    namespace = {**bound, "MISS": MISS, "NAN": NAN}
    namespace |= {"silence": silence, "restore": restore, "IGNORED": IGNORED}
    namespace |= {"workspaces": [], "new_workspace": writer.plan.workspace}
    source = "\n".join(lines) + "\n"
    exec(compile(source, "<engine.compile>", "exec"), namespace)  # noqa: S102 - our own source
    return Emitted(namespace["program"], _described(writer, source))


def _unreserved(name: str) -> str:
    return name + "_" if RESERVED.fullmatch(name) else name


def _taken(names: list[str], keywords: dict[str, str]) -> list[str]:
    """Return the statements that take arguments by position and by keyword.

    Handed on in a tuple and a dict, they cost a third of what a call with them unpacked does. Too
    many or too few are a `ValueError` here, another keyword is a `KeyError`: see `compile`.
    """
    lines = [
        f"if len(kwargs) != {len(keywords)}: return MISS" if keywords else "if kwargs: return MISS"
    ]
    lines.append(
        f"{', '.join(names)}{',' if len(names) == 1 else ''} = args" if names else "() = args"
    )
    return lines + [f"{new} = kwargs[{name!r}]" for name, new in keywords.items()]


def _body(writer: Writer, result: str) -> list[str]:
    """Return the statements after the guard, between taking buffers and giving them back."""
    views = list(writer.plan.views.values())
    before: list[str] = []
    after: list[str] = []
    lines = [*writer.lines, f"return {result}"]
    if views:
        before.append("workspace = workspaces.pop() if workspaces else new_workspace()")
        lines.insert(0, f"{', '.join(views)}{',' if len(views) == 1 else ''} = workspace")
        after.append("workspaces.append(workspace)")
    if not writer.silent:
        before.append("token = silence(IGNORED)")
        after.append("restore(token)")
    if not after:
        return _indented(lines)
    return _indented([*before, "try:", *_indented(lines), "finally:", *_indented(after)])


def _indented(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]


def _result(writer: Writer, output: Any) -> str:
    """Return the expression of the result; its arrays share memory with nothing."""
    taken = set(writer.program.inputs)

    def expressions() -> Iterator[str]:
        for number in writer.program.outputs:
            yield _own(writer, number, taken)

    return rebuilt(output, expressions(), writer.bind)


def _own(writer: Writer, number: int, taken: set[int]) -> str:
    node = writer.program.nodes[number]
    text = writer.wrapped(number)
    if node.flavor is not Flavor.ARRAY or number in writer.python:
        return text
    roots = writer.plan.roots[number]
    nodes = writer.program.nodes
    # of an array in another order a view, or a copy, as its strides will have it
    unclear = node.name == "reshape" and not nodes[node.args[0]].ordered
    shared = node.name == "broadcast_to" or any(
        root in taken or nodes[root].role == "constant" for root in roots
    )
    shared = shared or unclear
    taken.update(roots)
    return f"{text}.copy()" if shared else text


def _described(writer: Writer, source: str) -> str:
    """Return the source with the constants that it names."""
    notes = [
        f"# {name} = {_summary(value)}"
        for name, value in writer.bound.items()
        if name[0] == "c" and name[1:].isdigit()
    ]
    return "\n".join([*notes, source])


def _summary(value: Any) -> str:
    if not isinstance(value, np.ndarray):
        return repr(value)
    if value.size < 8:
        return np.array_repr(value)
    return f"an array of shape {value.shape} and dtype {value.dtype}"
