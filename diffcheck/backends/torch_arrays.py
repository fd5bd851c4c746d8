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
from diffcheck.backends.torch_rules import ELEMENTWISE, LOSSES, MOVES, unreadable
from diffcheck.engine.ball_trace import literal, literal_rounding
from diffcheck.truth.arrays import Arrays
from diffcheck.truth.arrays.expand import exact_number
from diffcheck.truth.arrays.form import ARGUMENTS, X, Y

LONGEST: Final = 256  # elements that are multiplied one after another
_SIZED: Final = ("mean", "sum")  # a loss's reductions, by torch's numbers 1 and 2


def is_short(number: float) -> bool:
    """Whether a literal is taken to be meant exactly, as 0.5 or 3, and not 0.1."""
    with literal_rounding(1.0):
        return bool(literal(number).is_exact())


class Ref(int):
    """A value of the program: the position of its node. Anything else is torch's own."""


def traced(function: Callable[..., Any], at: Sequence[Any]) -> Any:
    """Return the ATen operations of a function of tensors as a graph.

    Raises `Unsupported` where a number that depends on the inputs decides what is run.
    """
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=UserWarning, module=r"torch\b")
            graph = make_fx(function, decomposition_table=_decompositions())(*at)
            if any(_name(node.target).endswith("_") for node in graph.graph.nodes):
                pure = torch.func.functionalize(graph, remove="mutations_and_views")
                graph = make_fx(pure)(*at)
            return graph
    except RuntimeError as error:
        if "trying to get value out of a tracing tensor" not in str(error):
            raise
        raise Unsupported(
            "the primal cannot be read: it asks for the number in a tensor (.item(), `if x > 0`)"
        ) from error


def _decompositions() -> dict[Any, Any]:
    """Return torch's own decompositions of what has no rule here."""
    known = {*ELEMENTWISE, *MOVES, *_WHOLE}
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
        leaves = pytree.tree_leaves((args, kwargs))
        if not any(isinstance(a, Ref) for a in leaves):
            return target(*args, **kwargs)  # constants, known exactly where they only move
        if name in _LIKE:
            shape = self.arrays.shape(args[0])
            return torch.full(shape, _LIKE[name], dtype=torch.float64)
        if name.removesuffix("_copy") in MOVES:
            return self._moved(target, args, kwargs)
        if name in _WHOLE:
            return _WHOLE[name](self, *args, **_without_layout(kwargs))
        if name in LOSSES:
            return self._loss(name, *args, **kwargs)
        if name in ELEMENTWISE:
            return self.elementwise(ELEMENTWISE[name], args, _without_layout(kwargs), name)
        raise unreadable(name)

    def shape(self, x: Any) -> tuple[int, ...]:
        """Return a value's shape."""
        return self.arrays.shape(x) if isinstance(x, Ref) else tuple(np.shape(x))

    def node(self, x: Any, shape: tuple[int, ...] | None = None) -> Ref:
        """Return a value's node, broadcast to a shape."""
        if not isinstance(x, Ref):
            array = x.detach().cpu().numpy() if isinstance(x, torch.Tensor) else np.asarray(x)
            x = self.arrays.constant(array if array.dtype == bool else array.astype(np.float64))
        if shape is not None and self.arrays.shape(x) != tuple(shape):
            x = self.arrays.broadcast(x, tuple(shape))
        return Ref(x)

    def elementwise(self, rule: Any, args: Any, kwargs: Any, name: str = "") -> Ref:
        """Apply a rule once, on symbols that stand for the elements; a number stands for itself."""
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
            return self.node(self.arrays.map(X + template, self.arrays.constant(np.zeros(shape))))
        return Ref(self.arrays.map(template, *nodes))

    def _number(self, a: Any) -> Any:
        """Return one number as SymPy's, None of an array, or of a literal that has a radius."""
        if isinstance(a, torch.Tensor):
            if a.numel() != 1:
                return None
            a = a.item()
        return None if self.literals and not is_short(a) else exact_number(a)

    def _loss(self, name: str, x: Any, y: Any, reduction: int = 1, *more: Any, **kw: Any) -> Ref:
        each = self.elementwise(ELEMENTWISE[name], (x, y, *more), kw, name)
        return each if reduction == 0 else Ref(_reduced(_SIZED[reduction - 1])(self, each))

    def _moved(self, target: Any, args: Any, kwargs: Any) -> Any:
        """Run a movement on the positions of the numbers; 0 is the position of a zero."""
        sources = [self.arrays.constant(np.zeros(1))]
        start = 1

        def positions(a: Any) -> Any:
            nonlocal start
            floats = isinstance(a, torch.Tensor) and (
                a.is_floating_point() or a.dtype == torch.bool
            )
            if not isinstance(a, Ref) and not floats:
                return a
            node = self.node(a)
            sources.append(node)
            start += self.arrays.nodes[node].size
            first = start - self.arrays.nodes[node].size
            return torch.from_numpy(np.asarray(first + self.arrays.positions(node)))

        moved = pytree.tree_map(positions, args, is_leaf=lambda a: isinstance(a, Ref))
        if kwargs.get("value"):
            raise unreadable(_name(target), "fills with another number than 0")
        found = target(*moved, **_without_layout(kwargs))

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


def _reduced(kind: str) -> Callable[..., Any]:
    def rule(r: _Reader, x: Any, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
        del dtype
        node, groups, shape = r.grouped(x, dim, keepdim)
        total = r.arrays.add_at(node, groups, shape)
        if kind == "sum":
            return Ref(total)
        count = r.arrays.nodes[node].size // max(r.arrays.nodes[total].size, 1)
        return Ref(r.arrays.map(X / count, total))

    return rule


def _peak(sign: int) -> Callable[..., Any]:
    def rule(r: _Reader, x: Any, dim: Any = None, keepdim: bool = False) -> Any:
        node, groups, shape = r.grouped(x, dim, keepdim)
        signed = node if sign > 0 else r.arrays.map(-X, node)
        found = r.arrays.peak(signed, groups, shape)
        found = found if sign > 0 else r.arrays.map(-X, found)
        return Ref(found)

    return rule


def _max(sign: int) -> Callable[..., Any]:
    """Return `max` and `min`: of all elements, along an axis with their places, or of two."""

    def rule(r: _Reader, x: Any, other: Any = None, keepdim: bool = False) -> Any:
        if _is_tensor(other):
            return r.elementwise(sympy.Max if sign > 0 else sympy.Min, (x, other), {})
        found = _peak(sign)(r, x, other, keepdim)
        return found if other is None else (found, None)

    return rule


def _variance(root: bool, with_mean: bool = False) -> Callable[..., Any]:
    def rule(
        r: _Reader, x: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False,
        correction: Any = None,
    ) -> Any:  # fmt: skip
        if isinstance(dim, bool):  # var(x, unbiased)
            dim, unbiased = None, dim
        less = correction if correction is not None else 0 if unbiased is False else 1
        node, groups, kept = r.grouped(x, dim, True)
        mean = _reduced("mean")(r, node, dim, True)
        centred = r.elementwise(lambda a, b: (a - b) ** 2, (Ref(node), mean), {})
        total = r.arrays.add_at(centred, groups, kept)
        count = r.arrays.nodes[node].size // max(r.arrays.nodes[total].size, 1)
        found = r.arrays.map(sympy.sqrt(X / (count - less)) if root else X / (count - less), total)
        shape = kept if keepdim else r.grouped(x, dim, False)[2]
        results = [
            Ref(r.arrays.take(r.arrays.positions(i).reshape(shape), i)) for i in (found, mean)
        ]
        return tuple(results) if with_mean else results[0]

    return rule


def _softmax(r: _Reader, x: Any, dim: Any, *_more: Any) -> Ref:
    node, groups, kept = r.grouped(x, dim, True)
    exp = r.arrays.map(sympy.exp(X), node)
    return r.elementwise(
        lambda a, b: a / b, (Ref(exp), Ref(r.arrays.add_at(exp, groups, kept))), {}
    )


def _logsumexp(r: _Reader, x: Any, dim: Any = None, keepdim: bool = False) -> Ref:
    node, groups, shape = r.grouped(x, dim, keepdim)
    total = r.arrays.add_at(r.arrays.map(sympy.exp(X), node), groups, shape)
    return Ref(r.arrays.map(sympy.log(X), total))


def _log_softmax(r: _Reader, x: Any, dim: Any, *_more: Any) -> Ref:
    return r.elementwise(lambda a, b: a - b, (x, _logsumexp(r, x, dim, True)), {})


def _softmax_backward(r: _Reader, g: Any, y: Any, dim: Any, *_more: Any) -> Ref:
    total = _reduced("sum")(r, r.elementwise(lambda a, b: a * b, (g, y), {}), dim, True)
    return r.elementwise(lambda a, b, c: b * (a - c), (g, y, total), {})


def _log_softmax_backward(r: _Reader, g: Any, y: Any, dim: Any, *_more: Any) -> Ref:
    total = _reduced("sum")(r, g, dim, True)
    return r.elementwise(lambda a, b, c: a - sympy.exp(b) * c, (g, y, total), {})


def _layer_norm(r: _Reader, x: Any, shape: Any, weight: Any, bias: Any, eps: float) -> Any:
    dims = list(range(-len(shape), 0))
    variance, mean = _variance(root=False, with_mean=True)(r, x, dims, None, True, 0)
    scale = r.elementwise(lambda v: 1 / sympy.sqrt(v + exact_number(eps)), (variance,), {})
    y = r.elementwise(lambda a, m, s: (a - m) * s, (x, mean, scale), {})
    if weight is not None:
        y = r.elementwise(lambda a, w: a * w, (y, weight), {})
    if bias is not None:
        y = r.elementwise(lambda a, b: a + b, (y, bias), {})
    return y, mean, scale


def _norm(r: _Reader, x: Any, order: Any = 2, dim: Any = None, keepdim: bool = False) -> Ref:
    if order in (float("inf"), -float("inf")):
        magnitudes = r.elementwise(sympy.Abs, (x,), {})
        largest: Ref = _peak(1 if order > 0 else -1)(r, magnitudes, dim, keepdim)
        return largest
    p = exact_number(2 if order is None else order)
    power = r.elementwise(lambda a: a**2 if p == 2 else sympy.Abs(a) ** p, (x,), {})
    total = _reduced("sum")(r, power, dim, keepdim)
    return r.elementwise(lambda a: a ** (1 / p), (total,), {})


def _product(r: _Reader, x: Any, dim: Any = None, keepdim: bool = False) -> Ref:
    node, groups, shape = r.grouped(x, dim, keepdim)
    order = np.argsort(groups.reshape(-1), kind="stable").reshape(prod(shape), -1)
    if order.shape[1] > LONGEST:
        raise unreadable("prod", f"of more than {LONGEST} numbers")
    factors = [r.arrays.take(column.reshape(shape), node) for column in order.T]
    return Ref(reduce(lambda a, b: r.arrays.map(X * Y, a, b), factors))


def _cumulative(combine: Any) -> Callable[..., Any]:
    def rule(r: _Reader, x: Any, dim: int) -> Ref:
        node = r.node(x)
        rows = np.moveaxis(r.arrays.positions(node), dim, 0)
        if len(rows) > LONGEST:
            raise unreadable("a cumulative sum or product", f"of more than {LONGEST} numbers")
        found: list[int] = []
        for row in rows:
            here = r.arrays.take(row, node)
            found.append(r.arrays.map(combine, found[-1], here) if found else here)
        size = prod(rows.shape[1:])
        places = np.arange(len(rows) * size).reshape(rows.shape)
        return Ref(r.arrays.take(np.moveaxis(places, 0, dim), *found))

    return rule


def _matmul(r: _Reader, x: Any, y: Any) -> Ref:
    """Return the product of matrices, vectors and stacks, by NumPy's rules."""
    x, y = r.node(x), r.node(y)
    a, b = r.arrays.positions(x), r.arrays.positions(y)
    left = a[None, :] if a.ndim == 1 else a
    right = b[:, None] if b.ndim == 1 else b
    stack = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    left = np.broadcast_to(left, (*stack, *left.shape[-2:])).reshape(-1, *left.shape[-2:])
    right = np.broadcast_to(right, (*stack, *right.shape[-2:])).reshape(-1, *right.shape[-2:])
    product = r.arrays.matmul(r.arrays.take(left, x), r.arrays.take(right, y))
    shape = [*stack, left.shape[1], right.shape[2]]
    if b.ndim == 1:
        shape.pop()
    if a.ndim == 1:
        del shape[len(stack)]
    return Ref(r.arrays.take(r.arrays.positions(product).reshape(shape), product))


def _added_matmul(r: _Reader, c: Any, x: Any, y: Any, beta: Any = 1, alpha: Any = 1) -> Ref:
    product = _matmul(r, x, y)
    return r.elementwise(lambda p, q, b=1, a=1: b * p + a * q, (c, product, beta, alpha), {})


def _where(r: _Reader, condition: Any, yes: Any, no: Any) -> Ref:
    shape = np.broadcast_shapes(*map(r.shape, (condition, yes, no)))
    nodes = [r.node(a, shape) for a in (condition, yes, no)]
    if not r.arrays.is_condition(nodes[0]):
        raise unreadable("where", "by numbers that are no truth values")
    return Ref(r.arrays.select(*nodes))


def _masked_fill(r: _Reader, x: Any, mask: Any, value: Any) -> Ref:
    return _where(r, mask, value, x)


def _converted(r: _Reader, x: Any, **_kwargs: Any) -> Ref:
    if not r.arrays.is_condition(x):
        return Ref(x)
    return _where(r, x, 1.0, 0.0)


def _log_sigmoid(r: _Reader, x: Any) -> tuple[Ref, None]:
    return r.elementwise(lambda a: -sympy.log(1 + sympy.exp(-a)), (x,), {}), None


_WHOLE: Final[dict[str, Callable[..., Any]]] = {
    "_log_softmax": _log_softmax,
    "_log_softmax_backward_data": _log_softmax_backward,
    "_softmax": _softmax,
    "_softmax_backward_data": _softmax_backward,
    "_to_copy": _converted,
    "addmm": _added_matmul,
    "addmv": _added_matmul,
    "amax": _peak(1),
    "amin": _peak(-1),
    "baddbmm": _added_matmul,
    "bmm": _matmul,
    "cumprod": _cumulative(X * Y),
    "cumsum": _cumulative(X + Y),
    "_safe_softmax": _softmax,
    "copy": lambda r, x, source: r.node(source, r.shape(x)),
    "dot": _matmul,
    "_has_same_storage_numel": lambda _r, _x, _y: True,
    "isnan": lambda r, x: torch.zeros(r.shape(x), dtype=torch.bool),
    "is_same_size": lambda r, x, y: r.shape(x) == r.shape(y),
    "full_like": lambda r, x, value: torch.full(r.shape(x), value, dtype=torch.float64),
    "linalg_vector_norm": _norm,
    "log_sigmoid_forward": _log_sigmoid,
    "logsumexp": _logsumexp,
    "masked_fill": _masked_fill,
    "matmul": _matmul,
    "max": _max(1),
    "mean": _reduced("mean"),
    "min": _max(-1),
    "mm": _matmul,
    "mv": _matmul,
    "new_zeros": lambda _r, _x, size: torch.zeros(size, dtype=torch.float64),
    "native_layer_norm": _layer_norm,
    "prod": _product,
    "std": _variance(root=True),
    "sum": _reduced("sum"),
    "var": _variance(root=False),
    "var_mean": _variance(root=False, with_mean=True),
    "where": _where,
}
_LIKE: Final = {"zeros_like": 0.0, "ones_like": 1.0}
