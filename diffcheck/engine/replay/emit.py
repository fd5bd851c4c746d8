"""Programs written out as Python source, one statement per value."""

from __future__ import annotations

from typing import Any

from diffcheck.engine.replay.expressions import EXPRESSIONS
from diffcheck.engine.replay.lifetimes import planned
from diffcheck.engine.replay.program import Flavor, Node, Program
from diffcheck.engine.replay.scalars import in_floats, in_place, may_stand_inside, single_users
from diffcheck.engine.replay.templates import ufunc_of
from diffcheck.engine.replay.ufuncs import call_of_ufunc
from diffcheck.engine.replay.writer import ADD_REDUCE, Writer
from diffcheck.engine.steps import Step


def write_body(
    program: Program, names: dict[int, str], bound: dict[str, Any], *, fast: bool
) -> Writer:
    """Write the statements of a program; `names` are those of its inputs, `bound` those taken."""
    writer = Writer(program, planned(program), dict(names), fast, bound=bound)
    _convert_inputs(writer)
    writer.users = single_users(program)
    for number, node in enumerate(program.nodes):
        if node.role != "op":
            continue
        _write(writer, number, node)
        if number in program.watched:
            _watch(writer, number)
        dead = writer.plan.dead.get(number)
        if dead:
            writer.lines.append("del " + ", ".join(writer.names[n] for n in dead))
    return writer


def _convert_inputs(writer: Writer) -> None:
    for number in writer.program.inputs:
        node = writer.program.nodes[number]
        if node.flavor is Flavor.WEAK:
            writer.python.add(number)
        elif writer.fast and node.flavor is Flavor.SCALAR and node.is_real:
            writer.lines.append(f"{writer.names[number]} = float({writer.names[number]})")
            writer.python.add(number)


def _write(writer: Writer, number: int, node: Node) -> None:
    expression = in_floats(writer, number, node) if writer.fast else None
    if expression is None:
        writer.silent = False
        expression = _general(writer, number, node)
        if node.flavor is Flavor.WEAK:
            expression = f"{writer.bind('float', float)}({expression})"
    elif may_stand_inside(writer, number, node):
        writer.names[number] = in_place(expression, node)
        return
    buffer = writer.plan.out.get(number)
    if buffer is not None and expression.endswith((f" {buffer})", f"={buffer})")):
        writer.names[number] = buffer  # written to by the call itself
        writer.lines.append(expression)
        return
    name = f"t{number}"
    writer.names[number] = name
    writer.lines.append(f"{name} = {expression}")


def _watch(writer: Writer, number: int) -> None:
    """Leave the program where a nan shows that the elements not chosen were not kept apart."""
    name = writer.names[number]
    if writer.program.nodes[number].shape:
        name = f"{writer.bind('add_reduce', ADD_REDUCE)}({name}, None)"
    writer.lines += [f"s = {name}", "if s != s: return NAN"]


def _general(writer: Writer, number: int, node: Node) -> str:
    """Return the expression that applies an op as NumPy or its own forward does."""
    out = writer.plan.out.get(number)
    if number in writer.plan.inplace:
        out = writer.names[writer.plan.inplace[number]]
    write = EXPRESSIONS.get(node.name)
    found = write(writer, node, out) if write is not None else None
    if found is not None:
        return found
    ufunc = ufunc_of(node)
    if ufunc is not None:
        return call_of_ufunc(writer, node, ufunc, out)
    forward = writer.bind(f"op_{node.name}", node.op.forward)
    arguments = [writer.wrapped(a) for a in node.args[: node.arity]] + writer.params(node)
    if out is not None and isinstance(node.op, Step):
        arguments.append(f"out={out}")
    return f"{forward}({', '.join(arguments)})"
