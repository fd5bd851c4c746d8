"""A function of our engine as one of autograd's, so that its checker can be shown our rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from autograd.extend import defjvp, defvjp, primitive
from autograd.test_util import check_grads as theirs

from diffcheck.backends.hosting import Function, Mode, first_line, in_numpy, pullback, pushforward

SEED = 0  # their directions are drawn from NumPy's global generator


def check_grads(function: Function, args: Sequence[Any], mode: Mode) -> str:
    """Return what `autograd.test_util.check_grads` says with its defaults (order 2); "": passes."""
    state = np.random.get_state()  # noqa: NPY002 - the generator that they use
    np.random.seed(SEED)  # noqa: NPY002 - autograd draws from the global generator
    try:
        f = _hosted(function, len(args), mode)
        # Without argument numbers it looks at the first one alone.
        theirs(f, tuple(range(len(args))), modes=["rev" if mode == "vjp" else "fwd"])(*args)
    except Exception as error:  # noqa: BLE001 - whatever it raises is its answer
        return first_line(error)
    finally:
        np.random.set_state(state)  # noqa: NPY002 - as it was
    return ""


def _hosted(function: Function, count: int, mode: Mode) -> Any:
    f = primitive(in_numpy(function))
    if mode == "vjp":
        defvjp(f, *(_rule(function, i, count) for i in range(count)))
    else:
        defjvp(f, *(_forward_rule(function, i, count) for i in range(count)))
    return f


def _rule(function: Function, i: int, count: int) -> Any:
    return lambda _ans, *x: lambda g: _hosted(pullback(function, i), count + 1, "vjp")(g, *x)


def _forward_rule(function: Function, i: int, count: int) -> Any:
    pushed = pushforward(function)

    def along(v: Any, *x: Any) -> Any:
        """Return the tangent for a tangent of argument i alone."""
        return pushed(*x, *(v if k == i else 0 * a for k, a in enumerate(x)))

    return lambda g, _ans, *x: _hosted(along, count + 1, "jvp")(g, *x)
