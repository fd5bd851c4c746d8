"""Numbers made in the kind and precision of an operand, so that no rule promotes anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from flint import arb

from diffcheck.engine.ball_trace import BALLS, as_objects, is_ball
from diffcheck.engine.tensor import base, tensor_of

# 40 digits: correctly rounded in every format up to quadruple precision; and the exact ball.
CONSTANTS: Final[dict[str, tuple[str, Callable[[], arb]]]] = {
    "pi": ("3.141592653589793238462643383279502884197", arb.pi),
    "log_2": ("0.6931471805599453094172321214581765680755", lambda: arb(2).log()),
    "one_over_log_2": ("1.442695040888963407359924681001892137427", lambda: 1 / arb(2).log()),
    "one_over_log_10": ("0.4342944819032518276511289189166050822944", lambda: 1 / arb(10).log()),
    "two_over_sqrt_pi": ("1.128379167095512573896158903121545171688", lambda: 2 / arb.pi().sqrt()),
    "sqrt_pi": ("1.772453850905516027298167483341145182798", lambda: arb.pi().sqrt()),
    "one_over_two_pi": (
        "0.1591549430918953357688837633725143620345",
        lambda: 1 / (2 * arb.pi()),
    ),
    "log_pi": ("1.144729885849400174143427351353058711647", lambda: arb.pi().log()),
    "log_two_pi": (
        "1.837877066409345483560659472811235279723",
        lambda: (2 * arb.pi()).log(),  # noqa: PLW0108 - π at the precision of the call
    ),
    "sqrt_half": ("0.7071067811865475244008443621048490392848", lambda: arb(0.5).sqrt()),
    "one_over_sqrt_two_pi": (
        "0.3989422804014326779399460599343818684759",
        lambda: 1 / (2 * arb.pi()).sqrt(),
    ),
    "sqrt_two_over_pi": (
        "0.7978845608028653558798921198687637369517",
        lambda: (2 / arb.pi()).sqrt(),  # noqa: PLW0108 - π at the precision of the call
    ),
}


def constant(name: str, like: Any) -> Any:
    """Return an irrational constant in the kind of `like`: exact as a ball, else correctly rounded.

    A Python float stands for itself in formats up to float64: it is weak and promotes nothing.
    Raises `KeyError` for a name that is not in `CONSTANTS`.

    >>> constant("pi", np.float64(1.0))
    3.141592653589793
    """
    digits, ball = CONSTANTS[name]
    if is_ball(like):
        return tensor_of(as_objects(ball()), BALLS, None)
    if getattr(base(like), "dtype", None) in (np.longdouble, np.clongdouble):
        return np.longdouble(digits)
    return float(digits)


def full_like(x: Any, number: int) -> Any:
    """Return an array of one small integer in the shape and kind of `x`."""
    value = base(x)
    if is_ball(value):
        result = np.empty(value.shape, dtype=object)
        result[...] = arb(number)
        return tensor_of(result, BALLS, None)
    if isinstance(value, np.generic):
        return value.dtype.type(number)
    return np.full(np.shape(value), number, dtype=np.asarray(value).dtype)


def zeros_like(x: Any) -> Any:
    """Return zeros in the shape and kind of `x`."""
    return full_like(x, 0)


def ones_like(x: Any) -> Any:
    """Return ones in the shape and kind of `x`."""
    return full_like(x, 1)
