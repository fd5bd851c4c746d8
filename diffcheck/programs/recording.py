"""What a program did: every operation as it ran in floats, and who made its operands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diffcheck.engine.ball_trace import SHORT_BITS
from diffcheck.programs.exact import FLOATING, MissingFormError
from diffcheck.programs.floats import FloatArithmetic
from diffcheck.programs.form import Operation, Program
from diffcheck.programs.running import run


@dataclass(frozen=True, slots=True)
class Call:
    """One operation as it ran: its operands, and by which call each was made (None: by none)."""

    operation: Operation
    operands: list[Any]
    makers: tuple[int | None, ...]
    results: list[Any]

    @property
    def floats(self) -> list[Any]:
        """Return the results that are floats."""
        return [y for y in self.results if is_float(y)]


@dataclass(frozen=True, slots=True)
class Recording:
    """The calls of a run in the order of execution, and the literals that were rounded."""

    calls: list[Call]
    literals: list[NDArray[Any]]


def record(
    program: Program, inputs: Sequence[NDArray[Any]], *, explained: bool = False
) -> Recording:
    """Run a program in floats, one operation after another, and note down every one.

    Where it is to be `explained`, the first operation without an exact form raises
    `MissingFormError`, before the loops of an approximation have taken minutes.
    """
    recorder = _Recorder(explained=explained)
    with np.errstate(all="ignore"):
        run(program, list(inputs), recorder)
    return Recording(recorder.calls, recorder.literals)


def is_float(y: Any) -> bool:
    """Whether a value is an array of floats."""
    return getattr(getattr(y, "dtype", None), "kind", "") in FLOATING


def is_number(x: Any) -> bool:
    """Whether an operand is an array of floats, or one real number of any kind."""
    kind = np.asarray(x).dtype.kind
    return kind in FLOATING or (kind in "iu" and np.ndim(x) == 0)


def is_rounded(literal: Any) -> bool:
    """Whether a literal holds a float that is not short, so that writing it down rounded it."""
    array = np.asarray(literal)
    if array.dtype.kind not in FLOATING:
        return False
    parts = (array.real, array.imag) if array.dtype.kind == "c" else (array,)
    numbers = np.concatenate([part.astype(np.float64).reshape(-1) for part in parts])
    mantissas = np.ldexp(np.frexp(numbers[np.isfinite(numbers)])[0], SHORT_BITS)
    return bool(np.any(mantissas != np.rint(mantissas)))


class _Recorder(FloatArithmetic):
    """Floats that note down every operation in the order of execution.

    What runs on are the backend's own arrays; what is noted down are NumPy's.
    """

    def __init__(self, *, explained: bool) -> None:
        self._explained = explained
        self.calls: list[Call] = []
        self.literals: list[NDArray[Any]] = []
        self._makers: dict[int, tuple[int, Any, Any]] = {}  # call, own array, NumPy's; by identity

    def literal(self, value: NDArray[Any]) -> Any:
        if is_rounded(value):
            self.literals.append(np.asarray(value))
        return value

    def apply(self, operation: Operation, operands: Sequence[Any]) -> Sequence[Any]:
        if self._explained and operation.exact is None and operation.reason:
            raise MissingFormError(operation.reason)
        results = super().apply(operation, operands)
        known = [self._makers.get(id(x)) for x in operands]
        noted = [np.asarray(y) if is_float(y) else y for y in results]
        for own, y in zip(results, noted, strict=True):
            self._makers[id(own)] = (len(self.calls), own, y)
        met = [x if made is None else made[2] for x, made in zip(operands, known, strict=True)]
        makers = tuple(None if made is None else made[0] for made in known)
        self.calls.append(Call(operation, met, makers, noted))
        return results
