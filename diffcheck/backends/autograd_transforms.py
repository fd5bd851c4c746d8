"""Each quantity as autograd's users compute it, on the tuple of `wrt` arrays.

The forms of arguments and results are those of `jax_transforms`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import autograd.numpy as anp
import numpy as np
from autograd import grad, jacobian, make_jvp, make_vjp

from diffcheck.case.quantities import Kind

Arrays = tuple[Any, ...]
Function = Callable[..., Any]
Transform = Callable[[Function, Arrays, Arrays, Any], Any]


def _gradient(f: Function, x: Arrays, _v: Arrays, _w: Any) -> Any:
    several = tuple(range(len(x)))
    return grad(lambda *args: anp.reshape(f(*args), ()), argnum=several)(*x)


def _jacobian(f: Function, x: Arrays, _v: Arrays, _w: Any) -> Any:
    return tuple(jacobian(f, i)(*x) for i in range(len(x)))


def _vjp(f: Function, x: Arrays, _v: Arrays, w: Any) -> Any:
    pullback, output = make_vjp(f, argnum=tuple(range(len(x))))(*x)
    return pullback(np.reshape(w, np.shape(output)))


def _jvp(f: Function, x: Arrays, v: Arrays, _w: Any) -> Any:
    return make_jvp(f, argnum=tuple(range(len(x))))(*x)(v)[1]


def _hessian(f: Function, x: Arrays, _v: Arrays, _w: Any) -> Any:
    several = range(len(x))
    return tuple(tuple(jacobian(jacobian(f, i), j)(*x) for j in several) for i in several)


def _third(f: Function, x: Arrays, _v: Arrays, _w: Any) -> Any:
    several = range(len(x))

    def block(i: int, j: int, k: int) -> Any:
        return jacobian(jacobian(jacobian(f, i), j), k)(*x)

    return tuple(tuple(tuple(block(i, j, k) for k in several) for j in several) for i in several)


def _weighted(f: Function, w: Any) -> Function:
    return lambda *x: anp.sum(anp.reshape(f(*x), w.shape) * w)


def _slope(f: Function, v: Arrays) -> Function:
    """Return the derivative of a scalar function along v, by reverse mode."""

    def along(*x: Any) -> Any:
        gradients = grad(f, argnum=tuple(range(len(x))))(*x)
        return sum(anp.sum(g * u) for g, u in zip(gradients, v, strict=True))

    return along


def _hvp(f: Function, x: Arrays, v: Arrays, w: Any) -> Any:
    return grad(_slope(_weighted(f, w), v), argnum=tuple(range(len(x))))(*x)


def _third_product(f: Function, x: Arrays, v: Arrays, w: Any) -> Any:
    along = _slope(_slope(_weighted(f, w), v), v)
    return grad(along, argnum=tuple(range(len(x))))(*x)


TRANSFORMS: Final[dict[Kind, Transform]] = {
    "value": lambda f, x, _v, _w: f(*x),
    "gradient": _gradient,
    "jacobian": _jacobian,
    "jvp": _jvp,
    "vjp": _vjp,
    "hessian": _hessian,
    "hvp": _hvp,
    "third": _third,
}

# One row of the quantity: what one component passes through.
ONE_COMPONENT: Final[dict[Kind, Transform]] = TRANSFORMS | {
    "jacobian": _vjp,
    "hessian": _hvp,
    "third": _third_product,
}
