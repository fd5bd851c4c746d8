"""Expressions of the ops on arrays, by the op's name; None leaves an op to its own forward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from diffcheck.engine.ops.rows import are_short, row_totals
from diffcheck.engine.replay import kernels
from diffcheck.engine.replay.primitives import is_basic
from diffcheck.engine.replay.program import Flavor, Node
from diffcheck.engine.replay.templates import POWERS, REDUCED
from diffcheck.engine.replay.ufuncs import all_doubles
from diffcheck.engine.replay.writer import ADD_REDUCE, Writer

Expression = Callable[[Writer, Node, str | None], str | None]
REDUCERS: Final = {
    name: (f"{ufunc.__name__}_reduce", ADD_REDUCE if ufunc is np.add else ufunc.reduce)
    for name, ufunc in REDUCED.items()
}


def _sum(writer: Writer, node: Node, out: str | None) -> str | None:
    if set(node.params) != {"axis", "keepdims"}:
        return None
    axis, keepdims = node.params["axis"], node.params["keepdims"]
    x = writer.program.nodes[node.args[0]]
    if node.name == "sum" and x.ordered and are_short(x.shape, x.dtype, axis):
        name = writer.bind("row_totals", row_totals.forward)
        written = f", out={out}" if out is not None else ""
        return f"{name}({writer.operand(node.args[0])}, keepdims={keepdims}{written})"
    name = writer.bind(*REDUCERS[node.name])
    rest = [writer.tree(axis, node)]
    if out is not None or keepdims:
        rest += ["None", out or "None"]
    if keepdims:
        rest.append("True")
    return f"{name}({writer.wrapped(node.args[0])}, {', '.join(rest)})"


def _keep(writer: Writer, node: Node, out: str | None) -> str | None:
    x, bits = (writer.operand(a) for a in node.args[:2])
    fill = writer.operand(node.args[2]) if len(node.args) > 2 else "None"
    target = out or f"{writer.bind('empty_like', np.empty_like)}({x})"
    return f"{writer.bind('keep', kernels.keep)}({x}, {bits}, {fill}, {target})"


def _scatter(writer: Writer, node: Node, out: str | None) -> str | None:
    if out is None or not is_basic(node.params["index"]):
        return None
    index = writer.tree(node.params["index"], node)
    g = writer.wrapped(node.args[0])
    return f"{writer.bind('scattered', kernels.scattered)}({g}, {index}, {out})"


def _accumulated(writer: Writer, node: Node, out: str | None) -> str | None:
    basic = is_basic(node.params["index"])
    kernel = kernels.accumulated if basic else kernels.accumulated_at
    p, g = writer.operand(node.args[0]), writer.wrapped(node.args[1])
    index = writer.tree(node.params["index"], node)
    target = out or f"{writer.bind('array', np.array)}({p})"
    return f"{writer.bind(kernel.__name__, kernel)}({p}, {g}, {index}, {target})"


def _assembled(writer: Writer, node: Node, out: str | None) -> str | None:
    parts = ", ".join(writer.wrapped(a) for a in node.args)
    indices = writer.tree(node.params["indices"], node)
    if out is None:
        dtype = writer.bind(node.dtype.name + "_", node.dtype)
        out = f"{writer.bind('empty', np.empty)}({node.shape}, {dtype})"
    kernel = writer.bind("assembled", kernels.assembled)
    return f"{kernel}(({parts},), {indices}, {node.params['whole']}, {out})"


def _choice(writer: Writer, node: Node, _out: str | None) -> str | None:
    name = writer.bind("where", np.where)
    return f"{name}({', '.join(writer.wrapped(a) for a in node.args)})"


def _where(writer: Writer, node: Node, _out: str | None) -> str | None:
    """Return a call of np.where itself, where the branches are arrays of the result's dtype."""
    nodes = [writer.program.nodes[a] for a in node.args[1:]]
    if not node.shape or any(n.dtype != node.dtype or n.flavor is Flavor.WEAK for n in nodes):
        return None
    return _choice(writer, node, None)


def _reshape(writer: Writer, node: Node, _out: str | None) -> str | None:
    source = writer.program.nodes[node.args[0]]
    if source.flavor is not Flavor.ARRAY or node.args[0] in writer.python:
        return None
    return f"{writer.operand(node.args[0])}.reshape({writer.tree(node.shape, node)})"


def _matmul(writer: Writer, node: Node, out: str | None) -> str | None:
    """Return a call of `dot`, as the op's forward calls it for two matrices.

    For vectors the products are the same to the bit, if matrices are dense, by rows or columns.
    """
    nodes = [writer.program.nodes[a] for a in node.args]
    if node.dtype.char not in "fd" or any(n.dtype != node.dtype for n in nodes):
        return None
    matrices = all(n.flavor is Flavor.ARRAY and len(n.shape) == 2 for n in nodes)
    if not matrices and not all(_is_dense(writer, n) for n in nodes):
        return None
    a, b = (writer.operand(n) for n in node.args)
    return f"{a}.dot({b}, {out})" if out else f"{a}.dot({b})"


def _is_dense(writer: Writer, node: Node) -> bool:
    if node.flavor is not Flavor.ARRAY or len(node.shape) not in (1, 2):
        return False
    if node.name in ("permute_dims", "matrix_transpose"):
        return writer.program.nodes[node.args[0]].ordered
    return node.ordered


def _permute(writer: Writer, node: Node, _out: str | None) -> str | None:
    axes = node.params["axes"]
    if axes == tuple(range(len(axes)))[::-1]:
        return f"{writer.operand(node.args[0])}.T"
    return f"{writer.operand(node.args[0])}.transpose({writer.tree(tuple(axes), node)})"


def _transpose(writer: Writer, node: Node, _out: str | None) -> str | None:
    rank = len(node.shape)
    if rank == 2:
        return f"{writer.operand(node.args[0])}.T"
    return f"{writer.operand(node.args[0])}.swapaxes(-1, -2)"


def _getitem(writer: Writer, node: Node, _out: str | None) -> str | None:
    index = node.params["index"]
    parts = index if type(index) is tuple else (index,)
    if node.args[0] in writer.python or any(type(part) is list for part in parts):
        return None
    written = ", ".join(_subscript(writer, node, part) for part in parts)
    comma = "," if type(index) is tuple and len(index) == 1 else ""
    return f"{writer.operand(node.args[0])}[{written or '()'}{comma}]"


def _subscript(writer: Writer, node: Node, part: Any) -> str:
    if type(part) is slice and all(
        type(p) in (int, type(None)) for p in (part.start, part.stop, part.step)
    ):
        ends = ["" if p is None else str(p) for p in (part.start, part.stop)]
        return ":".join(ends if part.step is None else [*ends, str(part.step)])
    return writer.tree(part, node)


def _pow(writer: Writer, node: Node, out: str | None) -> str | None:
    """Return x**n; on arrays NumPy takes shorter ways for some n, which are written out here."""
    x, n = (writer.program.nodes[a] for a in node.args)
    if x.shape and x.dtype.kind == "f" and type(n.value) in (int, float) and n.value in POWERS:
        return _call(writer, POWERS[n.value], node.args[:1], out)
    return f"{writer.wrapped(node.args[0])} ** {writer.wrapped(node.args[1])}"


def _call(writer: Writer, ufunc: np.ufunc, args: tuple[int, ...], out: str | None) -> str:
    operands = [writer.operand(a) for a in args] + ([out] if out else [])
    return f"{writer.bind(ufunc.__name__, ufunc)}({', '.join(operands)})"


def _operator(symbol: str) -> Expression:
    """Return the template of arithmetic, by the operator where there is no buffer to write to."""

    def write(writer: Writer, node: Node, out: str | None) -> str | None:
        if out is not None or node.shape:
            return None
        a, b = (
            writer.operand(n) if all_doubles(writer, node) else writer.wrapped(n) for n in node.args
        )
        return f"{a} {symbol} {b}"

    return write


EXPRESSIONS: Final[dict[str, Expression]] = {
    "add": _operator("+"),
    "subtract": _operator("-"),
    "multiply": _operator("*"),
    "divide": _operator("/"),
    "sum": _sum,
    "plain_sum": _sum,
    "max": _sum,
    "min": _sum,
    "choice": _choice,
    "where": _where,
    "keep": _keep,
    "scatter_add": _scatter,
    "accumulated": _accumulated,
    "assembled": _assembled,
    "matmul": _matmul,
    "reshape": _reshape,
    "permute_dims": _permute,
    "matrix_transpose": _transpose,
    "getitem": _getitem,
    "pow": _pow,
}
