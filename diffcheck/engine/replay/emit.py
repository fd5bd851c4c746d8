"""Programs written out as Python source, one statement per value, and compiled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from diffcheck.engine.replay import kernels
from diffcheck.engine.replay.lifetimes import Plan, planned
from diffcheck.engine.replay.primitives import is_basic
from diffcheck.engine.replay.program import Flavor, Node, Program, Ref
from diffcheck.engine.replay.templates import (
    POWERS,
    REDUCED,
    SCALAR_NAMES,
    SCALARS,
    scalar_template,
    ufunc_of,
)

WRAPPERS = {Flavor.ARRAY: "asarray", Flavor.SCALAR: "float64", Flavor.WEAK: "float"}
ADD_REDUCE = np.add.reduce  # a new object each time it is looked up
REDUCERS = {name: (f"{ufunc.__name__}_reduce", ufunc.reduce) for name, ufunc in REDUCED.items()}
REDUCERS["sum"] = ("add_reduce", ADD_REDUCE)
INFIX = frozenset({"add", "subtract", "multiply", "divide", "negative"})
CALLS = frozenset(name for name, template in SCALARS.items() if template == f"{name}({{0}})")
DEEPEST = 6  # operations within one expression
KNOWN: dict[str, Any] = {
    **SCALAR_NAMES,
    "asarray": np.asarray,
    "array": np.array,
    "float64": np.float64,
    "float": float,
    "bool_": np.bool,
    "add_reduce": ADD_REDUCE,
    "reshape": np.reshape,
    "broadcast_to": np.broadcast_to,
    "where": np.where,
    "matmul": np.matmul,
}


@dataclass(slots=True, eq=False)
class Writer:
    """The body of one function while it is written.

    python: the nodes whose value is a Python float (or bool) in the emitted code, whatever its
    flavor; they are wrapped where an op or the caller must see a NumPy object. users: for nodes that
    are used once, where; depths: of the expressions that stand in place of a name.
    """

    program: Program
    plan: Plan
    names: dict[int, str]
    fast: bool
    lines: list[str] = field(default_factory=list)
    bound: dict[str, Any] = field(default_factory=dict)
    python: set[int] = field(default_factory=set)
    users: dict[int, int] = field(default_factory=dict)
    depths: dict[int, int] = field(default_factory=dict)
    silent: bool = True
    _constants: dict[Any, str] = field(default_factory=dict)

    def bind(self, name: str, value: Any) -> str:
        """Make a value known to the emitted code under a name of its own."""
        known = self.bound.setdefault(name, value)
        while known is not value:
            name += "_"
            known = self.bound.setdefault(name, value)
        return name

    def constant(self, value: Any) -> str:
        """Return a literal for a number, the name of a constant for an array."""
        if type(value) in (int, bool) or value is None:
            return f"({value!r})" if type(value) is int and value < 0 else repr(value)
        if type(value) is float and np.isfinite(value):
            return f"({value!r})" if repr(value)[0] == "-" else repr(value)
        key = id(value)
        if key not in self._constants:
            self._constants[key] = self.bind(f"c{len(self._constants) + 1}", value)
        return self._constants[key]

    def operand(self, number: int) -> str:
        """Return how a node is written as an operand of an operator or a ufunc."""
        node = self.program.nodes[number]
        if node.role == "constant":
            value = node.value
            if type(value) is np.float64 and np.isfinite(value) and self.fast:
                value = float(value)
            return self.constant(value)
        return self.names[number]

    def wrapped(self, number: int) -> str:
        """Return a node as the NumPy object that its flavor says."""
        node = self.program.nodes[number]
        if node.role == "constant":
            return self.constant(node.value)
        if number not in self.python:
            return self.names[number]
        kind = "bool_" if node.dtype.char == "?" and node.flavor is Flavor.SCALAR else None
        wrapper = kind or WRAPPERS[node.flavor]
        return f"{self.bind(wrapper, KNOWN[wrapper])}({self.names[number]})"

    def params(self, node: Node) -> list[str]:
        """Return the keyword arguments of a call of the op's own forward."""
        return [f"{key}={self.tree(value, node)}" for key, value in node.params.items()]

    def tree(self, value: Any, node: Node) -> str:
        """Return the expression of a parameter, with the operands it refers to."""
        kind = type(value)
        if kind is Ref:
            return self.wrapped(node.args[value.position])
        if kind is tuple:
            inner = ", ".join(self.tree(branch, node) for branch in value)
            return f"({inner},)" if len(value) == 1 else f"({inner})"
        if kind is slice:
            return f"slice({value.start}, {value.stop}, {value.step})"
        if value is Ellipsis:
            return "..."
        return repr(value) if kind is str else self.constant(value)


def write_body(
    program: Program, names: dict[int, str], bound: dict[str, Any], *, fast: bool
) -> Writer:
    """Write the statements of a program; `names` are those of its inputs, `bound` those taken."""
    writer = Writer(program, planned(program), dict(names), fast, bound=bound)
    _convert_inputs(writer)
    writer.users = _single_users(program)
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
    expression = _scalar(writer, number, node) if writer.fast else None
    if expression is None:
        writer.silent = False
        expression = _general(writer, number, node)
        if node.flavor is Flavor.WEAK:
            expression = f"{writer.bind('float', float)}({expression})"
    elif _may_stand_inside(writer, number, node):
        infix = node.name in INFIX or node.name not in CALLS
        writer.names[number] = f"({expression})" if infix else expression
        return
    name = f"t{number}"
    writer.names[number] = name
    writer.lines.append(f"{name} = {expression}")


def _single_users(program: Program) -> dict[int, int]:
    """Return the node that uses a value, for values that are used once."""
    users: dict[int, int] = {}
    often = {*program.outputs, *program.watched}
    for number, node in enumerate(program.nodes):
        for a in node.args:
            if a in users:
                often.add(a)
            users[a] = number
    return {a: user for a, user in users.items() if a not in often}


def _may_stand_inside(writer: Writer, number: int, node: Node) -> bool:
    """Whether a number is written where it is used, instead of under a name."""
    user = writer.users.get(number)
    if user is None or node.name == "getitem":
        return False
    outer = writer.program.nodes[user]
    if outer.name not in INFIX or not outer.is_real:
        return False
    depth = 1 + max((writer.depths.get(a, 0) for a in node.args), default=0)
    if depth > DEEPEST:
        return False
    writer.depths[number] = depth
    return True


def _watch(writer: Writer, number: int) -> None:
    """Leave the program where a nan shows that the elements not chosen were not kept apart."""
    name = writer.names[number]
    if writer.program.nodes[number].shape:
        name = f"{writer.bind('add_reduce', ADD_REDUCE)}({name}, None)"
    writer.lines += [f"s = {name}", "if s != s: return NAN"]


def _scalar(writer: Writer, number: int, node: Node) -> str | None:
    """Return the expression of an op on real numbers in Python floats, None for all else."""
    if node.shape != () or node.dtype.char not in "d?":
        return None
    if node.name == "getitem":
        return _item(writer, number, node)
    operands = [writer.program.nodes[a] for a in node.args]
    if not all(
        a.is_real or (a.shape == () and a.role == "constant" and type(a.value) in (int, float))
        for a in operands
    ):
        return None
    if node.name == "pow":
        found = _power(operands[1])
    else:
        found = scalar_template(node.op) if not node.params else None
    if found is None:
        return None
    for name in found[1]:
        writer.bind(name, SCALAR_NAMES[name])
    writer.python.add(number)
    return found[0].format(*(writer.operand(a) for a in node.args))


def _power(exponent: Node) -> tuple[str, tuple[str, ...]] | None:
    value = exponent.value
    whole = exponent.role == "constant" and type(value) in (int, float) and value == int(value)
    return ("{0} ** {1}", ()) if whole else None


def _item(writer: Writer, number: int, node: Node) -> str | None:
    """Return an element of an array as a Python float."""
    index = node.params["index"]
    parts = index if type(index) is tuple else (index,)
    source = writer.program.nodes[node.args[0]]
    if (
        len(parts) != len(source.shape)
        or any(type(p) is not int for p in parts)
        or node.dtype.char != "d"
    ):
        return None
    writer.python.add(number)
    return f"{writer.operand(node.args[0])}.item({', '.join(map(repr, parts))})"


def _general(writer: Writer, number: int, node: Node) -> str:
    """Return the expression that applies an op as NumPy or its own forward does."""
    out = writer.plan.out.get(number)
    if number in writer.plan.inplace:
        out = writer.names[writer.plan.inplace[number]]
    shape = SHAPES.get(node.name)
    found = shape(writer, node, out) if shape is not None else None
    if found is not None:
        return found
    ufunc = ufunc_of(node)
    if ufunc is not None:
        return _ufunc(writer, node, ufunc, out)
    forward = writer.bind(f"op_{node.name}", node.op.forward)
    arguments = [writer.wrapped(a) for a in node.args[: node.arity]] + writer.params(node)
    return f"{forward}({', '.join(arguments)})"


def _ufunc(writer: Writer, node: Node, ufunc: np.ufunc, out: str | None) -> str:
    name = writer.bind(ufunc.__name__, ufunc)
    operands = [_array_operand(writer, node, a) for a in node.args]
    if out is not None:
        by_name = ufunc in (np.maximum, np.minimum)  # NumPy deprecates a third positional operand
        operands.append(f"out={out}" if by_name else out)
    return f"{name}({', '.join(operands)})"


def _array_operand(writer: Writer, node: Node, a: int) -> str:
    """Return an operand of a ufunc; numbers among arrays as arrays, which NumPy takes up faster."""
    operand = writer.program.nodes[a]
    if _lacks_axes(operand, node) and a not in writer.python:
        return f"{writer.operand(a)}.reshape({writer.tree(node.shape, node)})"
    if operand.role != "constant" or not node.shape:
        return writer.operand(a) if _mixes_doubles(writer, node, a) else writer.wrapped(a)
    arrays = [writer.program.nodes[b] for b in node.args if b != a]
    dtype = arrays[0].dtype if arrays and arrays[0].flavor is not Flavor.WEAK else None
    if type(operand.value) in (int, float) and dtype is not None and dtype.kind == "f":
        with np.errstate(all="ignore"):
            value = np.asarray(operand.value, dtype=dtype)
        if np.isfinite(value):
            key = ("0-d", operand.value, type(operand.value), dtype.char, str(operand.value))
            known = writer._constants.get(key)
            if known is None:
                known = writer.bind(f"c{len(writer._constants) + 1}", value)
                writer._constants[key] = known
            return known
    return writer.wrapped(a)


def _lacks_axes(operand: Node, node: Node) -> bool:
    """Whether only leading axes of length 1 are missing: a view with them is broadcast faster."""
    missing = len(node.shape) - len(operand.shape)
    return (
        operand.flavor is Flavor.ARRAY
        and 0 < missing < len(node.shape)
        and node.shape == (1,) * missing + operand.shape
    )


def _mixes_doubles(writer: Writer, node: Node, a: int) -> bool:
    """Whether all operands are float64: then a Python float promotes as a float64 does."""
    return all(writer.program.nodes[b].dtype.char == "d" for b in node.args)


def _sum(writer: Writer, node: Node, out: str | None) -> str | None:
    if set(node.params) != {"axis", "keepdims"}:
        return None
    axis, keepdims = node.params["axis"], node.params["keepdims"]
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
    return f"{writer.bind('scattered', kernels.scattered)}({writer.wrapped(node.args[0])}, {index}, {out})"


def _accumulated(writer: Writer, node: Node, out: str | None) -> str | None:
    basic = is_basic(node.params["index"])
    kernel = kernels.accumulated if basic else kernels.accumulated_at
    p, g = writer.operand(node.args[0]), writer.wrapped(node.args[1])
    index = writer.tree(node.params["index"], node)
    target = out or f"{writer.bind('array', np.array)}({p})"
    return f"{writer.bind(kernel.__name__, kernel)}({p}, {g}, {index}, {target})"


def _choice(writer: Writer, node: Node, _out: str | None) -> str | None:
    name = writer.bind("where", np.where)
    return f"{name}({', '.join(writer.wrapped(a) for a in node.args)})"


def _where(writer: Writer, node: Node, _out: str | None) -> str | None:
    """np.where itself, where the branches are arrays of the result's dtype."""
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
    """The method `dot`: the same products as matmul at a third of the cost for small matrices.

    They are the same to the bit for matrices that are dense in memory, by rows or by columns.
    """
    nodes = [writer.program.nodes[a] for a in node.args]
    if not all(_is_dense(writer, n) and n.dtype == node.dtype for n in nodes):
        return None
    if node.dtype.char not in "fd":
        return None
    a, b = (writer.operand(n) for n in node.args)
    return f"{a}.dot({b}, {out})" if out else f"{a}.dot({b})"


def _is_dense(writer: Writer, node: Node) -> bool:
    if len(node.shape) != 2:
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
    """x**n; on arrays NumPy takes shorter ways for some n, which are written out here."""
    x, n = (writer.program.nodes[a] for a in node.args)
    if (
        x.flavor is Flavor.ARRAY
        and x.shape
        and type(n.value) in (int, float)
        and n.role == "constant"
    ):
        ufunc = POWERS.get(n.value) if x.dtype.kind == "f" else None
        if ufunc is not None:
            return _call(writer, ufunc, node.args[:1], out)
    return f"{writer.wrapped(node.args[0])} ** {writer.wrapped(node.args[1])}"


def _call(writer: Writer, ufunc: np.ufunc, args: tuple[int, ...], out: str | None) -> str:
    operands = [writer.operand(a) for a in args] + ([out] if out else [])
    return f"{writer.bind(ufunc.__name__, ufunc)}({', '.join(operands)})"


def _operator(symbol: str) -> Callable[[Writer, Node, str | None], str | None]:
    """Return the template of arithmetic, by the operator where there is no buffer to write to."""

    def write(writer: Writer, node: Node, out: str | None) -> str | None:
        if out is not None or node.shape:
            return None
        a, b = (
            writer.operand(n) if _mixes_doubles(writer, node, n) else writer.wrapped(n)
            for n in node.args
        )
        return f"{a} {symbol} {b}"

    return write


SHAPES: dict[str, Callable[[Writer, Node, str | None], str | None]] = {
    "add": _operator("+"),
    "subtract": _operator("-"),
    "multiply": _operator("*"),
    "divide": _operator("/"),
    "sum": _sum,
    "max": _sum,
    "min": _sum,
    "choice": _choice,
    "where": _where,
    "keep": _keep,
    "scatter_add": _scatter,
    "accumulated": _accumulated,
    "matmul": _matmul,
    "reshape": _reshape,
    "permute_dims": _permute,
    "matrix_transpose": _transpose,
    "getitem": _getitem,
    "pow": _pow,
}
