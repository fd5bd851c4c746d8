"""Gradients by PyTorch of a whole program in all its parameters, for studies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from numpy.typing import NDArray

from diffcheck.backends.torch_namespace import namespace

Parameters = Mapping[str, NDArray[Any]]
Gradient = Callable[[Parameters], tuple[Any, dict[str, NDArray[Any]]]]
Operation = tuple[Callable[..., Any], Callable[..., tuple[Any, ...]]]


def value_and_grad(program: Callable[[Any, Mapping[str, Any]], Any], format_name: str) -> Gradient:
    """Return a function of parameters by name that gives a program's value and gradient.

    `program(xp, parameters)` gives one number; arrays come and go as NumPy's, in the format named.
    """
    xp = namespace(format_name, "cpu")

    def call(parameters: Parameters) -> tuple[Any, dict[str, NDArray[Any]]]:
        tensors = {name: torch.tensor(x, requires_grad=True) for name, x in parameters.items()}
        value = program(xp, tensors)
        gradient = torch.autograd.grad(value, list(tensors.values()))
        return value.detach().numpy(), {
            name: g.numpy() for name, g in zip(tensors, gradient, strict=True)
        }

    return call


def operation(name: str, format_name: str) -> Operation:
    """Return one function of the namespace and its pullback, both on NumPy arrays.

    The pullback takes the arguments and the output's cotangent.
    """
    f = getattr(namespace(format_name, "cpu"), name)

    def forward(*args: Any) -> Any:
        return f(*map(torch.tensor, args)).numpy()[()]

    def pullback(args: tuple[Any, ...], cotangent: Any) -> tuple[Any, ...]:
        tensors = [torch.tensor(x, requires_grad=True) for x in args]
        found = torch.autograd.grad(f(*tensors), tensors, torch.tensor(cotangent))
        return tuple(g.numpy() for g in found)

    return forward, pullback
