"""NumPy's own functions called with tensors: np.sin(x), np.sum(x) are the engine's of that name.

By NumPy's protocols for foreign arrays (NEP 13 for ufuncs, NEP 18 for all other functions). So a
program written in plain NumPy is differentiated as it stands, unless it writes into arrays.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, Final

import numpy as np

from diffcheck.engine.errors import OperationError, refused
from diffcheck.engine.tensor import OPS, Tensor

IN_PLACE: Final = dis.opmap["BINARY_OP"]


def on_ufunc(_tensor: Any, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
    """Apply a ufunc to tensors by the op of its name; raises `OperationError` if there is none."""
    if method == "__call__" and (not options or _is_in_place(options, inputs)):
        function = _ufunc_of(ufunc.__name__)
        if function is not None:
            return function(*inputs)
    call = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
    raise _unknown(call, options)


def _is_in_place(options: dict[str, Any], inputs: tuple[Any, ...]) -> bool:
    """Whether the caller wrote `a += x`, which may give a tensor in the place of the array a.

    np.add(a, x, out=a) may not: its result would be lost.
    """
    if options.keys() != {"out"} or options["out"][0] is not inputs[0]:
        return False
    frame = sys._getframe(2)  # noqa: SLF001 - the line of the program; the ufunc has no frame
    return frame.f_code.co_code[frame.f_lasti] == IN_PLACE


@cache
def _ufunc_of(name: str) -> Callable[..., Any] | None:
    return OPS.get(name) or _function_of("numpy", name)


@cache
def _function_of(module: str, name: str) -> Callable[..., Any] | None:
    """Return the engine's function for one of NumPy's, by its module and name."""
    place = import_module("diffcheck.engine")
    for part in module.split(".")[1:]:
        place = getattr(place, part, None)  # type: ignore[assignment]  # linalg, fft
    found = getattr(place, name, None)
    return found if callable(found) and found is not getattr(np, name, None) else None


def on_function(
    _tensor: Any,
    function: Callable[..., Any],
    _types: Any,
    args: tuple[Any, ...],
    options: dict[str, Any],
) -> Any:
    """Apply a function of NumPy's to tensors by the engine's of its name."""
    ours = _function_of(function.__module__, function.__name__)
    if ours is None or options.get("out") is not None:
        raise _unknown(function.__name__, options)
    return ours(*args, **{key: value for key, value in options.items() if key != "out"})


def _unknown(call: str, options: dict[str, Any]) -> OperationError:
    given = f" with {', '.join(options)}" if options else ""
    return refused(
        f"np.{call}",
        "a function of NumPy's that the engine has, without out= or where=",
        f"np.{call}{given} of a tensor",
        "a program that writes into an array, or a function without a derivative here",
        "write it with functions of diffcheck.engine, or call engine.stop_gradient first if no "
        "derivative is wanted",
    )


Tensor.__array_ufunc__ = on_ufunc  # type: ignore[method-assign, assignment]  # declared there
Tensor.__array_function__ = on_function  # type: ignore[method-assign, assignment]  # as above
