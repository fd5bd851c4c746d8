"""Derivatives of elementwise functions by JAX at many points at once, for the study of accuracy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import jax
import jax.numpy as jnp
import jax.scipy.special as jsp
import numpy as np

from diffcheck.backends.jax_exact import EXACT
from diffcheck.engine import TABLE

_MODULES: Final = (jnp, jsp, jax.nn, jax.lax)
# Functions that are called otherwise than by the name in the op table alone.
_OTHERS: Final[dict[str, Callable[..., Any]]] = {
    "gelu": lambda x: jax.nn.gelu(x, approximate=False),
    "elu": lambda x: jax.nn.elu(x, 0.75),
    "polygamma": lambda x: jsp.polygamma(1, x),
    "j0": lambda x: jsp.bessel_jn(x, v=1)[0],
    "j1": lambda x: jsp.bessel_jn(x, v=1)[1],
}


def derivative(name: str, component: Sequence[int], args: Sequence[Any]) -> Any:
    """Return a partial derivative of an op's JAX counterpart at each point, under jit(vmap(grad)).

    `component` names the arguments to differentiate in, in order; `args` hold the points. None
    where JAX has no such function, or no derivative of it.
    """
    function = _function(name)
    if function is None:
        return None
    for i in component:
        function = jax.grad(function, i)
    with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"):
        try:
            return np.asarray(jax.jit(jax.vmap(function))(*map(jnp.asarray, args)))
        except (TypeError, ValueError, NotImplementedError):
            return None


def _function(name: str) -> Callable[..., Any] | None:
    if name in _OTHERS:
        return _OTHERS[name]
    spelled = (TABLE[name].jax or "").rpartition(".")[2]
    found = next((getattr(m, spelled) for m in _MODULES if spelled and hasattr(m, spelled)), None)
    return found and partial(found)


# Primitives by another name than that of the function in `jax.lax`.
_PRIMITIVES: Final[dict[str, Callable[..., Any]]] = {
    "polygamma": lambda x: jax.lax.polygamma(jnp.ones_like(x), x),
}


def primitives() -> dict[str, str]:
    """Return JAX's elementwise primitives that round, with the engine's op for each."""
    named = {name: getattr(form, "__name__", "") for name, form in EXACT.items()}
    found = named | {"div": "divide", "lgamma": "gammaln", "polygamma": "polygamma"}
    return {name: op for name, op in found.items() if _rounds(op) and _callable(name)}


def _rounds(op: str) -> bool:
    return op in TABLE and TABLE[op].kind == "elementwise" and TABLE[op].rounding > 0


def primitive(name: str, args: Sequence[Any]) -> Any:
    """Return a primitive's results at each point, compiled by itself."""
    function = _callable(name)
    assert function is not None
    with jax.enable_x64(True):
        return np.asarray(jax.jit(function)(*map(jnp.asarray, args)))


def _callable(name: str) -> Callable[..., Any] | None:
    found: Callable[..., Any] | None = _PRIMITIVES.get(name) or getattr(jax.lax, name, None)
    return found
