"""How much each of JAX's primitives may round: by theory, or by the table of measured bounds."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, log2, prod
from typing import Any, Final

import jax.numpy as jnp

from diffcheck.backends.jax_operations import EXACT
from diffcheck.backends.measured_rounding import bound
from diffcheck.programs.form import CORRECTLY, Rounding, Roundings, rounded

# Besides the exact ones of `EXACT`: what passes values through, however it is called.
_MOVES: Final = EXACT | frozenset(
    """
    all_gather conj copy_to_host_async cummax cummin name pvary reduce_precision select_and_gather
    sharding_constraint while_p
    """.split()  # noqa: SIM905 - words in rows read better than quoted ones
)


def in_terms(length: int) -> Roundings:
    """Return the roundings of a sum of so many terms, each of them a rounded product at most."""
    pairs = 1 + ceil(log2(length)) if length > 1 else 1
    return (Rounding(of="terms", count=pairs / 2, most=max(length, 1) / 2),)


def backward_stable(columns: int, factor: int) -> Roundings:
    """Return the roundings of an algorithm that is exact for operands so many ulps away."""
    ulps = float(factor * max(columns, 1))
    return (Rounding(of="operands", count=ulps, most=ulps),)


def _contracted(equation: Any) -> Roundings:
    (left, _), _ = equation.params["dimension_numbers"]
    return in_terms(prod(equation.invars[0].aval.shape[axis] for axis in left))


def _convolved(equation: Any) -> Roundings:
    return in_terms(prod(equation.invars[1].aval.shape))


def _summed(equation: Any) -> Roundings:
    shape = equation.invars[0].aval.shape
    return in_terms(prod(shape[axis] for axis in equation.params["axes"]))


def _along(equation: Any) -> int:
    return int(equation.invars[0].aval.shape[equation.params["axis"]])


def _multiplied(length: int) -> Roundings:
    return (Rounding(count=max(length - 1, 1) / 2, most=max(length - 1, 1) / 2),)


def _log_of_sums(equation: Any) -> Roundings:
    length = _along(equation)
    return (*_multiplied(length + 4), Rounding(of="operands", count=1, most=1))


def _scattered(equation: Any) -> Roundings:
    return in_terms(equation.invars[2].aval.size)


def _columns(factor: int) -> Callable[[Any], Roundings]:
    return lambda equation: backward_stable(int(equation.invars[0].aval.shape[-1]), factor)


# Factors of backward errors: Higham, Accuracy and Stability, §9 (elimination), §19 (orthogonal).
FORMS: Final[dict[str, Callable[[Any], Roundings]]] = {
    "cholesky": _columns(3),
    "conv_general_dilated": _convolved,
    "cumlogsumexp": _log_of_sums,
    "cumprod": lambda eqn: _multiplied(_along(eqn)),
    "cumsum": lambda eqn: in_terms(_along(eqn)),
    "dot_general": _contracted,
    "eig": _columns(10),
    "eigh": _columns(10),
    "fft": lambda eqn: backward_stable(ceil(log2(max(2, eqn.invars[0].aval.shape[-1]))), 3),
    "geqrf": _columns(10),
    "householder_product": _columns(10),
    "integer_pow": lambda eqn: _multiplied(abs(int(eqn.params["y"])) + (eqn.params["y"] < 0)),
    "lu": _columns(3),
    "one_minus_square": lambda _: _multiplied(4),
    "polynomial": lambda eqn: in_terms(2 * len(eqn.invars)),
    "reduce_prod": lambda eqn: _multiplied(
        prod(eqn.invars[0].aval.shape[axis] for axis in eqn.params["axes"])
    ),
    "reduce_sum": _summed,
    "reduce_window_sum": lambda eqn: in_terms(prod(eqn.params["window_dimensions"])),
    "scatter-add": _scattered,
    "scatter_add": _scattered,
    "svd": _columns(10),
    "triangular_solve": _columns(3),
}


def roundings(name: str, equation: Any) -> Roundings:
    """Return what an equation may round, by its name or that of the function it stands for."""
    dtypes = [out.aval.dtype for out in equation.outvars]
    if name in _MOVES or not any(jnp.issubdtype(d, jnp.floating) for d in dtypes):
        return ()
    if name == "convert_element_type" and not _narrows(equation):
        return ()
    if name in FORMS:
        return FORMS[name](equation)
    ulps = bound("jax", name, str(dtypes[0]))
    return CORRECTLY if ulps is None else rounded(ulps)


def _narrows(equation: Any) -> bool:
    """Whether a conversion can round: to fewer digits, or from whole numbers."""
    given, taken = equation.invars[0].aval.dtype, equation.outvars[0].aval.dtype
    if not jnp.issubdtype(given, jnp.floating):
        return bool(given.itemsize >= taken.itemsize)
    return bool(taken.itemsize < given.itemsize)
