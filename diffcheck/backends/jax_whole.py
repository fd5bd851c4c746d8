"""Gradients by JAX of a whole program in all its parameters, for studies: no case, no points."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray

from diffcheck.backends.jax_namespace import namespace

Parameters = Mapping[str, NDArray[Any]]
Gradient = Callable[[Parameters], tuple[Any, dict[str, NDArray[Any]]]]
Operation = tuple[Callable[..., Any], Callable[..., tuple[Any, ...]]]


def value_and_grad(
    program: Callable[[Any, Mapping[str, Any]], Any], format_name: str, *, jit: bool
) -> Gradient:
    """Return a function of parameters by name that gives a program's value and gradient.

    `program(xp, parameters)` gives one number; arrays come and go as NumPy's, in the format named.

    >>> f = value_and_grad(lambda xp, p: xp.sum(p["x"] ** 2), "float32", jit=False)
    >>> f({"x": np.float32([1, 2])})[1]["x"].tolist()
    [2.0, 4.0]
    """
    xp = namespace(format_name)
    derivative = jax.value_and_grad(lambda parameters: program(xp, parameters))
    run = jax.jit(derivative) if jit else derivative

    def call(parameters: Parameters) -> tuple[Any, dict[str, NDArray[Any]]]:
        with _settings():
            value, gradient = run({name: jax.numpy.asarray(x) for name, x in parameters.items()})
            return np.asarray(value), {name: np.asarray(g) for name, g in gradient.items()}

    return call


def operation(name: str, format_name: str) -> Operation:
    """Return one function of the namespace, eager, and its pullback, both on NumPy arrays.

    The pullback takes the arguments and the output's cotangent.

    >>> forward, pullback = operation("multiply", "float32")
    >>> float(pullback((np.float32(2), np.float32(3)), np.float32(1))[0])
    3.0
    """
    f = getattr(namespace(format_name), name)

    def forward(*args: Any) -> Any:
        with _settings():
            return np.asarray(f(*map(jax.numpy.asarray, args)))[()]

    def pullback(args: tuple[Any, ...], cotangent: Any) -> tuple[Any, ...]:
        with _settings():
            _, back = jax.vjp(f, *map(jax.numpy.asarray, args))
            return tuple(np.array(g) for g in back(jax.numpy.asarray(cotangent)))

    return forward, pullback


@contextmanager
def _settings() -> Iterator[None]:
    with (
        jax.enable_x64(True),
        jax.numpy_dtype_promotion("strict"),
        jax.default_device(jax.devices("cpu")[0]),
    ):
        yield
