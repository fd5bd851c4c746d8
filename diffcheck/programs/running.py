"""Running a program in any arithmetic; control flow is decided by the values themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from diffcheck.programs.form import Branch, Loop, Operation, Program, Scan, Step

Values = Sequence[Any]


class Arithmetic(Protocol):
    """What numbers are, and how an operation applies to them."""

    def literal(self, value: NDArray[Any]) -> Any:
        """Return an array that stands in the program."""
        ...

    def apply(self, operation: Operation, operands: Values) -> Values:
        """Return the operation's results."""
        ...

    def stack(self, rows: Values) -> Any:
        """Return values as one array with a new leading axis; there may be none of them."""
        ...


def run(program: Program, inputs: Values, arithmetic: Arithmetic) -> list[Any]:
    """Return the outputs of a program; whatever its arithmetic raises passes through."""
    values: dict[int, Any] = dict(zip(program.inputs, inputs, strict=True))
    for slot, literal in program.literals.items():
        values[slot] = arithmetic.literal(literal)
    for step in program.steps:
        results = _step(step, [values[slot] for slot in step.operands], arithmetic)
        values.update(zip(step.results, results, strict=True))
    return [values[slot] for slot in program.outputs]


def _step(step: Step, operands: list[Any], arithmetic: Arithmetic) -> Values:
    if isinstance(step, Operation):
        return arithmetic.apply(step, operands)
    if isinstance(step, Branch):
        chosen = int(np.clip(int(operands[0]), 0, len(step.bodies) - 1))
        return run(step.bodies[chosen], operands[1:], arithmetic)
    if isinstance(step, Loop):
        return _loop(step, operands, arithmetic)
    return _scan(step, operands, arithmetic)


def _loop(step: Loop, operands: list[Any], arithmetic: Arithmetic) -> Values:
    asked, done = step.constants
    for_condition, for_body = operands[:asked], operands[asked : asked + done]
    carried = operands[asked + done :]
    while bool(run(step.condition, [*for_condition, *carried], arithmetic)[0]):
        carried = run(step.body, [*for_body, *carried], arithmetic)
    return carried


def _scan(step: Scan, operands: list[Any], arithmetic: Arithmetic) -> Values:
    constants = operands[: step.constants]
    carried = operands[step.constants : step.constants + step.carried]
    walked = operands[step.constants + step.carried :]
    rows: list[list[Any]] = []
    order = range(step.length)
    for i in reversed(order) if step.reverse else order:
        found = run(step.body, [*constants, *carried, *(x[i] for x in walked)], arithmetic)
        carried, row = found[: step.carried], found[step.carried :]
        rows.append(row)
    if step.reverse:
        rows.reverse()
    stacked = [arithmetic.stack(column) for column in zip(*rows, strict=True)]
    return [*carried, *stacked]
