"""`diffcheck check`: the derivatives of a function that is already written."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from diffcheck.cli import exits
from diffcheck.cli.choices import MODES
from diffcheck.cli.exits import Refused

EXAMPLE = "diffcheck check jax.nn:sigmoid --at x=17.0 --dtype float32"


@click.command("check")
@click.argument("function", metavar="MODULE:FUNCTION|FILE.py:FUNCTION")
@click.option(
    "--at", "at", multiple=True, metavar="NAME=VALUE", help="An argument: 2.0, [1.0, 2.0], 0x1p-3."
)
@click.option("--wrt", multiple=True, metavar="NAME", help="Differentiate by these alone.")
@click.option(
    "--backend",
    type=click.Choice(["jax", "engine", "torch"]),
    default="jax",
    help="Whose function it is.",
)
@click.option("--dtype", "dtypes", multiple=True, type=click.Choice(["float32", "float64"]))
@click.option("--mode", "modes", multiple=True, type=click.Choice(MODES[:4]))
@click.option("--order", type=click.IntRange(1, 3), default=1, show_default=True)
@click.option("--strict", is_flag=True, help="Also fail on `unstable`, `op-fault` and `inexact`.")
@click.option("--every", is_flag=True, help="Look at all components, however many inputs.")
@exits.guarded
def check_command(
    function: str,
    at: tuple[str, ...],
    wrt: tuple[str, ...],
    backend: Any,
    dtypes: tuple[str, ...],
    modes: tuple[str, ...],
    order: int,
    strict: bool,
    every: bool,
) -> int:
    """Verify the derivatives of a function at one point, its own rules included.

    The truth is that of the function's value: its primal is read into SymPy. A number with a point
    is an input; a whole number is held fixed.
    """
    chosen = _load(function)
    arguments, keywords = _arguments(chosen, function, at)
    from diffcheck.case import CaseError
    from diffcheck.functions import check

    try:
        found = check(
            chosen,
            *arguments,
            wrt=wrt,
            order=order,
            backend=backend,
            dtypes=dtypes,
            modes=modes,
            strict=strict,
            keywords=keywords,
            every=every,
        )
    except CaseError as error:
        raise Refused(error.where, error.expected_got, error.cause, error.next_step) from error
    click.echo(str(found))
    return exits.OK if found.ok else exits.FAILED


def _load(text: str) -> Callable[..., Any]:
    """Return the function that `module:function` or `file.py:function` names."""
    place, _, name = text.rpartition(":")
    if not place:
        raise Refused(
            text, f"expected MODULE:FUNCTION, got {text!r}", "a colon is missing", EXAMPLE
        )
    try:
        module = _module(place)
    except (Exception, SystemExit) as error:  # it is the user's: it may raise anything
        raise Refused(
            text,
            f"expected a module that can be imported, got {type(error).__name__}: {error}",
            "a path or module that is misspelt, or code that fails as it is imported",
            f"python {place}" if place.endswith(".py") else f"python -c 'import {place}'",
        ) from error
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        raise Refused(
            text,
            f"expected a function, got {found!r}",
            f"{place} has no function {name!r}",
            EXAMPLE,
        )
    function: Callable[..., Any] = found
    return function


def _module(place: str) -> Any:
    if not place.endswith(".py"):
        sys.path.insert(0, str(Path.cwd()))
        return importlib.import_module(place)
    path = Path(place).resolve()
    # What stands beside a file can be imported by it. One named as a module of Python's own takes
    # that module's place neither on the path nor among the modules loaded.
    sys.path.append(str(path.parent))
    name = f"diffcheck_checked_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _arguments(
    function: Callable[..., Any], text: str, at: Sequence[str]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments that `--at` gives by name, or in order without: positional, keywords."""
    named: dict[str, Any] = {}
    unnamed: list[Any] = []
    for entry in at:
        name, equals, value = entry.rpartition("=")
        if name in named:
            raise Refused(
                f"{text} --at {' --at '.join(at)}",
                f"expected one value for each argument, got two for {name!r}",
                "a function is verified at one point",
                "run the command once for each point",
            )
        if equals:
            named[name] = _value(entry, value)
        else:
            unnamed.append(_value(entry, value))
    signature = _signature(function)
    for name in _positional_only(signature)[len(unnamed) :]:
        if name not in named:
            break
        unnamed.append(named.pop(name))
    try:
        bound = signature.bind(*unnamed, **named)
    except (TypeError, ValueError) as error:
        raise Refused(
            f"{text} --at {' --at '.join(at)}" if at else text,
            f"expected a value for each argument, got: {error}",
            "an argument that is missing, or a name that the function has not",
            EXAMPLE,
        ) from error
    return bound.args, bound.kwargs


def _positional_only(signature: inspect.Signature) -> list[str]:
    """Return the parameters that Python takes by position alone; here they have names too."""
    kind = inspect.Parameter.POSITIONAL_ONLY
    return [name for name, p in signature.parameters.items() if p.kind is kind]


def _signature(function: Callable[..., Any]) -> inspect.Signature:
    from diffcheck.backends.adapted import signature_of

    return signature_of(function)


def _value(entry: str, text: str) -> Any:
    try:
        if text.lower().lstrip("+-").startswith("0x"):
            return float.fromhex(text)
        value = ast.literal_eval(text)
        if isinstance(value, (list, tuple)):
            import numpy as np

            return np.asarray(value)
    except (ValueError, SyntaxError, OverflowError) as error:
        raise Refused(
            f"--at {entry}",
            f"expected a number or a list of numbers, got {text!r}",
            "quotes or brackets that the shell took away, or a name in place of a number",
            "--at 'x=[1.0, 2.0]'",
        ) from error
    return value
