"""Derivatives of our engine as functions themselves, for libraries that are to call them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from diffcheck.engine import jvp, vjp

Function = Callable[..., Any]
Mode = Literal["vjp", "jvp"]


def pullback(function: Function, i: int) -> Function:
    """Return (g, *x) ↦ the cotangent of argument i."""
    return lambda g, *x: vjp(function, *x)[1](g)[i]


def pushforward(function: Function) -> Function:
    """Return (*x, *v) ↦ the tangent of the result."""

    def call(*primals_and_tangents: Any) -> Any:
        half = len(primals_and_tangents) // 2
        return jvp(function, primals_and_tangents[:half], primals_and_tangents[half:])[1]

    return call


def in_numpy(function: Function) -> Function:
    """Return a function of any library's arrays that computes in NumPy, without warnings."""

    def call(*x: Any) -> Any:
        with np.errstate(all="ignore"):
            return np.asarray(function(*(np.asarray(a)[()] for a in x)))

    return call


def first_line(error: BaseException) -> str:
    """Return an error on one line, never empty."""
    return f"{type(error).__name__}: {error}".partition("\n")[0]
