"""Errors in ulps of one derivative at many points, and the worst of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb

from diffcheck.balls import error_in_ulps, round_to_format
from diffcheck.engine import grad
from diffcheck.engine.ops.reduction import sum as total
from diffcheck.floats import Format
from diffcheck.studies.accuracy.subjects import Subject
from diffcheck.studies.accuracy.truths import Component


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """The worst error over the points that count, and how many of the others there were.

    `left_out` counts points by the reason why they do not count; `not_zero` those where the
    derivative is exactly 0, so that ulps mean nothing, and what was computed is no number.
    """

    ulps: float
    point: tuple[Any, ...]
    computed: Any
    truth: Any
    counted: int
    left_out: Counter[str]
    not_zero: int


def engine_derivative(subject: Subject, component: Component, args: Sequence[Any]) -> Any:
    """Return one derivative at all points by the engine's reverse mode, nested for order 2."""
    slope = subject.call
    for i in component:
        slope = grad(lambda *x, f=slope: total(f(*x)), i)
    with np.errstate(all="ignore"):
        return slope(*args)


def worst(
    computed: Any, truths: Sequence[arb | str], args: Sequence[Any], fmt: Format, *, flushes: bool
) -> Worst:
    """Return the worst error in ulps of the exact derivative.

    Left out are points without a derivative, and those where it is 0 or beyond the format; where
    the arithmetic `flushes` subnormals, also those with a subnormal coordinate or derivative.
    """
    left_out: Counter[str] = Counter()
    found: tuple[float, int, Any] = (0.0, -1, None)
    counted = not_zero = 0
    for k, truth in enumerate(truths):
        reason = truth if isinstance(truth, str) else _left_out(truth, args, k, fmt, flushes)
        if reason:
            left_out[reason] += 1
            not_zero += reason == "exactly 0" and not np.isfinite(computed[k])
            continue
        assert isinstance(truth, arb)
        counted += 1
        error = error_in_ulps(computed[k], truth, fmt)
        if error > found[0] or found[1] < 0:
            found = (error, k, round_to_format(truth, fmt))
    ulps, k, exact = found
    point = tuple(x[k] for x in args) if counted else ()
    return Worst(
        ulps=ulps, point=point, computed=computed[k] if counted else None, truth=exact,
        counted=counted, left_out=left_out, not_zero=not_zero,
    )  # fmt: skip


def _left_out(truth: arb, args: Sequence[Any], k: int, fmt: Format, flushes: bool) -> str:
    if truth.is_zero():
        return "exactly 0"
    exact = round_to_format(truth, fmt)
    if not np.isfinite(exact):
        return "beyond the format"
    if flushes and any(_is_subnormal(x, fmt) for x in (exact, *(a[k] for a in args))):
        return "subnormal"
    return ""


def _is_subnormal(x: Any, fmt: Format) -> bool:
    return abs(float(x)) < float(fmt.smallest_normal)
