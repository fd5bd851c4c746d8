"""Checks that raise, in the places where people call checkers of finite differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from diffcheck.case import CaseError
from diffcheck.case.quantities import Kind
from diffcheck.functions.checking import Checked, check


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
        raise DerivativeError(f"{_count(found)}\n{found}")


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


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float | None = None,
    atol: float | None = None,
    rtol: float | None = None,
    raise_exception: bool = True,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    **ignored: Any,
) -> bool:
    """Verify the derivatives of a PyTorch function, called as `torch.autograd.gradcheck` is.

    `inputs` is a tensor or a sequence of arguments. Those that require a gradient are
    differentiated, in their own dtype, float32 as well as float64. There are no tolerances and no
    step: `eps`, `atol`, `rtol` and gradcheck's further options are taken and have no effect, which
    the text of a failure says where they were given. Returns True; where a derivative fails, raises
    `DerivativeError`, or returns False without `raise_exception`. Raises `CaseError` as `check`
    does, if no input requires a gradient for one.

    >>> import torch
    >>> gradcheck(torch.tanh, torch.tensor([0.5, 20.0], requires_grad=True))
    True
    """
    given = {"eps": eps, "atol": atol, "rtol": rtol, **ignored}
    unused = [name for name, value in given.items() if value is not None]
    arguments = tuple(inputs) if isinstance(inputs, (tuple, list)) else (inputs,)
    wrt = [i for i, x in enumerate(arguments) if getattr(x, "requires_grad", False)]
    if not wrt:
        raise CaseError(
            f"gradcheck of {getattr(func, '__name__', 'a function')}",
            f"expected inputs that require a gradient, got none among {len(arguments)}",
            "tensors that were made without requires_grad=True, or detached",
            "torch.tensor([0.5], requires_grad=True)",
        )
    kinds: list[Kind] = ["vjp"] if check_backward_ad else []
    kinds += ["jvp"] if check_forward_ad else []
    found = check(func, *arguments, wrt=wrt, backend="torch", quantities=tuple(kinds))
    if found.ok or not raise_exception:
        return found.ok
    note = f"\nwithout effect: {', '.join(unused)}; there are no tolerances" if unused else ""
    raise DerivativeError(f"{_count(found)}\n{found}{note}")


def _count(found: Checked) -> str:
    count = len(found.failures)
    return f"{count} derivatives fail" if count else "nothing fails, and nothing was verified"
