"""A JAX function that is already written, as a definition and a program of a case."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import Literal
from numpy.typing import NDArray

from diffcheck.backends import sampling
from diffcheck.backends.adapted import Adapted, fresh, parameters
from diffcheck.backends.base import Unsupported
from diffcheck.backends.jax_arrays import read
from diffcheck.backends.jax_calls import has_custom_vjp
from diffcheck.backends.jax_symbolic import symbolic
from diffcheck.backends.jax_symbolic_rules import exactly
from diffcheck.backends.sampling import Sample
from diffcheck.case import symreductions
from diffcheck.case.quantities import directions
from diffcheck.case.symarrays import array
from diffcheck.case.symlet import let
from diffcheck.truth.arrays import Arrays


def adapt(function: Callable[..., Any], arguments: Sequence[Any]) -> Adapted:
    """Take apart the arguments, nested or not: floats become inputs, all else is held fixed.

    The definition is the function's primal; it raises `Unsupported` where that cannot be read.
    """
    paths, tree = jax.tree_util.tree_flatten_with_path(tuple(arguments))
    leaves = [leaf for _, leaf in paths]
    names = _names(function, [path for path, _ in paths])
    real = [i for i, leaf in enumerate(leaves) if _is_real(leaf)]

    def called(*values: Any) -> list[Any]:
        full = list(leaves)
        for i, value in zip(real, values, strict=True):
            full[i] = value
        with jax.numpy_dtype_promotion("standard"):  # the user's function is JAX's as it comes
            return jax.tree.leaves(function(*jax.tree.unflatten(tree, full)))

    at = [np.asarray(leaves[i], np.float64) for i in real]
    constant = cache(lambda: _constant_outputs(called, at))

    def flat(*values: Any) -> Any:
        # An output that is a constant has no dtype of its own.
        outputs = [
            jnp.asarray(y, values[0].dtype if fixed else None)
            for y, fixed in zip(called(*values), constant(), strict=True)
        ]
        if len(outputs) == 1:
            return outputs[0]
        return jnp.concatenate([jnp.ravel(output) for output in outputs])

    def definition(**symbols: Any) -> Any:
        with jax.enable_x64(True):
            outputs = symbolic(flat, at)(*symbols.values())
        found = np.empty(len(outputs), dtype=object)
        found[:] = outputs
        return found if len(outputs) > 1 else found[0]

    def arrays(program: Arrays, nodes: Mapping[str, int]) -> list[int]:
        with jax.enable_x64(True):
            return read(flat, at, program, [nodes[names[i]] for i in real])

    def program(_xp: Any, **inputs: Any) -> Any:
        return flat(*(inputs[names[i]] for i in real))  # JAX sorts what a dict holds by name

    def by_reverse_mode(_xp: Any, **inputs: Any) -> Any:
        return jax.vjp(flat, *(inputs[names[i]] for i in real))[0]

    def forward() -> Callable[..., Any] | None:
        with jax.enable_x64(True):
            return by_reverse_mode if has_custom_vjp(jax.make_jaxpr(flat)(*at).jaxpr) else None

    return Adapted(
        inputs={names[i]: np.asarray(leaves[i], np.float64) for i in real},
        of_argument={names[i]: paths[i][0][0].idx for i in real},
        count=len(arguments),
        dtypes=frozenset(str(leaves[i].dtype) for i in real if hasattr(leaves[i], "dtype")),
        definition=definition,
        program=program,
        arrays=arrays,
        forward=forward,
    )


def sampled(adapted: Adapted, sample: Sample, name: str) -> Adapted:
    """Return the function of a sample of its inputs' entries and of ways along all of them."""

    def move(x: Any, at: tuple[slice, Any], e: Any, s: Any, v: Any) -> Any:
        moved = x + jnp.tensordot(s, jnp.asarray(v, s.dtype), 1)
        mine, places = at
        if not places.size:
            return moved
        return jnp.reshape(jnp.ravel(moved).at[places].add(e[mine]), x.shape)

    def weigh(output: Any, w: NDArray[Any]) -> Any:
        return jnp.sum(jnp.ravel(output) * jnp.asarray(w, output.dtype))

    return sampling.sampled(adapted, sample, name, move, weigh)


def along(adapted: Adapted, wrt: Collection[str], seed: int) -> Adapted:
    """Return s ↦ w·f(x + s v): what n inputs and m outputs come to along random directions.

    Its derivative at 0 is w·J v, by reverse mode through all of Jᵀ w, for v and w of `directions`.
    Here x is the point rounded to float32, so that every format has it.
    """
    at = {name: _in_float32(x) for name, x in adapted.inputs.items()}
    n = sum(at[name].size for name in wrt)
    v, _ = directions(f"direction {seed}", 1, n)
    parts = np.split(v, np.cumsum([at[name].size for name in wrt])[:-1])
    moves = {name: p.reshape(at[name].shape) for name, p in zip(wrt, parts, strict=True)}

    def definition(s: Any) -> Any:
        moved = {
            # Named: SymPy takes a hundred times longer over a function of a sum.
            name: let(array(x + s * exactly(moves[name]))) if name in moves else x
            for name, x in ((name, exactly(x)) for name, x in at.items())
        }
        outputs = np.ravel(adapted.definition(**moved))
        _, w = directions(f"direction {seed}", len(outputs), 1)
        return symreductions.sum(array(exactly(w)) * array(outputs))

    def program(xp: Any, s: Any) -> Any:
        moved = {
            name: jnp.asarray(x, s.dtype) + s * jnp.asarray(moves[name], s.dtype)
            if name in moves
            else jnp.asarray(x, s.dtype)
            for name, x in at.items()
        }
        outputs = jnp.ravel(adapted.program(xp, **moved))
        _, w = directions(f"direction {seed}", outputs.size, 1)
        return jnp.sum(jnp.asarray(w, s.dtype) * outputs)

    return Adapted(
        inputs={"s": np.zeros(())},
        of_argument={"s": 0},
        count=1,
        dtypes=adapted.dtypes,
        definition=definition,
        program=program,
    )


def _constant_outputs(function: Callable[..., Any], at: Sequence[Any]) -> list[bool]:
    """Return for each output whether no input reaches it.

    Raises `Unsupported` where one is no real number.

    >>> _constant_outputs(lambda x: [x, 3.0], [1.0])
    [False, True]
    """
    with jax.enable_x64(True):
        jaxpr = jax.make_jaxpr(function)(*at).jaxpr
    reached = set(jaxpr.invars)
    for equation in jaxpr.eqns:
        if not reached.isdisjoint(v for v in equation.invars if not isinstance(v, Literal)):
            reached.update(equation.outvars)
    dtypes = [jnp.dtype(v.aval.dtype) for v in jaxpr.outvars]
    other = [str(d) for d in dtypes if not jnp.issubdtype(d, jnp.floating)]
    if other or not dtypes:
        raise Unsupported(
            f"an output of real floats is expected, not {other[0] if other else None}"
        )
    return [isinstance(v, Literal) or v not in reached for v in jaxpr.outvars]


def _in_float32(x: NDArray[Any]) -> NDArray[Any]:
    return x.astype(np.float32).astype(np.float64)


def _is_real(leaf: Any) -> bool:
    return isinstance(leaf, float) or (
        hasattr(leaf, "dtype") and bool(jnp.issubdtype(leaf.dtype, jnp.floating))
    )


def _names(function: Callable[..., Any], paths: Sequence[Any]) -> list[str]:
    """Return a name for each leaf: its parameter's, and where it stands in the argument."""
    names = parameters(function, 1 + max((first.idx for first, *_ in paths), default=0))
    found: list[str] = []
    for first, *rest in paths:
        inside = re.findall(r"\w+", "".join(map(str, rest)))
        found.append(fresh("_".join([names[first.idx], *inside]), found))
    return found
