"""Reading what the engine does into a program: a trace below all others that notes every op."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from diffcheck.backends.engine_rounding import roundings
from diffcheck.engine.flow import Flow
from diffcheck.engine.table import Op
from diffcheck.engine.tensor import Tensor, base, tensor_of
from diffcheck.engine.trees import tree_map
from diffcheck.floats import FORMATS
from diffcheck.programs import Operation, Program, pruned


class _Reader:
    """A trace that evaluates in floats, and notes each op that has a derivative.

    What has none (comparisons, indices) is decided by the floats and becomes part of the program.
    """

    plain = None  # every op goes through `record`
    level = 0

    def __init__(self, file: str) -> None:
        self._file = file
        self.steps: list[Operation] = []
        self.literals: dict[int, Any] = {}
        self.sources: list[str] = []  # by slot: the user's line behind it

    def slot(self, source: str = "") -> int:
        """Return a new slot."""
        self.sources.append(source)
        return len(self.sources) - 1

    def record(self, op: Op, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        values = tuple(a.value if type(a) is Tensor else a for a in args)
        y = op.apply(values, params)
        if op.vjp is None:
            return y
        operands = tuple(map(self.operand, args))
        source = self._source() or self._behind(operands)
        result = self.slot(source)
        self.steps.append(
            Operation(
                name=op.name,
                operands=operands,
                results=(result,),
                floats=partial(_in_floats, op, params),
                exact=partial(op.entry, **params),
                source=source,
                roundings=roundings(op, values, params, str(base(y).dtype)),
                format=FORMATS.get(str(base(y).dtype)),
            )
        )
        return tensor_of(y, self, result)

    def operand(self, a: Any) -> int:
        """Return the slot of a tensor of this trace, or a new one that holds a literal."""
        if type(a) is Tensor:
            return int(a.node)
        slot = self.slot()
        self.literals[slot] = a
        return slot

    def _source(self) -> str:
        """Return the line of the user's program that is being run, or that a sweep takes back."""
        frame = sys._getframe(2)  # noqa: SLF001 - the documented way to a caller's line
        while frame is not None and frame.f_code.co_filename != self._file:
            if frame.f_code is Flow.pass_on.__code__:
                return self._line_of(frame.f_locals["record"][-1])
            frame = frame.f_back  # type: ignore[assignment]  # the outermost frame has none behind it
        if frame is None:
            return ""
        return f"{short_path(self._file)}:{frame.f_lineno} ({frame.f_code.co_name})"

    def _line_of(self, y: Any) -> str:
        """Return the line that made a value of the forward pass."""
        while type(y) is Tensor and y.trace is not self:
            y = y.value
        return self.sources[y.node] if type(y) is Tensor else ""

    def _behind(self, operands: tuple[int, ...]) -> str:
        """Return the line behind the latest operand: a rule is called with its op's own values."""
        known = [self.sources[i] for i in sorted(operands, reverse=True) if self.sources[i]]
        return known[-1] if known else ""


def _in_floats(op: Op, params: dict[str, Any], *operands: Any) -> Any:
    return op.apply(operands, params, nested=False)


def short_path(path: str) -> str:
    """Return a path from the current folder, or the file's name where it lies elsewhere."""
    try:
        return Path(path).relative_to(Path.cwd()).as_posix()
    except ValueError:
        return Path(path).name


@dataclass(frozen=True, slots=True)
class Recorded:
    """A program as it was recorded, with the counts of elements of its outputs."""

    program: Program
    sizes: list[int]


def read(
    f: Callable[..., Any], inputs: dict[str, Any], file: str
) -> tuple[Recorded, list[Any], Any]:
    """Run f on inputs by name; return the program, its inputs' values, and f's result as positions.

    `file` is where the user's program stands. The result has an array of integers for each output
    of the program: its elements counted through all outputs, in C order.
    """
    reader = _Reader(file)
    values = {name: np.asarray(x)[()] for name, x in inputs.items()}
    traced = {name: tensor_of(x, reader, reader.slot()) for name, x in values.items()}
    outputs: list[int] = []
    sizes: list[int] = []

    def place(leaf: Any) -> Any:
        outputs.append(reader.operand(leaf))
        shape = np.shape(leaf.value if type(leaf) is Tensor else leaf)
        start = sum(sizes)
        sizes.append(int(np.prod(shape)))
        return np.arange(start, start + sizes[-1]).reshape(shape)

    with np.errstate(all="ignore"):
        positions = tree_map(place, f(traced))
    program = Program(
        inputs=tuple(x.node for x in traced.values()),
        outputs=tuple(outputs),
        steps=tuple(reader.steps),
        literals=reader.literals,
        size=len(reader.sources),
    )
    return Recorded(pruned(program), sizes), list(values.values()), positions
