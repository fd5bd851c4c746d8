"""A function of our engine as one of PyTorch's, so that gradcheck can be shown our rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from diffcheck.backends.hosting import Function, Mode, first_line, in_numpy, pullback, pushforward


def gradcheck(function: Function, args: Sequence[Any], mode: Mode) -> str:
    """Return what `torch.autograd.gradcheck` says with its defaults; "": it passes."""
    inputs = tuple(torch.tensor(a, requires_grad=True) for a in args)
    modes = {"check_forward_ad": True, "check_backward_ad": False} if mode == "jvp" else {}
    try:
        torch.autograd.gradcheck(_hosted(function, len(args)).apply, inputs, **modes)
    except Exception as error:  # noqa: BLE001 - whatever it raises is its answer
        return first_line(error)
    return ""


def _hosted(function: Function, count: int) -> Any:
    value = _called(function)
    pulled = [_called(pullback(function, i)) for i in range(count)]
    pushed = _called(pushforward(function))

    class Hosted(torch.autograd.Function):  # type: ignore[misc]  # torch is not followed
        @staticmethod
        def forward(ctx: Any, *x: Any) -> Any:
            ctx.save_for_backward(*x)
            ctx.save_for_forward(*x)
            return value(*x)

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return tuple(p(g, *ctx.saved_tensors) for p in pulled)

        @staticmethod
        def jvp(ctx: Any, *v: Any) -> Any:
            return pushed(*ctx.saved_tensors, *v)

    return Hosted


def _called(function: Function) -> Function:
    host = in_numpy(function)
    return lambda *x: torch.tensor(host(*(a.detach().numpy() for a in x)))
