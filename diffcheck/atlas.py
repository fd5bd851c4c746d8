"""The atlas of ops: each op of the engine's table as a case by itself (`cases/atlas/`).

The case of an elementwise op follows from its row of the table: the definition is the SymPy column,
the program calls the engine's function of that name (JAX's column for JAX), the inputs range over
the domain. Ops of other kinds have rows by hand in `cases/atlas/`, under the name `op_NAME`.
"""

from __future__ import annotations

import linecache
import re
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any, Final

import sympy

from diffcheck.case import Case, Input, real, sym
from diffcheck.engine import TABLE, Op
from diffcheck.engine.intervals import Interval, domains

__all__ = ["alone", "arguments", "case_name", "counterpart", "derivable"]

ARGUMENTS: Final = ("x", "y", "z", "t")
# Where to look first: no two arguments alike, now this one the greater, now that; the first two in
# the domain serve.
PLACES: Final = {
    "x": (0.75, 1.5, 2.5, 0.25, -0.625),
    "y": (0.625, 1.75, 3.5, -1.5),
    "z": (0.5, 1.75, 0.25, -0.25),
    "t": (0.375, -0.75, 0.25, 1.25),
}


def case_name(op: Op) -> str:
    """Return the name of the atlas case that shows the rules of an op."""
    return f"op_{op.name}"


def arguments(op: Op) -> tuple[str, ...]:
    """Return the arguments of an op by the names that its SymPy column gives them."""
    return tuple(a for a in ARGUMENTS if re.search(rf"(?<![\w']){a}(?![\w'])", op.sympy or ""))


def counterpart(op: Op, **params: Any) -> Callable[..., Any]:
    """Return the op's SymPy counterpart as a function of its arguments by name.

    Elementwise ops are written in SymPy's names alone, others in those of `diffcheck.sym` too.

    >>> counterpart(TABLE["polylog"], s=2)(x=sympy.Rational(1, 2))
    polylog(2, 1/2)
    """
    text = op.sympy
    if text is None:
        raise ValueError(f"{op.name} has no SymPy counterpart in the table")
    names = {**vars(sympy), **({} if op.kind == "elementwise" else vars(sym)), **params}

    def definition(**values: Any) -> Any:
        return sympy.S(eval(text, dict(names), values))  # noqa: S307 - the table's own text

    return definition


def derivable() -> Iterator[str]:
    """Yield the ops whose case follows from the table: real, elementwise, and for programs."""
    for name, op in TABLE.items():
        if op.kind == "elementwise" and op.sympy and not op.slope:
            yield name


def alone(
    name: str,
    program: Callable[..., Any] | None = None,
    *,
    jax: Callable[..., Any] | None = None,
    orders: tuple[int, ...] = (0, 1, 2),
    params: dict[str, Any] | None = None,
    inputs: Mapping[str, Input] | None = None,
    **options: Any,
) -> Case:
    """Return the case of one elementwise op, derived from the table.

    `program` and `jax` are programs of the arguments by position, where the engine's function has
    another name or signature than the op, or JAX's is not called alike; `params` are the op's
    parameters in them. `inputs` narrows some of its arguments; `options` are those of `Case`, and
    take the place of what is derived.

    >>> case = alone("log1p")
    >>> list(case.inputs), case.slow
    (['x'], True)
    """
    op = TABLE[name]
    names = arguments(op)
    intervals = dict(zip(names, domains(op.domain, len(names)), strict=True))
    known = op.differentiated
    derived: dict[str, Any] = {
        "inputs": {a: real(*within.ends) for a, within in intervals.items()} | dict(inputs or {}),
        "wrt": tuple(a for i, a in enumerate(names) if not known or i in known),
        "points": _points(intervals),
        "doc": f"{name}({', '.join(names)}) = {op.sympy}",
        "slow": True,
    }
    by_jax = jax or (
        _calls(op.jax.rpartition(".")[2], names) if op.jax and not program else program
    )
    return Case(
        counterpart(op, **(params or {})),
        programs={"plain": _in_order(program or _calls(name, names), names)},
        backend_programs={"jax": {"plain": _in_order(by_jax or _calls(name, names), names)}},
        orders=orders,
        **{**derived, **options},
    )


def _calls(name: str, names: tuple[str, ...]) -> Callable[..., Any]:
    """Return the program that calls one function, as its text that reports show."""
    arguments = ", ".join(names)
    text = f"lambda xp, {arguments}: xp.{name}({arguments})\n"
    file = f"<{name}>"
    linecache.cache[file] = (len(text), None, [text], file)
    program: Callable[..., Any] = eval(compile(text, file, "eval"))  # noqa: S307 - the text above
    return program


def _in_order(program: Callable[..., Any], names: tuple[str, ...]) -> Callable[..., Any]:
    @wraps(program)  # its text is the program's own
    def by_name(xp: Any, **inputs: Any) -> Any:
        return program(xp, *(inputs[a] for a in names))

    return by_name


def _points(intervals: dict[str, Interval]) -> list[dict[str, float]]:
    """Return two points in the interior of the domain."""
    inside = [[x for x in PLACES[a] if x in within][:2] for a, within in intervals.items()]
    return [dict(zip(intervals, point, strict=True)) for point in zip(*inside, strict=True)]
