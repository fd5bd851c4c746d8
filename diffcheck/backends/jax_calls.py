"""The primitives that are calls: what they do is what their body does."""

from __future__ import annotations

from typing import Any, Final

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
    if name not in CALLS:
        return None
    body = equation.params[CALLS[name]]
    return getattr(body, "jaxpr", body), getattr(body, "consts", ())
