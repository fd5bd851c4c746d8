"""The walk over the op table: every derivative of every op in both formats, by everybody."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from diffcheck.backends import guests_elementwise, jax_elementwise
from diffcheck.floats import FORMATS, Format
from diffcheck.studies.accuracy.measuring import Worst, engine_derivative, worst
from diffcheck.studies.accuracy.sampling import points
from diffcheck.studies.accuracy.screening import suspects
from diffcheck.studies.accuracy.subjects import Subject
from diffcheck.studies.accuracy.truths import Component, truths

FORMAT_NAMES: Final = ("float32", "float64")
ORDERS: Final = (1, 2)
Derivative = Callable[[str, Component, Sequence[Any]], Any]
GUESTS: Final[dict[str, Derivative]] = {
    "JAX": jax_elementwise.derivative,
    "PyTorch": guests_elementwise.by_torch,
    "autograd": guests_elementwise.by_autograd,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One derivative of one op in one format: the engine's worst error, and each guest's."""

    op: str
    elementary: bool
    format: str
    component: Component
    engine: Worst
    guests: dict[str, Worst]

    @property
    def order(self) -> int:
        return len(self.component)


def walk(
    subject: Subject,
    count: int,
    guests: dict[str, Derivative],
    every: int = 1,
    *,
    many: int = 0,
    pairs_of_specials: bool = True,
) -> Iterator[Row]:
    """Yield the rows of one op, from about so many points, or one in `every` of them.

    With them come the worst out of `many`, see `screening`.
    """
    for name in FORMAT_NAMES:
        fmt = FORMATS[name]
        args = points(subject, fmt, count, every, pairs_of_specials=pairs_of_specials)
        if many:
            both = zip(args, suspects(subject, fmt, many), strict=True)
            args = tuple(np.concatenate(x) for x in both)
        for order in ORDERS:
            for component, exact in truths(subject, fmt, args, order).items():
                computed = engine_derivative(subject, component, args)
                yield Row(
                    op=subject.name,
                    elementary=subject.elementary,
                    format=name,
                    component=component,
                    engine=worst(computed, exact, args, fmt, flushes=False),
                    guests=_by_guests(guests, subject, component, args, exact, fmt),
                )


def _by_guests(
    guests: dict[str, Derivative],
    subject: Subject,
    component: Component,
    args: Sequence[Any],
    exact: Sequence[Any],
    fmt: Format,
) -> dict[str, Worst]:
    found = {}
    for guest, derivative in guests.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # theirs, at points that they were not written for
            computed = derivative(subject.name, component, args)
        if computed is not None:
            found[guest] = worst(computed, exact, args, fmt, flushes=True)
    return found
