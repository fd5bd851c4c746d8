"""A function of our engine as one of JAX's, so that JAX's own checker can be shown its rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import jax.test_util
import numpy as np

from diffcheck.backends.hosting import Function, Mode, first_line, in_numpy, pullback, pushforward


def check_grads(function: Function, args: Sequence[Any], mode: Mode) -> str:
    """Return what `jax.test_util.check_grads` says at order 1, with its defaults; "": it passes."""
    with jax.enable_x64(any(np.asarray(a).dtype == np.float64 for a in args)):
        f = _forward(function) if mode == "jvp" else _reverse(function, len(args))
        theirs: Any = jax.test_util.check_grads  # untyped in JAX
        try:
            modes = ("rev",) if mode == "vjp" else ("fwd",)
            theirs(f, tuple(args), order=1, modes=modes)
        except Exception as error:  # noqa: BLE001 - whatever it raises is its answer
            return first_line(error)
    return ""


def _reverse(function: Function, count: int) -> Any:
    f = jax.custom_vjp(_called(function))
    pulled = [_called(pullback(function, i)) for i in range(count)]
    f.defvjp(lambda *x: (f(*x), x), lambda x, g: tuple(p(g, *x) for p in pulled))
    return f


def _forward(function: Function) -> Any:
    f = jax.custom_jvp(_called(function))
    pushed = _called(pushforward(function))
    f.defjvp(lambda x, v: (f(*x), pushed(*x, *v)))
    return f


def _called(function: Function) -> Function:
    """Return the function of JAX's arrays; under a trace it is called back with numbers."""
    host = in_numpy(function)

    def call(*x: Any) -> Any:
        if not any(isinstance(a, jax.core.Tracer) for a in x):
            return jax.numpy.asarray(host(*x))
        like: Any = jax.ShapeDtypeStruct  # untyped in JAX
        y = host(*(np.ones(a.shape, a.dtype) for a in x))
        return jax.pure_callback(host, like(y.shape, y.dtype), *x)

    return call
