"""The trajectories, and the engine with single operations taken from somebody else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from diffcheck import engine
from diffcheck.models import small_network

SEED: Final = 10
SAMPLES: Final = 32
STEPS: Final = 100
RATE: Final = np.float32(0.5)
OPERATIONS: Final = ("matmul", "add", "relu", "softplus", "multiply", "subtract", "mean")

Parameters = Mapping[str, Any]
Gradient = Callable[[Parameters], tuple[Any, Mapping[str, Any]]]
Rule = tuple[Callable[..., Any], Callable[..., tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Trajectory:
    """The loss before each step, and the parameters before the first step and after each."""

    losses: tuple[Any, ...]
    parameters: tuple[Mapping[str, NDArray[Any]], ...]


def program(xp: Any, p: Parameters) -> Any:
    """Return the loss on the study's samples."""
    x, y = small_network.samples(SAMPLES, SEED)
    return small_network.loss(xp, p, xp.asarray(x), xp.asarray(y))


def train(gradient: Gradient, start: Parameters) -> Trajectory:
    """Descend: w ← w - rate g, in NumPy for everybody, correctly rounded everywhere."""
    p = dict(start)
    losses, parameters = [], [p]
    for _ in range(STEPS):
        loss, g = gradient(p)
        losses.append(loss)
        p = {name: w - w.dtype.type(RATE) * g[name] for name, w in p.items()}
        parameters.append(p)
    return Trajectory(tuple(losses), tuple(parameters))


def by_engine(xp: Any = engine) -> Gradient:
    """Return value and gradient by the engine, or by its namespace with operations exchanged."""
    return engine.value_and_grad(lambda p: program(xp, p))


def in_float64(p: Parameters) -> tuple[Any, Any]:
    """Return value and gradient by the engine in float64."""
    x, y = (a.astype(np.float64) for a in small_network.samples(SAMPLES, SEED))
    value, gradient = engine.value_and_grad(lambda q: small_network.loss(engine, q, x, y))(p)
    return value, gradient


def witnesses() -> dict[str, Gradient]:
    """Return who trains in float32: the engine, JAX, and PyTorch where it is installed."""
    jax = import_module("diffcheck.backends.jax_whole")
    found = {
        "engine": by_engine(),
        "JAX, eager": jax.value_and_grad(program, "float32", jit=False),
        "JAX, jit": jax.value_and_grad(program, "float32", jit=True),
    }
    if find_spec("torch"):
        torch = import_module("diffcheck.backends.torch_whole")
        found["PyTorch"] = torch.value_and_grad(program, "float32")
    return found


def rules(who: str) -> dict[str, Rule]:
    """Return somebody's own operations and pullbacks, on NumPy arrays."""
    module = import_module(f"diffcheck.backends.{who}_whole")
    return {name: module.operation(name, "float32") for name in OPERATIONS}


class Exchanged:
    """The engine's namespace with some operations, and their rules, taken from somebody else."""

    def __init__(self, others: Mapping[str, Rule], names: Collection[str]) -> None:
        self._exchanged = {name: _foreign(*others[name]) for name in names}

    def __getattr__(self, name: str) -> Any:
        exchanged = self.__dict__["_exchanged"]
        return exchanged[name] if name in exchanged else getattr(engine, name)


def _foreign(forward: Callable[..., Any], pullback: Callable[..., Any]) -> Any:
    @engine.custom_vjp
    def operation(*args: Any) -> Any:
        return forward(*args)

    operation.defvjp(lambda *args: (forward(*args), args), pullback)
    return operation
