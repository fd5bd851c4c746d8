"""The error of single operations over the range of floats, by the engine and by JAX."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from flint import arb

from diffcheck.backends import jax_elementwise
from diffcheck.balls import Undecided, precision, round_to_format
from diffcheck.engine import TABLE, ball_array
from diffcheck.floats import FORMATS, Format
from diffcheck.studies.accuracy.measuring import Worst, engine_derivative, worst
from diffcheck.studies.accuracy.sampling import points
from diffcheck.studies.accuracy.subjects import PARAMETERS, Subject, subjects

FORMAT_NAMES: Final = ("float32", "float64")
COUNT: Final = 2000  # points of a NumPy ufunc, besides the special ones
FEWER: Final = 400  # of the others, whose exact values take longer
BITS: Final = 256
CERTAIN: Final = 100  # bits of an enclosure, far beyond any format
_UNDEFINED: Final = (ValueError, ZeroDivisionError, NotImplementedError, Undecided)
# A result that carries on its operands' last digits 32 times over is next to a root, or far out:
# how near a sample comes to a root is chance, and no bound on the function.
STEEP: Final = 32.0
LEAST: Final = 1.0  # of what is not correctly rounded by the standard


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One operation in one format: the worst error anywhere, and where the function is not steep.

    `declared` is the column of the engine's op of that name. `out_of_range` counts results of 0,
    infinity or NaN in the place of ordinary numbers: the judge's `range` is for them, not a bound.
    """

    backend: str
    name: str
    op: str
    format: str
    anywhere: Worst
    gentle: Worst
    declared: float
    out_of_range: int

    @property
    def bound(self) -> float:
        """The worst error where the function is not steep, up to the next half ulp; at most what
        the engine's table promises of the function: more can be asked of an implementation than
        it keeps.
        """  # noqa: D205 - one sentence
        measured = math.ceil(2 * self.gentle.ulps) / 2
        return float(max(min(LEAST, self.declared), min(measured, self.declared)))


def rows() -> Iterator[Row]:
    """Yield the rows of the engine's elementwise ops and of JAX's primitives."""
    primitives = jax_elementwise.primitives()
    for subject in subjects():
        op = TABLE[subject.name]
        if op.ball is None or op.rounding == 0:
            continue
        of_jax = [name for name, engine_op in primitives.items() if engine_op == subject.name]
        for format_name in FORMAT_NAMES:
            yield from _rows(subject, FORMATS[format_name], of_jax)


def _rows(subject: Subject, fmt: Format, of_jax: list[str]) -> Iterator[Row]:
    op = TABLE[subject.name]
    args = points(subject, fmt, COUNT if subject.elementary else FEWER, pairs_of_specials=False)
    exact = _exact(subject, args)
    steep = _steepness(subject, args, exact)
    with np.errstate(all="ignore"):
        ours = op.forward(*args, **PARAMETERS.get(subject.name, {}))
    yield _row("engine", subject, subject.name, fmt, args, exact, steep, ours, op.rounding)
    for name in of_jax:
        theirs = jax_elementwise.primitive(name, args)
        yield _row("jax", subject, name, fmt, args, exact, steep, theirs, op.rounding)


def _row(
    backend: str,
    subject: Subject,
    name: str,
    fmt: Format,
    args: Sequence[Any],
    exact: Sequence[arb | str],
    steep: Sequence[float],
    computed: Any,
    declared: float,
) -> Row:
    flushes = backend == "jax"
    kept: list[arb | str] = []
    out_of_range = 0
    for truth, got in zip(exact, computed, strict=True):
        if isinstance(truth, str):
            kept.append(truth)
            continue
        rounded = round_to_format(truth, fmt)
        ordinary = np.isfinite(rounded) and abs(rounded) >= fmt.smallest_normal
        lost = bool(ordinary) and (not np.isfinite(got) or got == 0)
        out_of_range += lost
        kept.append("out of range" if lost else truth)
    gentle = [
        "steep" if not isinstance(t, str) and not s <= STEEP else t
        for t, s in zip(kept, steep, strict=True)
    ]
    return Row(
        backend=backend, name=name, op=subject.name, format=fmt.name, declared=declared,
        anywhere=worst(computed, kept, args, fmt, flushes=flushes),
        gentle=worst(computed, gentle, args, fmt, flushes=flushes),
        out_of_range=out_of_range,
    )  # fmt: skip


def _exact(subject: Subject, args: Sequence[Any]) -> list[arb | str]:
    """Return enclosures of the function at each point, or why there is none."""
    count = len(args[0])
    with precision(BITS), np.errstate(all="ignore"):  # set by what the balls compute with
        try:
            return list(map(_kept, _enclosed(subject, args)))
        except _UNDEFINED:  # somewhere: find out where
            pass
        found: list[arb | str] = []
        for i in range(count):
            try:
                found += map(_kept, _enclosed(subject, [x[i : i + 1] for x in args]))
            except _UNDEFINED:
                found.append("not defined")
    return found


def _enclosed(subject: Subject, args: Sequence[Any]) -> Any:
    form = TABLE[subject.name].ball
    assert form is not None
    balls = form(*map(ball_array, args), **PARAMETERS.get(subject.name, {}))
    return np.broadcast_to(balls, np.shape(args[0])).reshape(-1)


def _kept(ball: Any) -> arb | str:
    if not isinstance(ball, arb) or not ball.is_finite():
        return "not defined"
    return ball if ball.is_zero() or ball.rel_accuracy_bits() > CERTAIN else "not certified"


def _steepness(subject: Subject, args: Sequence[Any], exact: Sequence[arb | str]) -> list[float]:
    """Return Σ |x ∂f/∂x / f| at each point, infinite where it is not known."""
    total = np.zeros(len(exact))
    for position in subject.wrt:
        slope = engine_derivative(subject, (position,), [x.astype(np.float64) for x in args])
        with np.errstate(all="ignore"):
            total += np.abs(np.asarray(slope, np.float64) * args[position].astype(np.float64))
    sizes = [abs(float(t)) if isinstance(t, arb) else math.nan for t in exact]
    with np.errstate(all="ignore"):
        steep = total / np.array(sizes)
    return list(np.where(np.isnan(steep), np.inf, steep))
