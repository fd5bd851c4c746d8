"""The intermediate form: a straight line of steps between numbered slots.

Calls are inlined by whoever reads a program; what remains of its control flow are three steps with
bodies, which are programs themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from numpy.typing import NDArray

from diffcheck.floats import Format

Slots = tuple[int, ...]
Rule = Callable[..., Any]  # the operands' values -> the result, or a sequence of results


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounding:
    """A bound on what an operation rounds, in ulps of some magnitude, one for each element.

    `of` says whose magnitude: that of the "result"; of the result had all "terms" been positive
    (sums and products of arrays: Higham, Accuracy and Stability, §3.1 and §4.2); or the largest
    among the "operands", moved each by so many ulps of it, which is backward stability (ibid., §9
    and §19). `most` holds whatever the order of the terms is; `count` is what adding them in pairs
    makes of it.
    """

    of: Literal["result", "terms", "operands"] = "result"
    count: float
    most: float


Roundings = tuple[Rounding, ...]


def rounded(ulps: float) -> Roundings:
    """Return the roundings of a function that is off by at most so many ulps of its result."""
    return (Rounding(count=ulps, most=ulps),) if ulps else ()


CORRECTLY: Final = rounded(0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of a backend, by the backend's own name for it.

    `floats` computes it in the backend's arithmetic; `exact` on the engine's tensors of balls
    (integers and booleans stay NumPy arrays), None where there is no exact form of it, for the
    `reason` given, if there is one. `roundings` bound its own error; there are none where it moves
    or chooses numbers. `format` is that of its first result, None where that is no real float.
    `source` is the user's line that asked for it, as `cases/hard/log1p.py:12 (naive)`, empty where
    unknown.
    """

    name: str
    operands: Slots
    results: Slots
    floats: Rule
    exact: Rule | None
    reason: str = ""
    source: str = ""
    roundings: Roundings = CORRECTLY
    format: Format | None = None

    def rounded_to(self, fmt: Format) -> Format:
        """Return the format it rounds to in a program of `fmt`: its own, if that is narrower."""
        own = self.format
        return own if own is not None and own.precision < fmt.precision else fmt


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """The body chosen by the first operand, an integer or boolean, run on the other operands."""

    bodies: tuple[Program, ...]
    operands: Slots
    results: Slots


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """`body` again and again on the carried values, as long as `condition` holds.

    The operands are the condition's constants, the body's constants, and the carried values.
    """

    condition: Program
    body: Program
    constants: tuple[int, int]  # of the condition, of the body
    operands: Slots
    results: Slots


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """`body` once for each element of the leading axis, with carried values, results stacked.

    The operands are constants, carried values, and the arrays to walk along.
    """

    body: Program
    constants: int
    carried: int
    length: int
    reverse: bool
    operands: Slots
    results: Slots


Step = Operation | Branch | Loop | Scan


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Steps in the order of their execution; `size` counts the slots."""

    inputs: Slots
    outputs: Slots
    steps: tuple[Step, ...]
    literals: Mapping[int, NDArray[Any]] = field(default_factory=dict)
    size: int


def operations(program: Program) -> Iterator[Operation]:
    """Yield every operation of a program, those of bodies included."""
    for step in program.steps:
        if isinstance(step, Operation):
            yield step
        elif isinstance(step, Branch):
            for body in step.bodies:
                yield from operations(body)
        else:
            yield from operations(step.body)
            if isinstance(step, Loop):
                yield from operations(step.condition)


def pruned(program: Program) -> Program:
    """Return the program without the steps on which no output depends."""
    wanted = set(program.outputs)
    kept: list[Step] = []
    for step in reversed(program.steps):
        if not wanted.isdisjoint(step.results):
            kept.append(step)
            wanted.update(step.operands)
    return replace(program, steps=tuple(reversed(kept)))
