"""Each quantity as PyTorch users compute it, on the tuple of `wrt` tensors.

Reverse mode is `torch.autograd.grad`, of the second and third order with `create_graph`; forward
mode is `torch.autograd.forward_ad`. Both run every `torch.autograd.Function`, old or new. The forms
of arguments and results are those of `jax_transforms`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import torch
from torch.autograd import forward_ad

from diffcheck.case.quantities import Kind

Tensors = tuple[Any, ...]
Function = Callable[..., Any]
Transform = Callable[[Function, Tensors, Tensors, Any], Any]


def _leaves(x: Tensors) -> Tensors:
    return tuple(t.detach().requires_grad_() for t in x)


def _pull_back(output: Any, x: Tensors, cotangent: Any, *, again: bool = False) -> Tensors:
    """Return the cotangents of x; zeros where the output, a derivative itself, is constant."""
    if not output.requires_grad:
        return tuple(torch.zeros_like(t) for t in x)
    return tuple(
        torch.autograd.grad(
            output, x, cotangent, create_graph=again, retain_graph=True, materialize_grads=True
        )
    )


def _of_program(f: Function, x: Tensors) -> tuple[Any, Tensors]:
    """Return the output and its leaves; torch itself refuses an output without a graph."""
    x = _leaves(x)
    output = f(*x)
    if not output.requires_grad:
        raise NotImplementedError("the result does not require grad")
    return output, x


def _rows(output: Any, x: Tensors, *, again: bool = False) -> list[Tensors]:
    """Return the pulled back unit vectors of an output, flat in C order."""
    units = torch.eye(output.numel(), dtype=output.dtype, device=output.device)
    return [_pull_back(output, x, unit.reshape(output.shape), again=again) for unit in units]


def _derivative(output: Any, x: Tensors, order: int) -> Any:
    """Return the derivative of an output as nested tuples over x, the output's axis first.

    The parts have the shape (outputs, flat size of the first part, flat size of the second…).
    """
    if order == 0:
        return output.reshape(-1)
    rows = _rows(output, x, again=order > 1)
    deeper = [[_derivative(part, x, order - 1) for part in row] for row in rows]
    return tuple(_stacked([row[i] for row in deeper]) for i in range(len(x)))


def _stacked(parts: Sequence[Any]) -> Any:
    if isinstance(parts[0], tuple):
        return tuple(_stacked(column) for column in zip(*parts, strict=True))
    return torch.stack(list(parts))


def _of_order(order: int) -> Transform:
    def transform(f: Function, x: Tensors, _v: Tensors, _w: Any) -> Any:
        output, x = _of_program(f, x)
        return _derivative(output, x, order)

    return transform


def _gradient(f: Function, x: Tensors, _v: Tensors, _w: Any) -> Any:
    output, x = _of_program(f, x)
    scalar = output.reshape(())
    return _pull_back(scalar, x, torch.ones_like(scalar))


def _vjp(f: Function, x: Tensors, _v: Tensors, w: Any) -> Any:
    output, x = _of_program(f, x)
    return _pull_back(output, x, w.reshape(output.shape))


def _jvp(f: Function, x: Tensors, v: Tensors, _w: Any) -> Any:
    with forward_ad.dual_level():
        duals = [forward_ad.make_dual(t, u) for t, u in zip(x, v, strict=True)]
        tangent = forward_ad.unpack_dual(f(*duals)).tangent
        if tangent is None:
            raise NotImplementedError("the result carries no tangent")
        return tangent


def _hvp(f: Function, x: Tensors, v: Tensors, w: Any) -> Any:
    output, x = _of_program(f, x)
    gradients = _pull_back(output, x, w.reshape(output.shape), again=True)
    slope = torch.stack([(g * u).sum() for g, u in zip(gradients, v, strict=True)]).sum()
    return _pull_back(slope, x, torch.ones_like(slope))


def _third_product(f: Function, x: Tensors, v: Tensors, w: Any) -> Any:
    """Return the third derivative of w·f, twice times v: one row of `third`."""
    output, x = _of_program(f, x)
    slope, cotangent = output, w.reshape(output.shape)
    for _ in range(2):
        gradients = _pull_back(slope, x, cotangent, again=True)
        slope = torch.stack([(g * u).sum() for g, u in zip(gradients, v, strict=True)]).sum()
        cotangent = torch.ones_like(slope)
    return _pull_back(slope, x, cotangent)


TRANSFORMS: Final[dict[Kind, Transform]] = {
    "value": lambda f, x, _v, _w: f(*x),
    "gradient": _gradient,
    "jacobian": _of_order(1),
    "jvp": _jvp,
    "vjp": _vjp,
    "hessian": _of_order(2),
    "hvp": _hvp,
    "third": _of_order(3),
}

# One row of the quantity: what one component passes through.
ONE_COMPONENT: Final[dict[Kind, Transform]] = TRANSFORMS | {
    "jacobian": _vjp,
    "hessian": _hvp,
    "third": _third_product,
}
