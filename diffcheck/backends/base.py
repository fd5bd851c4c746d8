"""What a backend is: it runs a program of a case for one quantity on a block of points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from flint import arb
from numpy.typing import NDArray

from diffcheck.case import Case, Point, Quantity
from diffcheck.case.quantities import Kind
from diffcheck.floats import Format
from diffcheck.programs import Program


class Unsupported(Exception):  # noqa: N818 - named after the verdict it becomes
    """A program or quantity that this backend cannot run, for the reason given; fails no run."""


class MissingFunctionError(AttributeError):
    """A function that a program asked of its namespace and that the backend's library lacks."""


class BackendError(Exception):
    """The backend answered with something that must not be measured.

    A result of another dtype or on another device than asked, for one: it says nothing of the
    format under test. The run records it as crashed, with this text.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What a backend computed: `values[i]` is the quantity at point i, in `Quantity.shape`.

    `operations` bounds the count of rounded operations that one component passes through.
    """

    values: NDArray[Any]
    operations: int


class Backend(Protocol):
    """Computes quantities in floating point."""

    @property
    def name(self) -> str: ...

    @property
    def flushes_subnormals(self) -> bool:
        """Whether arithmetic replaces subnormal operands or results by 0, as XLA does."""
        ...

    @property
    def has_rules(self) -> bool:
        """Whether derivatives come of rules, which can be wrong; a difference quotient has none."""
        ...

    @property
    def derived(self) -> frozenset[Kind]:
        """The quantities that share all their rules with the gradient or Jacobian.

        A run computes them where they are asked for, or where there is no gradient or Jacobian.
        """
        ...

    def devices(self) -> tuple[str, ...]:
        """Return the devices present, as `cpu:0`, `gpu:0`."""
        ...

    def modes(self, device: str) -> tuple[str, ...]:
        """Return the ways of running on a device, as `eager`, `jit`."""
        ...

    def evaluate(
        self,
        case: Case,
        program: str,
        quantity: Quantity,
        points: Sequence[Point],
        *,
        fmt: Format,
        mode: str,
        device: str,
    ) -> Evaluation:
        """Compute the quantity at every point, in the format's dtype throughout.

        Raises `Unsupported` if the backend lacks an operation or the format, and `BackendError`
        if what comes back is not in the format's dtype or not on the device asked.
        """
        ...

    def forget(self, case: Case) -> None:
        """Drop whatever was compiled for this case; a worker calls it before the next case."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A derivative as a program of operations, with its inputs at a point.

    `places[i]` says where component i stands: in which output, at which element in C order.
    `names` are those of the case's inputs, in the order in which they open `inputs`.
    """

    program: Program
    inputs: list[Any]
    places: list[tuple[int, int]]
    names: tuple[str, ...]


def places_of(positions: NDArray[Any], sizes: Sequence[int]) -> list[tuple[int, int]]:
    """Return output and element for positions counted through outputs of these sizes."""
    starts = np.cumsum([0, *sizes])
    outputs = np.searchsorted(starts, positions, side="right") - 1
    return [(int(k), int(i - starts[k])) for k, i in zip(outputs, positions, strict=True)]


class Readable(Protocol):
    """A backend whose derivative program can be read, operation by operation."""

    def read(
        self, case: Case, program: str, quantity: Quantity, point: Point, *, fmt: Format
    ) -> Reading:
        """Return the derivative as a program; raises `Unsupported` where there is none."""
        ...


class HandWritten(Protocol):
    """A backend that tells whether a program holds derivative rules written by hand."""

    def written_by_hand(self, case: Case, program: str, point: Point, fmt: Format) -> bool: ...


class ExactSemantics(Protocol):
    """A backend whose derivative program can be run on balls: the exact meaning of its rules."""

    def enclose(
        self, case: Case, program: str, quantity: Quantity, point: Point, *, fmt: Format, bits: int
    ) -> list[arb]:
        """Return balls of the program's derivative in exact real arithmetic, flat, in C order.

        A literal that is not short carries the rounding of `fmt` as its radius, so that a program
        that writes sqrt(2/pi) as a float is not called wrong for it. A non-finite ball says that
        the program itself is singular there (0·inf, 0/0). Raises `balls.Undecided` where a branch
        cannot be decided at this precision.
        """
        ...


class ExactFormulas(Protocol):
    """A backend of whose approximations the formulas can be run on balls as they are written."""

    def enclose_as_written(
        self, case: Case, program: str, quantity: Quantity, point: Point, *, fmt: Format, bits: int
    ) -> list[arb]:
        """Return balls of the program's derivative, as `ExactSemantics.enclose`.

        What an approximation gives in exact arithmetic is not the function it stands for, but it is
        free of rounding.
        """
        ...
