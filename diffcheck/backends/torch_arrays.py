"""A PyTorch function as a program of array operations: the ATen operations that it dispatches.

A `torch.autograd.Function` dispatches those of its own `forward`; its `backward` has no part in it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import reduce
from math import prod
from typing import Any, Final

import numpy as np
import sympy
import torch
from torch._decomp import core_aten_decompositions
from torch.fx.experimental.proxy_tensor import make_fx
from torch.utils import _pytree as pytree

from diffcheck.backends.base import Unsupported
from diffcheck.backends.torch_rules import (
    BY_INDEX,
    ELEMENTWISE,
    LOSSES,
    MOVES,
    PLACES,
    ROUNDS,
    SUMS,
    TAKES_UNKNOWN,
    WHOLE,
    Ref,
    Unknown,
    converted,
    unreadable,
)
from diffcheck.engine.ball_trace import literal, literal_rounding
from diffcheck.truth.arrays import Arrays
from diffcheck.truth.arrays.expand import exact_number
from diffcheck.truth.arrays.form import ARGUMENTS, X

_SIZED: Final = ("mean", "sum")  # a loss's reductions, by torch's numbers 1 and 2


def is_short(number: float) -> bool:
    """Whether a literal is taken to be meant exactly, as 0.5 or 3, and not 0.1."""
    with literal_rounding(1.0):
        return bool(literal(number).is_exact())


def traced(function: Callable[..., Any], at: Sequence[Any]) -> Any:
    """Return the ATen operations of a function of tensors as a graph.

    Raises `Unsupported` where a number that depends on the inputs decides what is run.
    """
    try:
        with warnings.catch_warnings():
            # What the tracer says of itself is none of the program's business.
            warnings.filterwarnings("ignore", category=UserWarning, module=r"torch\b")
            graph = make_fx(function, decomposition_table=_decompositions())(*at)
            if any(_name(node.target).endswith("_") for node in graph.graph.nodes):
                pure = torch.func.functionalize(graph, remove="mutations_and_views")
                graph = make_fx(pure)(*at)
            graph.graph.eliminate_dead_code()  # torch's own questions about shapes among it
            return graph
    except RuntimeError as error:
        if "trying to get value out of a tracing tensor" not in str(error):
            raise
        raise Unsupported(
            "the primal cannot be read: it asks for the number in a tensor (.item(), `if x > 0`)"
        ) from error


def _decompositions() -> dict[Any, Any]:
    """Return torch's own decompositions of what has no rule here."""
    known = {*ELEMENTWISE, *MOVES, *WHOLE}
    table = core_aten_decompositions()
    return {op: f for op, f in table.items() if _name(op) not in known}


def read(graph: Any, arrays: Arrays, inputs: Sequence[int], *, literals: bool = False) -> Any:
    """Append a traced function to a program; return its outputs, nested as they are, as nodes.

    With `literals` a number that is not short is a constant of the program, which may have a
    radius; without, it is exactly itself. Raises `Unsupported` that names the operation where one
    has no form.
    """
    reader = _Reader(graph, arrays, literals=literals)
    return pytree.tree_map(
        reader.node, reader.run(list(map(Ref, inputs))), is_leaf=lambda y: isinstance(y, Ref)
    )


def _name(op: Any) -> str:
    """Return an operation's name without its namespace and overload."""
    return op.name().partition("::")[2].partition(".")[0] if hasattr(op, "overloadpacket") else ""


class _Reader:
    def __init__(self, graph: Any, arrays: Arrays, *, literals: bool) -> None:
        self.graph = graph
        self.arrays = arrays
        self.literals = literals

    def run(self, inputs: list[Ref]) -> Any:
        values: dict[Any, Any] = {}
        remaining = iter(inputs)
        for node in self.graph.graph.nodes:
            args = pytree.tree_map(
                lambda a: values[a] if isinstance(a, torch.fx.Node) else a, (node.args, node.kwargs)
            )
            if node.op == "placeholder":
                values[node] = next(remaining)
            elif node.op == "get_attr":
                values[node] = _held(self.graph, node.target)
            elif node.op == "output":
                return args[0][0]
            else:
                values[node] = self._apply(node, *args)
        raise AssertionError("a graph ends with its output")

    def _apply(self, node: Any, args: Any, kwargs: Any) -> Any:
        if node.target.__class__.__name__ == "builtin_function_or_method":  # getitem of a tuple
            return args[0][args[1]]
        name = _name(node.target)
        if name == "copy_":
            raise unreadable("copy_", "writes into an argument of the function")
        return self.operation(node.target, name, args, kwargs)

    def operation(self, target: Any, name: str, args: Any, kwargs: Any) -> Any:
        random = torch.Tag.nondeterministic_seeded in getattr(target, "tags", ())
        if random and name not in WHOLE:
            raise unreadable(name, "draws random numbers: draw them outside of the function")
        leaves = pytree.tree_leaves((args, kwargs))
        if all(_is_known(a) for a in leaves):
            return self._of_constants(target, name, args, kwargs)
        unknown = [a for a in leaves if isinstance(a, Unknown)]
        if unknown and name in MOVES and not any(isinstance(a, Ref) for a in leaves):
            return unknown[0]
        if unknown and name not in TAKES_UNKNOWN:
            raise unreadable(name, f"takes {unknown[0].what}, which are not read")
        return self._applied(target, name, args, kwargs)

    def _of_constants(self, target: Any, name: str, args: Any, kwargs: Any) -> Any:
        """Return what torch makes of constants, or a node where that has rounded."""
        plain = pytree.tree_map(
            lambda a: a.known if isinstance(a, Ref) else a, (args, kwargs), is_leaf=_is_tensor
        )
        found = target(*plain[0], **plain[1])
        leaves = [a for a in pytree.tree_leaves(plain) if isinstance(a, torch.Tensor)]
        refs = any(isinstance(a, Ref) for a in pytree.tree_leaves((args, kwargs)))
        exact = not refs and name not in ROUNDS
        if exact or not leaves or not all(map(_is_finite_float, (found, *leaves))):
            return found
        try:
            result = self._applied(target, name, args, kwargs)
        except Unsupported:  # of constants torch's own numbers are there
            return found
        if isinstance(result, Ref):
            result.known = found
        return result

    def _applied(self, target: Any, name: str, args: Any, kwargs: Any) -> Any:
        """Apply the rule of an operation, as numbers what it takes as numbers."""
        if name.removesuffix("_copy") in MOVES:
            return self._moved(target, args, kwargs)
        if name == "_to_copy":
            return converted(self, args[0], kwargs.get("dtype"))
        if name in SUMS:
            args = (converted(self, self.node(args[0]), kwargs.get("dtype")), *args[1:])
        if name in WHOLE:
            return WHOLE[name](self, *args, **_without_layout(kwargs))
        if name in LOSSES:
            return self._loss(name, *args, **kwargs)
        if name == "mul" and all(isinstance(a, Ref) and self.arrays.is_condition(a) for a in args):
            return WHOLE["logical_and"](self, *args)  # a product of truth values is one
        if name in ELEMENTWISE:
            numbers = [self._not_bool(a) for a in args]
            return self._each(ELEMENTWISE[name], numbers, _without_layout(kwargs), name)
        raise unreadable(name)

    def shape(self, x: Any) -> tuple[int, ...]:
        """Return a value's shape."""
        return self.arrays.shape(x) if isinstance(x, Ref) else tuple(np.shape(x))

    def node(self, x: Any, shape: tuple[int, ...] | None = None) -> Ref:
        """Return a value's node, broadcast to a shape."""
        if not isinstance(x, Ref):
            array = x.detach().cpu().numpy() if isinstance(x, torch.Tensor) else np.asarray(x)
            if array.dtype.kind == "c":
                raise unreadable("on complex numbers")
            x = self.arrays.constant(array if array.dtype == bool else array.astype(np.float64))
        if shape is not None and self.arrays.shape(x) != tuple(shape):
            x = self.arrays.broadcast(x, tuple(shape))
        return Ref(x)

    def elementwise(self, rule: Callable[..., Any], *args: Any) -> Ref:
        """Apply a rule once, on symbols that stand for the elements; a number stands for itself."""
        return self._each(rule, args, {}, "")

    def _each(self, rule: Any, args: Any, kwargs: Any, name: str) -> Ref:
        shape = np.broadcast_shapes(*(self.shape(a) for a in args if _is_tensor(a)))
        nodes: list[int] = []
        given: list[Any] = []
        for a in args:
            if isinstance(a, (bool, str)) or a is None:
                given.append(a)
            elif not isinstance(a, Ref) and (number := self._number(a)) is not None:
                given.append(number)
            else:
                given.append(ARGUMENTS[len(nodes)])
                nodes.append(self.node(a, shape))
        named = {
            k: exact_number(v) if isinstance(v, (int, float)) and not isinstance(v, bool) else v
            for k, v in kwargs.items()
        }
        try:
            template = sympy.sympify(rule(*given, **named))
        except (TypeError, ValueError) as error:
            raise unreadable(name, f"is not known in this form: {error}") from error
        if not nodes:
            return Ref(self.arrays.map(X + template, self.arrays.constant(np.zeros(shape))))
        return Ref(self.arrays.map(template, *nodes))

    def _not_bool(self, a: Any) -> Any:
        """Return the numbers 1 and 0 in the place of an array of truth values."""
        if isinstance(a, Ref) and self.arrays.is_condition(a):
            return converted(self, a)
        return a.double() if isinstance(a, torch.Tensor) and a.dtype == torch.bool else a

    def _number(self, a: Any) -> Any:
        """Return one number as SymPy's, None of an array, or of a literal that has a radius."""
        if isinstance(a, torch.Tensor):
            if a.numel() != 1:
                return None
            a = a.item()
        if isinstance(a, complex):
            raise unreadable("on complex numbers")
        return None if self.literals and not is_short(a) else exact_number(a)

    def _loss(self, name: str, x: Any, y: Any, reduction: int = 1, *more: Any, **kw: Any) -> Ref:
        each = self._each(ELEMENTWISE[name], (x, y, *more), kw, name)
        return each if reduction == 0 else WHOLE[_SIZED[reduction - 1]](self, each)

    def _moved(self, target: Any, args: Any, kwargs: Any) -> Any:
        """Run a movement on the positions of the numbers; 0 is that of what is filled in."""
        name = _name(target).removesuffix("_copy")
        fill = 0.0
        if name == "constant_pad_nd":
            args, fill = args[:2], args[2] if len(args) > 2 else kwargs.get("value", fill)
        values, places = (args[:1], args[1:]) if name in BY_INDEX else (args, ())
        if any(isinstance(a, Ref) for a in pytree.tree_leaves(places)):
            raise unreadable(name, f"takes {PLACES.what}, which are not read")
        values = pytree.tree_map(
            lambda a: self.node(a) if _is_tensor(a) else a, values, is_leaf=_is_tensor
        )
        nodes = [a for a in pytree.tree_leaves(values) if isinstance(a, Ref)]
        conditions = all(map(self.arrays.is_condition, nodes))
        sources: list[int] = [self.arrays.constant(np.full(1, False if conditions else fill))]
        start = 1

        def positions(a: Any) -> Any:
            nonlocal start
            if not isinstance(a, Ref):
                return a
            sources.append(a if conditions else converted(self, a))
            first = start
            start += self.arrays.nodes[a].size
            return torch.from_numpy(np.asarray(first + self.arrays.positions(a)))

        moved = pytree.tree_map(positions, values, is_leaf=lambda a: isinstance(a, Ref))
        found = target(*moved, *places)

        def taken(p: Any) -> Any:
            where = p.numpy()
            if (where > 0).all():
                return Ref(self.arrays.take(where - 1, *sources[1:]))
            return Ref(self.arrays.take(where, *sources))

        return pytree.tree_map(taken, found)

    def grouped(self, x: Any, dim: Any, keepdim: bool) -> tuple[int, Any, tuple[int, ...]]:
        """Return a node with the group of each element along axes, and the groups' shape."""
        node = self.node(x)
        shape = self.arrays.shape(node)
        axes = _axes(dim, len(shape))
        kept = tuple(1 if k in axes else size for k, size in enumerate(shape))
        groups = np.broadcast_to(np.arange(prod(kept)).reshape(kept), shape)
        return (
            node,
            groups,
            kept if keepdim else tuple(size for k, size in enumerate(shape) if k not in axes),
        )


def _is_known(a: Any) -> bool:
    return a.known is not None if isinstance(a, Ref) else not isinstance(a, Unknown)


def _is_finite_float(a: Any) -> bool:
    return isinstance(a, torch.Tensor) and a.is_floating_point() and bool(a.isfinite().all())


def _held(graph: Any, target: str) -> Any:
    return reduce(getattr, target.split("."), graph)


def _is_tensor(a: Any) -> bool:
    return isinstance(a, (Ref, torch.Tensor))


def _axes(dim: Any, ndim: int) -> set[int]:
    if dim is None or (isinstance(dim, (list, tuple)) and not dim):
        return set(range(ndim))
    dims = [dim] if isinstance(dim, int) else dim
    return {d % max(ndim, 1) for d in dims}


def _without_layout(kwargs: Any) -> dict[str, Any]:
    layout = ("dtype", "layout", "device", "pin_memory", "memory_format", "non_blocking")
    return {k: v for k, v in kwargs.items() if k not in layout}
