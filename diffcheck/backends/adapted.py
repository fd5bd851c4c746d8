"""A function that is already written, taken apart so that it can be a case."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from numpy.typing import NDArray

from diffcheck.truth.arrays import Arrays


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapted:
    """A function of named real arrays, in SymPy and in floats, with the values it was called at.

    `of_argument` says which of the `count` arguments an input is part of; `dtypes` are those that
    came with the arguments: none of them for a plain Python number. `arrays` is the function as a
    program of array operations, where it can be read so; it raises `Unsupported` where not.
    `forward` returns the value as reverse mode computes it, where a rule written by hand may make
    it another function than `program`; None where there is no such rule.
    """

    inputs: dict[str, NDArray[Any]]
    of_argument: dict[str, int]
    count: int
    dtypes: frozenset[str]
    definition: Callable[..., Any]
    program: Callable[..., Any]
    arrays: Callable[[Arrays, Mapping[str, int]], list[int]] | None = None
    forward: Callable[[], Callable[..., Any] | None] | None = None


_ANY: Final = inspect.Parameter("arguments", inspect.Parameter.VAR_POSITIONAL)


def signature_of(function: Callable[..., Any]) -> inspect.Signature:
    """Return a function's parameters; of a builtin that does not tell them, any by position.

    A class with an `apply`, as PyTorch's Functions are, takes what its `forward` takes after the
    context.
    """
    owner: Any = getattr(function, "__self__", function)
    applied = isinstance(owner, type) and hasattr(owner, "apply") and hasattr(owner, "forward")
    try:
        found = inspect.signature(owner.forward if applied else function)
    except (TypeError, ValueError):
        return inspect.Signature([_ANY])
    named = list(found.parameters.values())
    return found.replace(parameters=named[1:]) if applied and named[0].name == "ctx" else found


def parameters(function: Callable[..., Any], count: int) -> list[str]:
    """Return a name for each of so many positional arguments: the parameter's where it has one."""
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    found = [p for p in signature_of(function).parameters.values() if p.kind in positional]
    names = [f"{p.name}_" if p.name == "xp" else p.name for p in found]
    return [names[i] if i < len(names) else f"x{i}" for i in range(count)]


def file_of(function: Callable[..., Any]) -> str:
    """Return the file that a function is written in, "" where that is not known."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return code.co_filename if code else ""


def fresh(name: str, taken: Collection[str]) -> str:
    """Return a name that is not taken yet.

    >>> fresh("x", ["x", "x_"])
    'x__'
    """
    return name if name not in taken else fresh(f"{name}_", taken)


def positional(
    function: Callable[..., Any], count: int, keywords: Mapping[str, Any]
) -> Callable[..., Any]:
    """Return a function that takes its keyword arguments as further positional ones.

    `count` positional arguments come first, then the keywords in their order.
    """
    if not keywords:
        return function
    names = tuple(keywords)

    def call(*arguments: Any) -> Any:
        return function(*arguments[:count], **dict(zip(names, arguments[count:], strict=True)))

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    first = parameters(function, count)
    call.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # what `inspect` reads
        [inspect.Parameter(name, kind) for name in (*first, *names)]
    )
    return call
