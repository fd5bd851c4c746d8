"""The primitives that are calls: what they do is what their body does."""

from __future__ import annotations

from typing import Any, Final

import jax

from diffcheck.backends.jax_sources import ENDLESS_ELSEWHERE, approximation_behind

# Of each, the parameter that holds its body. The body of a function with a rule of its own is the
# function as it was written: the rule has no part in it.
CALLS: Final[dict[str, str]] = {
    "checkpoint": "jaxpr",
    "closed_call": "call_jaxpr",
    "composite": "jaxpr",
    "core_call": "call_jaxpr",
    "custom_jvp_call": "call_jaxpr",
    "custom_vjp_call": "call_jaxpr",
    "custom_vjp_call_jaxpr": "fun_jaxpr",
    "jit": "jaxpr",
    "pjit": "jaxpr",
    "remat2": "jaxpr",
}


def body_of(equation: Any) -> tuple[Any, Any] | None:
    """Return the jaxpr that an equation calls and its constants, None where it is no call."""
    name = equation.primitive.name
    if name == "call_hi_primitive":
        return _expanded(equation.params["_prim"])
    if name not in CALLS:
        return None
    body = equation.params[CALLS[name]]
    return getattr(body, "jaxpr", body), getattr(body, "consts", ())


def _expanded(primitive: Any) -> tuple[Any, Any]:
    """Return what a primitive of the kind that JAX 0.12 brought is made of."""

    def call(*operands: Any) -> Any:
        return primitive.expand(*jax.tree.unflatten(primitive.in_tree, operands))

    with jax.enable_x64(True):
        closed = jax.make_jaxpr(call)(*primitive.in_avals_flat)
    return closed.jaxpr, closed.consts


def scan_counts(params: Any) -> tuple[int, int]:
    """Return how many operands of a scan are constants, and how many are carried."""
    if "num_consts" in params:
        return params["num_consts"], params["num_carry"]
    constants, carried, _ = params["ft_in"].unpack()  # since JAX 0.12
    return len(constants), len(carried)


def bodies_of(equation: Any) -> list[Any]:
    """Return the jaxprs inside an equation's parameters."""
    leaves = jax.tree.leaves(
        list(equation.params.values()), is_leaf=lambda x: hasattr(x, "eqns") or hasattr(x, "jaxpr")
    )
    return [getattr(leaf, "jaxpr", leaf) for leaf in leaves if hasattr(leaf, "eqns")]


def needs_its_branch(jaxpr: Any) -> bool:
    """Whether it must run at one point at a time: `vmap` runs all branches, each to its end."""
    return any(
        (equation.primitive.name == "while" and approximation_behind(equation) in ENDLESS_ELSEWHERE)
        or any(map(needs_its_branch, bodies_of(equation)))
        for equation in jaxpr.eqns
    )


def has_custom_vjp(jaxpr: Any) -> bool:
    """Whether a `custom_vjp` is called, in what a jaxpr calls as well.

    >>> import jax
    >>> has_custom_vjp(jax.make_jaxpr(jax.nn.silu)(1.0).jaxpr)
    False
    """
    return any(
        equation.primitive.name.startswith("custom_vjp")
        or any(map(has_custom_vjp, bodies_of(equation)))
        for equation in jaxpr.eqns
    )
