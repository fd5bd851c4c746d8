"""How many rounded operations stand behind one component: read off the jaxpr."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, log2, prod
from typing import Any, Final

import jax.numpy as jnp

from diffcheck.backends.jax_calls import bodies_of

# Primitives whose floating result is exact: they move, choose, compare or negate numbers.
EXACT: Final = frozenset(
    """
    abs and argmax argmin broadcast_in_dim bitcast_convert_type ceil clamp concatenate copy copy_p
    device_put dynamic_slice dynamic_update_slice eq expand_dims floor gather ge gt iota is_finite
    le lt max min ne neg not optimization_barrier or pad real reduce_max reduce_min reshape rev
    round scatter select_and_gather_add select_n sign sort split squeeze slice stop_gradient
    top_k transpose xor
    """.split()  # noqa: SIM905 - words in rows read better than quoted ones
)


def _pairwise(length: int) -> int:
    """Return the roundings a term passes through in a sum of `length` terms, added in pairs."""
    return 1 + ceil(log2(length)) if length > 1 else 1


def _contracted(equation: Any) -> int:
    (left, _), _ = equation.params["dimension_numbers"]
    return _pairwise(prod(equation.invars[0].aval.shape[axis] for axis in left))


def _reduced(equation: Any) -> int:
    shape = equation.invars[0].aval.shape
    return _pairwise(prod(shape[axis] for axis in equation.params["axes"]))


def _along_axis(equation: Any) -> int:
    return _pairwise(equation.invars[0].aval.shape[equation.params["axis"]])


def _columns(equation: Any) -> int:
    # Backward error of an elimination of n columns: gamma_3n (Higham, Accuracy and Stability, §9).
    return 3 * int(equation.invars[0].aval.shape[-1])


WEIGHTS: Final[dict[str, Callable[[Any], int]]] = {
    "dot_general": _contracted,
    "reduce_sum": _reduced,
    "reduce_prod": _reduced,
    "cumsum": _along_axis,
    "cumprod": _along_axis,
    "cumlogsumexp": _along_axis,
    "integer_pow": lambda eqn: max(1, 2 * ceil(log2(abs(eqn.params["y"]) + 1))),
    "cholesky": _columns,
    "triangular_solve": _columns,
    "lu": _columns,
    "householder_product": _columns,
    "geqrf": _columns,
    # Orthogonal transformations: a small multiple of n again (ibid., §19); 10 n stands for it.
    "eigh": lambda eqn: 10 * int(eqn.invars[0].aval.shape[-1]),
    "svd": lambda eqn: 10 * int(eqn.invars[0].aval.shape[-1]),
}


def _is_floating(equation: Any) -> bool:
    return any(jnp.issubdtype(out.aval.dtype, jnp.floating) for out in equation.outvars)


def _weight(equation: Any) -> int:
    name = equation.primitive.name
    bodies = bodies_of(equation)
    if name == "cond":
        return max(count_operations(body) for body in bodies)
    if bodies:
        # The body of a while loop counts once: how often it runs is not known beforehand.
        return int(equation.params.get("length", 1)) * sum(count_operations(b) for b in bodies)
    if name in EXACT or not _is_floating(equation):
        return 0
    return WEIGHTS[name](equation) if name in WEIGHTS else 1


def count_operations(jaxpr: Any) -> int:
    """Bound the rounded operations that one component of the outputs passes through.

    Each floating equation counts once, a sum or product of k terms 1 + ⌈log2 k⌉ times.
    """
    return sum(_weight(equation) for equation in jaxpr.eqns)
