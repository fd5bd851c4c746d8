"""A function that is already written, taken apart so that it can be a case."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapted:
    """A function of named real arrays, in SymPy and in floats, with the values it was called at.

    `of_argument` says which positional argument an input is part of; `dtypes` are those that came
    with the arguments: none of them for a plain Python number.
    """

    inputs: dict[str, NDArray[Any]]
    of_argument: dict[str, int]
    dtypes: frozenset[str]
    definition: Callable[..., Any]
    program: Callable[..., Any]


def parameters(function: Callable[..., Any], count: int) -> list[str]:
    """Return a name for each of so many positional arguments: the parameter's where it has one."""
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # a builtin
        found = {}.values()
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = [f"{p.name}_" if p.name == "xp" else p.name for p in found if p.kind in positional]
    return [names[i] if i < len(names) else f"x{i}" for i in range(count)]
