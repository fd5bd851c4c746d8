"""What every operation of a program would give, had nothing been rounded on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diffcheck import engine
from diffcheck.balls import Undecided, precision
from diffcheck.engine.tensor import Tensor
from diffcheck.programs.exact import BallArithmetic, balls_of, exactly
from diffcheck.programs.form import Operation, Program
from diffcheck.programs.running import run


@dataclass(frozen=True, slots=True)
class Truths:
    """Flat arrays of balls: of each output, and of the float results of each operation in turn."""

    outputs: list[NDArray[Any]]
    calls: list[list[NDArray[Any]]]


def true_values(program: Program, inputs: Sequence[NDArray[Any]], *, bits: int) -> Truths | None:
    """Run a program on balls, its literals taken as they stand.

    Raises `MissingFormError` for an operation without an exact form. Returns None where a branch
    cannot be decided.
    """
    arithmetic = _Watched()
    with precision(bits), engine.literal_rounding(0.0), np.errstate(all="ignore"):
        try:
            outputs = run(program, [exactly(x) for x in inputs], arithmetic)
        except Undecided:
            return None
    flat = [balls_of(y).reshape(-1) for y in outputs]
    return Truths(flat, arithmetic.calls)


class _Watched(BallArithmetic):
    """Balls that note down the result of every operation."""

    def __init__(self) -> None:
        self.calls: list[list[NDArray[Any]]] = []

    def apply(self, operation: Operation, operands: Sequence[Any]) -> Sequence[Any]:
        results = super().apply(operation, operands)
        floats = [balls_of(y).reshape(-1) for y in results if isinstance(y, Tensor)]
        self.calls.append(floats)
        return results
