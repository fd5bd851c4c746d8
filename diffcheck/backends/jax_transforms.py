"""Each quantity as JAX users compute it, on the tuple of `wrt` arrays.

Every entry takes f (a function of that tuple, returning one array), the tuple x, and the directions
v (a tuple like x) and w (a vector, the output's length). The result is an array or nested tuples of
arrays, one level per derivative axis; nothing is flattened inside what is differentiated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import jax
import jax.numpy as jnp

from diffcheck.case.quantities import Kind

Function = Callable[[Any], Any]
Transform = Callable[[Function, Any, Any, Any], Any]


def _gradient(f: Function, x: Any, _v: Any, _w: Any) -> Any:
    # jax.grad wants a scalar of shape (): an output of shape (1,) or (1, 1) is the same number.
    return jax.grad(lambda t: jnp.reshape(f(t), ()))(x)


def _vjp(f: Function, x: Any, _v: Any, w: Any) -> Any:
    output, pullback = jax.vjp(f, x)
    return pullback(jnp.reshape(w, output.shape))[0]


def _hvp(f: Function, x: Any, v: Any, w: Any) -> Any:
    # The Hessian of w·f as the forward derivative of its gradient; w enters as the cotangent.
    return jax.jvp(lambda t: _vjp(f, t, v, w), (x,), (v,))[1]


TRANSFORMS: Final[dict[Kind, Transform]] = {
    "value": lambda f, x, _v, _w: f(x),
    "gradient": _gradient,
    "jacobian": lambda f, x, _v, _w: jax.jacrev(f)(x),
    "jvp": lambda f, x, v, _w: jax.jvp(f, (x,), (v,))[1],
    "vjp": _vjp,
    "hessian": lambda f, x, _v, _w: jax.hessian(f)(x),
    "hvp": _hvp,
    "third": lambda f, x, _v, _w: jax.jacfwd(jax.hessian(f))(x),
}


def column(f: Function, x: Any, v: Any, _w: Any) -> Any:
    """Return the Hessian times v, forward over reverse as `jax.hessian` computes its columns."""
    return jax.jvp(jax.jacrev(f), (x,), (v,))[1]
