"""A PyTorch function that is already written, as a definition and a program of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils import _pytree as pytree

from diffcheck.backends import sampling
from diffcheck.backends.adapted import Adapted, fresh, parameters
from diffcheck.backends.base import Unsupported
from diffcheck.backends.sampling import Sample
from diffcheck.backends.torch_arrays import read, traced
from diffcheck.truth.arrays import Arrays
from diffcheck.truth.arrays.expand import expand


def adapt(function: Any, arguments: Sequence[Any]) -> Adapted:
    """Take apart the arguments, nested or not: floats become inputs, all else is held fixed.

    A `torch.autograd.Function` is applied; the parameters of a module are held fixed, in the dtype
    of its inputs. The definition is what the function's operations compute going forward; it raises
    `Unsupported` where one cannot be read.
    """
    leaves, tree = pytree.tree_flatten(tuple(arguments))
    real = [i for i, leaf in enumerate(leaves) if _is_real(leaf)]
    names = _names(function, arguments)
    call = _callable(function)
    at = [np.asarray(_plain(leaves[i]), np.float64) for i in real]

    def called(*values: Any) -> list[Any]:
        full = list(leaves)
        for i, value in zip(real, values, strict=True):
            full[i] = value
        outputs: list[Any] = pytree.tree_leaves(call(*pytree.tree_unflatten(full, tree)))
        for y in outputs:
            if not isinstance(y, torch.Tensor) or not y.is_floating_point():
                got = y.dtype if isinstance(y, torch.Tensor) else y
                raise Unsupported(f"an output of real floats is expected, not {got}")
        return outputs

    def arrays(program: Arrays, nodes: Mapping[str, int]) -> list[int]:
        graph = traced(called, [torch.from_numpy(x.copy()) for x in at])
        outputs: list[int] = read(graph, program, [nodes[names[i]] for i in real])
        return outputs

    def definition(**symbols: Any) -> Any:
        written = Arrays()
        nodes = {names[i]: written.input(names[i], x.shape) for i, x in zip(real, at, strict=True)}
        outputs = arrays(written, nodes)
        found = expand(written, outputs, {nodes[name]: symbols[name] for name in nodes})
        entries = [entry for output in found for entry in output.flat]
        flat = np.empty(len(entries), dtype=object)
        flat[:] = entries
        return flat if len(entries) > 1 else flat[0]

    def program(_xp: Any, **inputs: Any) -> Any:
        outputs = called(*(inputs[names[i]] for i in real))
        return outputs[0] if len(outputs) == 1 else torch.cat([y.reshape(-1) for y in outputs])

    return Adapted(
        inputs=dict(zip((names[i] for i in real), at, strict=True)),
        of_argument={names[i]: _argument(arguments, i) for i in real},
        count=len(arguments),
        dtypes=frozenset(_dtype(leaves[i]) for i in real if hasattr(leaves[i], "dtype")),
        definition=definition,
        program=program,
        arrays=arrays,
    )


def sampled(adapted: Adapted, sample: Sample, name: str) -> Adapted:
    """Return the function of a sample of its inputs' entries and of ways along all of them."""

    def move(x: Any, at: tuple[slice, Any], e: Any, s: Any, v: Any) -> Any:
        moved = x + torch.tensordot(s, torch.as_tensor(v, dtype=s.dtype, device=s.device), 1)
        mine, places = at
        if not places.size:
            return moved
        index = torch.as_tensor(places, device=s.device)
        return moved.reshape(-1).index_add(0, index, e[mine]).reshape(x.shape)

    def weigh(output: Any, w: NDArray[Any]) -> Any:
        weights = torch.as_tensor(w, dtype=output.dtype, device=output.device)
        return (output.reshape(-1) * weights).sum()

    return sampling.sampled(adapted, sample, name, move, weigh)


def _callable(function: Any) -> Callable[..., Any]:
    """Return what is called: a Function's `apply`, and a module with its numbers in any dtype."""
    if not isinstance(function, torch.nn.Module):
        apply: Any = function
        called: Callable[..., Any] = apply.apply if isinstance(function, type) else apply
        return called
    held = {**dict(function.named_parameters()), **dict(function.named_buffers())}

    def module(*arguments: Any) -> Any:
        (like, *_) = [a for a in pytree.tree_leaves(arguments) if _is_real(a)]
        cast = {
            name: x.detach().to(like.dtype) if x.is_floating_point() else x
            for name, x in held.items()
        }
        return torch.func.functional_call(function, cast, arguments)

    return module


def _plain(leaf: Any) -> Any:
    return leaf.detach().cpu().numpy() if isinstance(leaf, torch.Tensor) else leaf


def _is_real(leaf: Any) -> bool:
    if isinstance(leaf, torch.Tensor):
        return bool(leaf.is_floating_point())
    return isinstance(leaf, float) or (isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f")


def _dtype(leaf: Any) -> str:
    return str(leaf.dtype).removeprefix("torch.")


def _argument(arguments: Sequence[Any], leaf: int) -> int:
    """Return the argument that a leaf, by its position among all, is part of."""
    counts = np.cumsum([len(pytree.tree_leaves(a)) for a in arguments])
    return int(np.searchsorted(counts, leaf, side="right"))


def _names(function: Any, arguments: Sequence[Any]) -> list[str]:
    """Return a name for each leaf: its parameter's, and where it stands in the argument."""
    of = function
    if isinstance(of, torch.nn.Module):
        of = of.forward
    names = parameters(of, len(arguments))
    found: list[str] = []
    for name, argument in zip(names, arguments, strict=True):
        for path, _ in pytree.tree_flatten_with_path(argument)[0]:
            parts = "".join(c if c.isalnum() else " " for c in "".join(map(str, path))).split()
            found.append(fresh("_".join([name, *parts]), found))
    return found
