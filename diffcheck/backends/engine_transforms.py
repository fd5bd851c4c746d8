"""Each quantity by our engine, on the tuple of `wrt` arrays; floats and balls alike.

The forms of arguments and results are those of `jax_transforms`: f takes one array per `wrt` input,
v is a tuple like x, w a vector; a result is an array or nested tuples of arrays, one level per
derivative axis.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from diffcheck import engine
from diffcheck.case.quantities import Kind
from diffcheck.engine.ops.joining import stack
from diffcheck.engine.ops.manipulation import reshape
from diffcheck.engine.tensor import Tensor

Function = Callable[..., Any]
Arrays = tuple[Any, ...]
Transform = Callable[[Function, Arrays, Arrays, Any], Any]


def _value(f: Function, x: Arrays, _v: Arrays, _w: Any) -> Any:
    # Through the tape, so that operators on balls are the engine's and not NumPy's.
    return engine.vjp(f, *x)[0]


def _gradient(f: Function, x: Arrays, _v: Arrays, _w: Any) -> Any:
    def scalar(*args: Any) -> Any:
        return reshape(f(*args), ())

    return engine.grad(scalar, argnums=range(len(x)))(*x)


def _pulled_back(f: Function, x: Arrays, w: Any) -> Any:
    output, pullback = engine.vjp(f, *x)
    return pullback(np.reshape(w, output.shape))


def _jacobian(f: Function, x: Arrays, _v: Arrays, _w: Any) -> Any:
    output, pullback = engine.vjp(f, *x)
    size = int(np.prod(output.shape, dtype=np.int64))
    unit = engine.ball_array(np.eye(size)) if output.dtype.kind == "O" else np.eye(size)
    unit = unit.astype(output.dtype)
    rows = [pullback(row.reshape(output.shape)) for row in unit]
    return tuple(_stacked(column) for column in zip(*rows, strict=True))


def _stacked(rows: Arrays) -> Any:
    """Return rows as one array; those of a program that is being read stay part of it."""
    return stack(list(rows)) if any(isinstance(row, Tensor) for row in rows) else np.stack(rows)


def _hessian(f: Function, x: Arrays, _v: Arrays, _w: Any) -> Any:
    several = range(len(x))
    return tuple(tuple(engine.jacfwd(engine.jacrev(f, i), j)(*x) for j in several) for i in several)


def _third(f: Function, x: Arrays, _v: Arrays, _w: Any) -> Any:
    several = range(len(x))

    def block(i: int, j: int, k: int) -> Any:
        return engine.jacfwd(engine.jacfwd(engine.jacrev(f, i), j), k)(*x)

    return tuple(tuple(tuple(block(i, j, k) for k in several) for j in several) for i in several)


def _hvp(f: Function, x: Arrays, v: Arrays, w: Any) -> Any:
    return engine.jvp(lambda *args: _pulled_back(f, args, w), x, v)[1]


TRANSFORMS: Final[dict[Kind, Transform]] = {
    "value": _value,
    "gradient": _gradient,
    "jacobian": _jacobian,
    "jvp": lambda f, x, v, _w: engine.jvp(f, x, v)[1],
    "vjp": lambda f, x, _v, w: _pulled_back(f, x, w),
    "hessian": _hessian,
    "hvp": _hvp,
    "third": _third,
}

# One row of the quantity: what one component passes through. Counting every sweep of a Jacobian
# would charge a component with the roundings of all the others.
ONE_COMPONENT: Final[dict[Kind, Transform]] = TRANSFORMS | {
    "jacobian": TRANSFORMS["vjp"],
    "hessian": _hvp,
    "third": lambda f, x, v, w: engine.jvp(lambda *a: _hvp(f, a, v, w), x, v)[1],
}
