"""Ufuncs in emitted code: their operands as NumPy takes them up fastest, their buffers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from diffcheck.engine.replay.program import Flavor, Node
from diffcheck.engine.replay.writer import Writer


def call_of_ufunc(writer: Writer, node: Node, ufunc: np.ufunc, out: str | None) -> str:
    """Return a call with the node's operands, written to `out` where there is one."""
    name = writer.bind(ufunc.__name__, ufunc)
    operands = [_array_operand(writer, node, ufunc, a) for a in node.args]
    if out is not None:
        by_name = ufunc in (np.maximum, np.minimum)  # NumPy deprecates a third positional operand
        operands.append(f"out={out}" if by_name else out)
    return f"{name}({', '.join(operands)})"


def _array_operand(writer: Writer, node: Node, ufunc: np.ufunc, a: int) -> str:
    """Return an operand; numbers among arrays as arrays, which NumPy takes up faster."""
    operand = writer.program.nodes[a]
    if _lacks_axes(operand, node) and a not in writer.python:
        return f"{writer.operand(a)}.reshape({writer.tree(node.shape, node)})"
    if ufunc.signature is None and _is_one_element(operand, node):
        return f"{writer.operand(a)}.reshape(())"
    if operand.role != "constant" or not node.shape:
        return writer.operand(a) if all_doubles(writer, node) else writer.wrapped(a)
    others = [writer.program.nodes[b] for b in node.args if b != a]
    if others and others[0].flavor is not Flavor.WEAK and type(operand.value) in (int, float):
        name = _as_array(writer, operand.value, others[0].dtype)
        if name is not None:
            return name
    return writer.wrapped(a)


def _as_array(writer: Writer, number: float, dtype: np.dtype[Any]) -> str | None:
    """Return the name of a number as an array without axes, None where the dtype cannot hold it."""
    if dtype.kind != "f":
        return None
    known = writer.known((repr(number), dtype.char))
    if known is not None:
        return known
    with np.errstate(all="ignore"):
        value = np.asarray(number, dtype=dtype)
    if not np.isfinite(value):
        return None
    return writer.named((repr(number), dtype.char), value)


def _lacks_axes(operand: Node, node: Node) -> bool:
    """Whether only leading axes of length 1 are missing: a view with them is broadcast faster."""
    missing = len(node.shape) - len(operand.shape)
    return (
        operand.flavor is Flavor.ARRAY
        and 0 < missing < len(node.shape)
        and node.shape == (1,) * missing + operand.shape
    )


def _is_one_element(operand: Node, node: Node) -> bool:
    """Whether one element serves all of the result: without axes it is broadcast faster."""
    return (
        operand.flavor is Flavor.ARRAY
        and operand.shape != ()
        and math.prod(operand.shape) == 1 != math.prod(node.shape)
    )


def all_doubles(writer: Writer, node: Node) -> bool:
    """Whether all operands are float64: then a Python float promotes as a float64 does."""
    return all(writer.program.nodes[b].dtype.char == "d" for b in node.args)
