"""The records that describe a case: immutable, checked when the case is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diffcheck.case.errors import CaseError, assigned_name, caller
from diffcheck.case.inputs import Input

__all__ = ["Case", "CaseError", "Constraint", "Defect", "Point", "Program"]

Program = Callable[..., Any]
Programs = Mapping[str, Program] | Sequence[Program] | Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Exact input values: every coordinate is a float of `format`, so the truth is taken there.

    `kind` is "explicit", "special" or "sample"; `label` says which special it is, in words.
    """

    values: Mapping[
        str, NDArray[Any]
    ]  # float64 arrays (0-d for scalars) holding floats of `format`
    format: str
    kind: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """A failure that is known: strict, so the run fails when it stops failing.

    Each of `program`, `backend`, `dtype`, `mode`, `quantity` narrows what it covers; None covers
    all. `verdicts` are the words it excuses; `versions` the libraries that have it, as pip writes
    them ("jax<0.12"): with others it is not expected.
    """

    reason: str
    verdicts: tuple[str, ...]
    link: str = ""
    program: str | None = None
    backend: str | None = None
    dtype: str | None = None
    mode: str | None = None
    quantity: str | None = None
    versions: str = ""

    def __post_init__(self) -> None:
        words = (self.verdicts,) if isinstance(self.verdicts, str) else tuple(self.verdicts)
        object.__setattr__(self, "verdicts", words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """A relation between inputs that every point must satisfy.

    `holds` takes the inputs as a mapping of arrays; `repair`, if given, maps a sampled point to one
    that satisfies the relation (drawing anew is the way without it). Its second argument is the
    dtype whose floats the repaired values must be; it may return only the inputs that it changes.
    `inputs` names the inputs concerned, so that a slip is told when the case is made.
    """

    description: str
    holds: Callable[[Mapping[str, NDArray[Any]]], bool]
    repair: (
        Callable[[Mapping[str, NDArray[Any]], np.dtype[Any]], Mapping[str, NDArray[Any]]] | None
    ) = None
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Case:
    """A named real function with its definition, its programs, its inputs and its points.

    `definition` takes the inputs by name, as SymPy symbols or object arrays of them; a program
    takes an array namespace first, then the inputs by name. `programs` may be a mapping, a sequence
    of functions, or one function (named after themselves). `wrt` names the inputs to differentiate
    in, all of them by default. A `slow` case runs with `--slow` or by name. Two cases are equal
    only if they are the same object.

    Raises `CaseError`, naming the file and line of the construction, where the parts do not fit.

    >>> from diffcheck import Case, real, sym
    >>> def program(xp, x):
    ...     return xp.exp(-x)
    >>> case = Case(lambda x: sym.exp(-x), programs=program, inputs={"x": real(0, 1)})
    >>> case.wrt, list(case.programs)
    (('x',), ['program'])
    """

    definition: Callable[..., Any]
    programs: Mapping[str, Program] = field(kw_only=True)
    inputs: Mapping[str, Input] = field(kw_only=True)
    wrt: tuple[str, ...] = field(kw_only=True, default=())
    orders: tuple[int, ...] = field(kw_only=True, default=(0, 1))
    points: tuple[Mapping[str, Any], ...] = field(kw_only=True, default=())
    constraints: tuple[Constraint, ...] = field(kw_only=True, default=())
    known_defects: tuple[Defect, ...] = field(kw_only=True, default=())
    backend_programs: Mapping[str, Mapping[str, Program]] = field(
        kw_only=True, default_factory=dict
    )
    slow: bool = field(kw_only=True, default=False)
    name: str = field(kw_only=True, default="")
    path: Path | None = field(kw_only=True, default=None)
    doc: str = field(kw_only=True, default="")
    location: tuple[str, int] = field(kw_only=True, default_factory=caller)  # file, line

    def __post_init__(self) -> None:
        from diffcheck.case.validation import validate  # noqa: PLC0415 (it reads these records)

        backend_programs = {
            backend: MappingProxyType(_named(programs))
            for backend, programs in self.backend_programs.items()
        }
        fields = {
            "programs": MappingProxyType(_named(self.programs)),
            "inputs": MappingProxyType(dict(self.inputs)),
            "wrt": (self.wrt,) if isinstance(self.wrt, str) else tuple(self.wrt or self.inputs),
            "orders": tuple(self.orders),
            "points": tuple(MappingProxyType(dict(point)) for point in self.points),
            "constraints": tuple(self.constraints),
            "known_defects": tuple(self.known_defects),
            "backend_programs": MappingProxyType(backend_programs),
        }
        for key, value in fields.items():
            object.__setattr__(self, key, value)
        validate(self)

    @classmethod
    def from_expression(
        cls,
        expression: Any,
        *,
        inputs: Mapping[str, Input] | None = None,
        **options: Any,
    ) -> Case:
        """Return the case of a bare SymPy expression; its program is written from the expression.

        The inputs are the expression's free symbols, by name; `inputs` gives the domains of some or
        all of them, and the others range over all reals. `options` are those of `Case`: `wrt`,
        `orders`, `points`, `name`, ….

        Raises `CaseError` that names a function for which no program can be written.

        >>> import sympy
        >>> from diffcheck.case import real
        >>> x = sympy.Symbol("x")
        >>> Case.from_expression(sympy.sin(x) / x, inputs={"x": real(1, 2)}).wrt
        ('x',)
        """
        from diffcheck.case.expressions import definition_of, inputs_of, program_of  # noqa: PLC0415 (it reads these records)

        return cls(
            definition_of(expression),
            programs={"expression": program_of(expression)},
            inputs=inputs_of(expression, inputs or {}),
            **options,
        )

    @property
    def n(self) -> int:
        """The count of differentiated inputs, over all components of `wrt`."""
        return sum(self.inputs[name].size for name in self.wrt)

    @property
    def where(self) -> str:
        """File, line and name, as errors give them."""
        file, line = self.location
        return f"{file}:{line}: case {self.name or assigned_name(file, line)}"

    def program_for(self, program: str, backend: str) -> Program:
        """Return the named program as this backend is to run it."""
        return self.backend_programs.get(backend, {}).get(program, self.programs[program])


def _named(programs: Programs) -> dict[str, Program]:
    if isinstance(programs, Mapping):
        return dict(programs)
    functions = (programs,) if callable(programs) else tuple(programs)
    names = [_name(function) for function in functions]
    if len(set(names)) < len(names):
        file, line = caller()
        raise CaseError(
            f"{file}:{line}",
            f"expected programs with different names, got {', '.join(names)}",
            "a list of programs takes each function's own name, and two share one",
            'give them as a mapping: programs={"naive": f, "stable": g}',
        )
    return dict(zip(names, functions, strict=True))


def _name(function: Program) -> str:
    name = getattr(function, "__name__", "program")
    return "program" if name == "<lambda>" else str(name)
