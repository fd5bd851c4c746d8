"""Numbers in emitted code: Python floats, and expressions of several operations."""

from __future__ import annotations

from typing import Final

from diffcheck.engine.replay.program import Flavor, Node, Program
from diffcheck.engine.replay.templates import SCALAR_NAMES, SCALARS, scalar_template
from diffcheck.engine.replay.writer import Writer

INFIX: Final = frozenset({"add", "subtract", "multiply", "divide", "negative"})
CALLS: Final = frozenset(name for name, template in SCALARS.items() if template == f"{name}({{0}})")
DEEPEST: Final = 6  # operations within one expression


def in_floats(writer: Writer, number: int, node: Node) -> str | None:
    """Return the expression of an op on real numbers in Python floats, None for all else."""
    if node.shape != () or node.dtype.char not in "d?":
        return None
    if node.name == "getitem":
        return _item(writer, number, node)
    nodes = writer.program.nodes
    if node.params:
        return None
    for a in node.args:
        if not nodes[a].is_real and type(nodes[a].value) is not int:
            return None
    found = _power(nodes[node.args[1]]) if node.name == "pow" else scalar_template(node.op)
    if found is None:
        return None
    for name in found[1]:
        writer.bind(name, SCALAR_NAMES[name])
    writer.python.add(number)
    return found[0].format(*[writer.operand(a) for a in node.args])


def _power(exponent: Node) -> tuple[str, tuple[str, ...]] | None:
    value = exponent.value
    whole = exponent.role == "constant" and type(value) in (int, float) and value == int(value)
    return ("{0} ** {1}", ()) if whole else None


def _item(writer: Writer, number: int, node: Node) -> str | None:
    """Return an element of an array as a Python float."""
    index = node.params["index"]
    parts = index if type(index) is tuple else (index,)
    source = writer.program.nodes[node.args[0]]
    whole = len(parts) == len(source.shape) and all(type(p) is int for p in parts)
    if not whole or node.dtype.char != "d":
        return None
    writer.python.add(number)
    return f"{writer.operand(node.args[0])}.item({', '.join(map(repr, parts))})"


def single_users(program: Program) -> dict[int, int]:
    """Return the node that uses a value, for values that are used once."""
    users: dict[int, int] = {}
    often = {*program.outputs, *program.watched}
    for number, node in enumerate(program.nodes):
        for a in node.args:
            if a in users:
                often.add(a)
            users[a] = number
    return {a: user for a, user in users.items() if a not in often}


def may_stand_inside(writer: Writer, number: int, node: Node) -> bool:
    """Whether a number is written where it is used, instead of under a name."""
    user = writer.users.get(number)
    if user is None or node.name == "getitem":
        return False
    outer = writer.program.nodes[user]
    if outer.name not in INFIX or not outer.is_real:
        return False
    depth = 1
    for a in node.args:
        if _may_change(writer, a):
            return False
        depth = max(depth, 1 + writer.depths.get(a, 0))
    if depth > DEEPEST:
        return False
    writer.depths[number] = depth
    return True


def _may_change(writer: Writer, number: int) -> bool:
    """Whether a number lies in an array, whose memory may hold another one further down."""
    return number not in writer.python and writer.program.nodes[number].flavor is Flavor.ARRAY


def in_place(expression: str, node: Node) -> str:
    """Return an expression as it is written inside another."""
    return expression if node.name in CALLS else f"({expression})"
