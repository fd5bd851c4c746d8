"""Forwards by Arb, for functions that libraries lack or get wrong: slow, and correctly rounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
from flint import arb, ctx

from diffcheck.balls import precision, round_to_format
from diffcheck.floats import FORMATS, Format

RUNGS: Final = (
    96,
    192,
    384,
    1536,
    4096,
)  # bits; the radius must be far below an ulp at one of them
SPARE_BITS: Final = 8


def by_arb(function: Callable[..., arb]) -> Callable[..., Any]:
    """Return an elementwise function of floats that evaluates a function of balls and rounds once.

    Microseconds an element. What stays undecided at the last rung, or is no real number, is nan;
    longdouble is computed in float64.
    """

    def forward(*args: Any, **params: Any) -> Any:
        dtype = np.result_type(*args)
        fmt = FORMATS.get(dtype.name, FORMATS["float64"])
        each = np.frompyfunc(lambda *x: _rounded(function, x, params, fmt), len(args), 1)
        return np.asarray(each(*args)).astype(dtype)[()]

    return forward


def never(*_args: Any) -> Any:
    """Choose no element."""
    return False


def where_by_arb(
    choose: Callable[..., Any], library: Callable[..., Any], function: Callable[..., arb]
) -> Callable[..., Any]:
    """Return a library's function that is evaluated by Arb at the elements that `choose` picks.

    `choose(y, *args)` gets the library's result and the arguments.
    """
    return _where(choose, library, by_arb(function))


def _where(
    choose: Callable[..., Any], library: Callable[..., Any], certain: Callable[..., Any]
) -> Callable[..., Any]:
    def forward(*args: Any, **params: Any) -> Any:
        y = library(*args, **params)
        picked = np.broadcast_to(choose(y, *args), np.shape(y))
        if not picked.any():
            return y
        result = np.array(y)
        some = (np.broadcast_to(a, picked.shape)[picked] for a in args)
        result[picked] = certain(*(a.astype(result.dtype) for a in some), **params)
        return result[()]

    return forward


def finite_by_arb(
    library: Callable[..., Any], function: Callable[..., arb], *, also: Callable[..., Any] = never
) -> Callable[..., Any]:
    """Return a library's function that Arb evaluates where it left the range at finite arguments.

    Also where `also(y, *args)` says so. Where Arb has no number, at a pole, the library's stands.
    """

    def left_the_range(y: Any, *args: Any) -> Any:
        inside = np.logical_and.reduce(np.broadcast_arrays(*map(np.isfinite, args)))
        return inside & (~np.isfinite(y) | also(y, *args))

    def certain_or_library(*args: Any, **params: Any) -> Any:
        y, exact = library(*args, **params), certain(*args, **params)
        return np.where(np.isnan(exact), y, exact)

    certain = by_arb(function)
    return _where(left_the_range, library, certain_or_library)


@contextmanager
def series_terms(count: int) -> Iterator[None]:
    """Let power series have so many terms inside the block; the number is global."""
    before, ctx.cap = ctx.cap, count
    try:
        yield
    finally:
        ctx.cap = before


def _rounded(
    function: Callable[..., arb], args: tuple[Any, ...], params: dict[str, Any], fmt: Format
) -> Any:
    numbers = [float(a) for a in args]
    if not all(map(np.isfinite, numbers)):
        return np.nan
    for bits in RUNGS:
        with precision(bits):
            try:
                ball = function(*map(arb, numbers), **params)
            except (ValueError, ZeroDivisionError, OverflowError):
                return np.nan
            if ball.is_finite() and (
                ball.is_zero() or ball.rel_accuracy_bits() >= fmt.precision + SPARE_BITS
            ):
                return round_to_format(ball, fmt)
            if ball.is_finite() and ball.abs_upper() < arb((1, fmt.ulp_exponent(None) - 2)):
                return 0.0  # of either sign, and far below the least number
    return np.nan
