"""Checks that raise, in the places where people call checkers of finite differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from diffcheck.case.quantities import Kind
from diffcheck.functions.checking import check


class DerivativeError(AssertionError):
    """A derivative that is wrong or lost its digits, with a line for each, worst first."""


def assert_derivatives(function: Callable[..., Any], *arguments: Any, **options: Any) -> None:
    """Verify the derivatives of a function as `check` does; raise where something fails.

    `options` are those of `check`. Raises `DerivativeError` with the verdicts, worst first, also
    where nothing could be measured, and `CaseError` where `check` does.

    >>> import jax.numpy as jnp
    >>> assert_derivatives(jnp.tanh, 0.5, order=2)
    """
    found = check(function, *arguments, **options)
    if not found.ok:
        raise DerivativeError(f"{len(found.failures)} derivatives fail\n{found}")


def check_grads(
    f: Callable[..., Any],
    args: Sequence[Any],
    order: int,
    modes: Sequence[str] = ("fwd", "rev"),
    atol: float | None = None,
    rtol: float | None = None,
    eps: float | None = None,
) -> None:
    """Verify as `assert_derivatives` does, called as `jax.test_util.check_grads` is.

    `modes` chooses forward mode (a JVP) and reverse mode (gradient, Jacobian or VJP); an order of 2
    adds second derivatives. There are no tolerances: `atol`, `rtol` and `eps` are taken and have no
    effect. Raises `DerivativeError`.

    >>> import jax.numpy as jnp
    >>> check_grads(jnp.sin, (1.0,), order=1)
    """
    del atol, rtol, eps
    kinds: list[Kind] = []
    if "rev" in modes:
        kinds += ["vjp"]
    if "fwd" in modes:
        kinds += ["jvp"]
    kinds += ["hvp"] if order > 1 else []
    kinds += ["third"] if order > 2 else []
    assert_derivatives(f, *args, order=order, quantities=tuple(kinds))
