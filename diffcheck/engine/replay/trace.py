"""The recording trace: beneath all transforms, it notes down every op that they perform."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from diffcheck.engine.errors import OperationError, leaked
from diffcheck.engine.replay.lowering import is_composite, lowered
from diffcheck.engine.replay.primitives import STRONG, Primitive
from diffcheck.engine.replay.program import NUMBERS, Flavor, Node, Ref, dtype_of_python
from diffcheck.engine.replay.refusals import refuse_boolean_index, refuse_stranger, refuse_value
from diffcheck.engine.table import Op
from diffcheck.engine.tape import LEVELS
from diffcheck.engine.tensor import Tensor, tensor_of

FLOAT64: Final = np.dtype(np.float64)


class Recording:
    """The outermost trace of a compiled function: it evaluates, and writes down how.

    The sweeps of the transforms inside run on its tensors, so that they are recorded with the rest.
    Values are not kept: a tensor holds its own, and is freed when the transforms drop it.
    """

    plain = None  # every op goes through `record`
    __slots__ = (
        "_constants",
        "_known",
        "ended",
        "has_nan",
        "level",
        "nested",
        "nodes",
        "selecting",
        "watched",
    )

    def __init__(self) -> None:
        self.level = next(LEVELS)
        self.nodes: list[Node] = []
        self.watched: set[int] = set()
        self.selecting = self.nested = self.has_nan = self.ended = False
        self._known: dict[int, tuple[Any, int]] = {}
        self._constants: dict[Any, int] = {}

    def input(self, value: Any) -> Tensor:
        """Return the tensor of an argument: an array, a NumPy scalar or a Python float."""
        number = self._add(_node("input", value))
        if type(value) is np.ndarray:
            self._known[id(value)] = (value, number)
        return tensor_of(np.float64(value) if type(value) is float else value, self, number)

    def record(self, op: Op | Primitive, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        """Apply an op to the values of the tensors, and append it."""
        if self.ended:
            raise leaked(op.name)
        values, numbers, weak = [], [], True
        for a in args:
            value, number = self._operand(a)
            values.append(value)
            numbers.append(number)
            weak = weak and (type(value) is float or type(value) is int)
        plain = params
        if params:
            marked = {key: self._marked(value, numbers) for key, value in params.items()}
            if len(numbers) > len(args):
                refuse_boolean_index(op, [self.nodes[n] for n in numbers[len(args) :]])
                plain = {key: _plain(value) for key, value in params.items()}
            params = marked
        operands = tuple(values)
        if is_composite(op, operands):
            found = lowered(self, op, values, numbers[: len(args)], plain)
            if found is not None:
                return tensor_of(found[0], self, found[1])
        y = op.apply(operands, plain, nested=False)
        if type(y) is np.float64:
            y = float(y) if weak else y  # weak, as its operands
        elif not isinstance(y, (np.ndarray, np.generic, float)):
            y = np.asarray(y)[()]
        return self.note(op, values, numbers, len(args), params, y)

    def note(
        self,
        op: Op | Primitive,
        values: list[Any],
        numbers: list[int],
        arity: int,
        params: Any,
        y: Any,
    ) -> Tensor:
        """Append an op whose result is known."""
        if type(y) is np.float64:
            number = self._add(
                Node("op", (), FLOAT64, Flavor.SCALAR, op, tuple(numbers), arity, params)
            )
            return tensor_of(y, self, number)
        node = _node("op", y)
        node.op, node.args, node.arity, node.params = op, tuple(numbers), arity, params
        if type(y) is np.ndarray and (y.base is not None or any(y is v for v in values)):
            shared = (n for n, v in zip(numbers, values, strict=False) if _shares(y, v))
            node.alias = tuple(shared)
        number = self._add(node)
        if type(y) is np.ndarray and node.dtype.kind in "iub":
            self._known[id(y)] = (y, number)  # rules may unwrap an index; see `_operand`
        return tensor_of(np.float64(y) if type(y) is float else y, self, number)

    def watch(self, tensors: Iterable[Tensor]) -> None:
        """Ask of these values in every replay whether they hold a nan."""
        for x in tensors:
            self.watched.add(x.node)
            self.has_nan = self.has_nan or bool(np.isnan(np.add.reduce(x.value, axis=None)))

    def refuse(self, asked: str) -> OperationError:
        """Return the error for a program that looks at a value."""
        return refuse_value(asked)

    def strong(self, x: Tensor) -> Tensor:
        """Return a Python float of the caller as a float64, which derivatives are taken in."""
        if self.nodes[x.node].flavor is not Flavor.WEAK:
            return x
        return self.note(STRONG, [x.value], [x.node], 1, {}, x.value)

    def _operand(self, a: Any) -> tuple[Any, int]:
        """Return the value and the number of an operand; what no tensor holds is a constant.

        An array is recognised when a rule unwrapped it from its tensor, as indices are.
        """
        if type(a) is Tensor:
            if a.trace is not self:
                raise refuse_stranger()
            if self.nodes[a.node].flavor is Flavor.WEAK:
                return float(a.value), a.node
            return a.value, a.node
        known = self._known.get(id(a))
        return (a, known[1]) if known is not None else (a, self.constant(a))

    def constant(self, value: Any) -> int:
        """Return the number of a value that does not depend on the arguments."""
        kind = type(value)
        if kind is np.ndarray:
            key: Any = (kind, id(value))  # its node keeps it alive
        elif isinstance(value, np.generic):
            key = (kind, value.tobytes())
        elif kind in NUMBERS:
            key = (kind, repr(value))
        else:
            key = (kind, id(value))
        if key not in self._constants:
            self._constants[key] = self._add(_node("constant", value))
        return self._constants[key]

    def forget(self, start: int) -> None:
        """Drop the nodes from a number on, of an op that could not be taken apart."""
        del self.nodes[start:]
        self._constants = {k: n for k, n in self._constants.items() if n < start}
        self._known = {k: entry for k, entry in self._known.items() if entry[1] < start}

    def _marked(self, tree: Any, numbers: list[int]) -> Any:
        """Replace the tensors in params by references to operands."""
        kind = type(tree)
        if kind is tuple or kind is list:
            return kind([self._marked(branch, numbers) for branch in tree])
        if kind is Tensor or (kind is np.ndarray and id(tree) in self._known):
            numbers.append(self._operand(tree)[1])
            return Ref(len(numbers) - 1)
        return tree

    def _add(self, node: Node) -> int:
        self.nodes.append(node)
        return len(self.nodes) - 1


def _node(role: str, value: Any) -> Node:
    kind = type(value)
    if kind is np.ndarray:
        return Node(
            role, value.shape, value.dtype, Flavor.ARRAY,
            ordered=value.flags.c_contiguous, value=value if role == "constant" else None,
            dense=_is_dense(value),
        )  # fmt: skip
    if isinstance(value, np.generic):
        kept = value if role == "constant" else None
        return Node(role, (), value.dtype, Flavor.SCALAR, value=kept)
    kept = value if role == "constant" else None
    return Node(role, (), dtype_of_python(value), Flavor.WEAK, value=kept)


def _is_dense(x: Any) -> bool:
    """Whether an array has no gaps: then what is done to each element lies in memory as it does."""
    if x.flags.forc:
        return True
    return bool(x.transpose(np.argsort(x.strides, kind="stable")[::-1]).flags.c_contiguous)


def _shares(y: Any, value: Any) -> bool:
    return type(value) is np.ndarray and np.may_share_memory(y, value)


def _plain(tree: Any) -> Any:
    kind = type(tree)
    if kind is tuple or kind is list:
        return kind([_plain(branch) for branch in tree])
    return tree.value if kind is Tensor else tree
