"""One pass of forward mode, or one for each direction where equal eigenvalues ask for it."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from diffcheck.engine.arguments import Function, check_result
from diffcheck.engine.flow import has_nan, shows_nan
from diffcheck.engine.forward import ForwardTrace
from diffcheck.engine.structure import is_constant
from diffcheck.engine.tensor import OPS, Tensor, base, shape_of, tensor_of
from diffcheck.engine.trees import leaves, rebuild
from diffcheck.engine.values import zeros_like


@dataclass(frozen=True, kw_only=True)
class RecordedPass:
    """How `compile` records a pass: with masks, or else with a watch on nans of the tangents."""

    masked: bool
    watch: Callable[[list[Any]], None]


RECORDED_PASS: Final[ContextVar[RecordedPass | None]] = ContextVar("recorded_pass", default=None)


def pushed(f: Function, xs: list[Any], ts: list[Any], count: int | None = None) -> tuple[Any, Any]:
    """Return f(*xs) and its tangents, in the form of f's result.

    With a `count` there are so many directions, along a first axis of the tangents.
    """
    recorded = RECORDED_PASS.get()
    if recorded is not None:
        trace, y, slopes = _run(f, xs, ts, count, masked=recorded.masked)
        if not recorded.masked and any(map(_has_zeros, ts)):
            recorded.watch(slopes)
        return y, rebuild(y, iter(slopes))
    careful = not all(map(shows_nan, xs))
    trace, y, slopes = _run(f, xs, ts, count, masked=careful, smooth=careful)
    if not careful and any(map(has_nan, slopes)):
        trace, y, slopes = _run(f, xs, ts, count, masked=True, smooth=True)
    if trace.met_free and any(map(has_nan, slopes)):
        slopes = _one_by_one(f, xs, ts, count, y)
    return y, rebuild(y, iter(slopes))


def _run(
    f: Function,
    xs: list[Any],
    ts: list[Any],
    count: int | None,
    *,
    toward: bool = False,
    masked: bool = False,
    smooth: bool = False,
) -> tuple[ForwardTrace, Any, list[Any]]:
    trace = ForwardTrace(count, toward=toward, masked=masked, smooth=smooth)
    known = [None if _is_zero(t) else t for t in ts]  # 0 times an infinite slope is nothing here
    inputs = [tensor_of(x, trace, t) for x, t in zip(xs, known, strict=True)]
    if trace.structure is not None:
        for x in inputs:
            trace.structure.enter(x)
    output = f(*inputs)
    trace.ended = True
    check_result("forward mode", output)
    flat = leaves(output)
    values = [y.value if type(y) is Tensor and y.trace is trace else y for y in flat]
    slopes = [
        _zeros(value, count) if value is y or y.node is None else y.node
        for y, value in zip(flat, values, strict=True)
    ]
    return trace, rebuild(output, iter(values)), slopes


def _is_zero(t: Any) -> bool:
    """Whether a direction leaves an array where it is; a traced one is not looked into."""
    if not isinstance(t, (np.ndarray, np.generic)) or t.dtype.kind not in "fc":
        return False
    return not (t.size and t.flat[0]) and not np.any(t)  # most are not from their first number on


def _has_zeros(t: Any) -> bool:
    """Whether a direction leaves some numbers where they are."""
    if type(t) is np.float64:
        return not t
    return is_constant(t) and not np.all(base(t))


def _zeros(y: Any, count: int | None) -> Any:
    zeros = zeros_like(y)
    return zeros if count is None else OPS["broadcast_to"](zeros, shape=(count, *shape_of(y)))


def _one_by_one(
    f: Function, xs: list[Any], ts: list[Any], count: int | None, reference: Any
) -> list[Any]:
    """Return the tangents in bases that suit each direction; nan where the value depends on them.

    See `engine.directions`.
    """
    found = []
    for k in range(count or 1):
        one = ts if count is None else [t[k : k + 1] for t in ts]
        _, y, slopes = _run(f, xs, one, count and 1, toward=True)
        pairs = zip(slopes, leaves(y), leaves(reference), strict=True)
        found.append([slope if _agree(a, b) else slope * np.nan for slope, a, b in pairs])
    if count is None:
        return found[0]
    return [OPS["concat"](*parts, axis=0) for parts in zip(*found, strict=True)]


def _agree(a: Any, b: Any) -> bool:
    """Whether two values of one function are equal but for rounding, and its condition."""
    a, b = np.asarray(base(a)), np.asarray(base(b))
    near = np.sqrt(np.finfo(a.dtype).eps) if a.dtype.kind in "fc" else 0
    size = np.max(np.abs(b), initial=0, where=np.isfinite(b))
    return bool(np.allclose(a, b, rtol=0, atol=near * size, equal_nan=True))
