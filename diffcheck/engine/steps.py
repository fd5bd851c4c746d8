"""Steps: functions on arrays that forwards are made of, and that replay calls as they are.

A forward is taken apart into its ufuncs, so that programs share them; a step stays one piece. It
takes `out`, as a ufunc does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

NAMES: Final[list[str]] = []  # of all steps there are


class Step:
    """A function of arrays as an op; with `overwrites`, `out` may be its first operand."""

    vjp = None
    kind = "general"

    def __init__(self, forward: Callable[..., Any], *, overwrites: bool) -> None:
        self.name, self.forward, self.overwrites = forward.__name__, forward, overwrites
        self.__doc__ = forward.__doc__
        NAMES.append(self.name)

    def __call__(self, *args: Any, out: Any = None, **params: Any) -> Any:
        """Apply the function, or have it noted down."""
        for a in args:
            if hasattr(a, "noted"):
                return a.noted(self, args, params, out)
        return self.forward(*args, out=out, **params)

    def apply(self, args: tuple[Any, ...], params: dict[str, Any], *, nested: bool) -> Any:
        """Apply the function, as an op of the table would be."""
        del nested
        return self.forward(*args, **params)


def step(forward: Callable[..., Any]) -> Step:
    """Make a step of a function."""
    return Step(forward, overwrites=False)


def amendment(forward: Callable[..., Any]) -> Step:
    """Make a step of a function that changes some elements of its first operand."""
    return Step(forward, overwrites=True)
