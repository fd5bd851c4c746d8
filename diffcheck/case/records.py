"""The records that describe a case: immutable, checked when the case is made or loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diffcheck.case.inputs import Input

Program = Callable[..., Any]


class CaseError(Exception):
    """A case or case file that cannot be used, told in four parts."""

    def __init__(self, where: str, expected_got: str, cause: str, next_step: str) -> None:
        super().__init__(where, expected_got, cause, next_step)
        self.where, self.expected_got, self.cause, self.next_step = self.args

    def __str__(self) -> str:
        return (
            f"{self.where}\n  {self.expected_got}\n"
            f"  likely cause: {self.cause}\n  next: {self.next_step}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Exact input values: every coordinate is a float of `format`, so the truth is taken there.

    `kind` is "explicit", "special" or "sample"; `label` says which special it is, in words.
    """

    values: Mapping[str, NDArray[Any]]  # float64 arrays (0-d for scalars) holding floats of `format`
    format: str
    kind: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """A failure that is known: strict, so the run fails when it stops failing.

    Each of `program`, `backend`, `dtype`, `mode`, `quantity` narrows what it covers; None covers
    all. `verdicts` are the words it excuses.
    """

    reason: str
    verdicts: tuple[str, ...]
    link: str = ""
    program: str | None = None
    backend: str | None = None
    dtype: str | None = None
    mode: str | None = None
    quantity: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """A relation between inputs that every point must satisfy.

    `holds` takes the inputs as a mapping of arrays; `repair`, if given, maps a sampled point to one
    that satisfies the relation (drawing anew is the way without it).
    """

    description: str
    holds: Callable[[Mapping[str, NDArray[Any]]], bool]
    repair: Callable[[Mapping[str, NDArray[Any]], np.dtype[Any]], Mapping[str, NDArray[Any]]] | None


@dataclass(frozen=True, slots=True)
class Case:
    """A named real function with its definition, its programs, its inputs and its points."""

    definition: Callable[..., Any]
    programs: Mapping[str, Program] = field(kw_only=True)
    inputs: Mapping[str, Input] = field(kw_only=True)
    wrt: tuple[str, ...] = field(kw_only=True)
    orders: tuple[int, ...] = field(kw_only=True, default=(0, 1))
    points: tuple[Mapping[str, Any], ...] = field(kw_only=True, default=())
    constraints: tuple[Constraint, ...] = field(kw_only=True, default=())
    known_defects: tuple[Defect, ...] = field(kw_only=True, default=())
    backend_programs: Mapping[str, Mapping[str, Program]] = field(kw_only=True, default_factory=dict)
    name: str = field(kw_only=True, default="")
    path: Path | None = field(kw_only=True, default=None)
    doc: str = field(kw_only=True, default="")

    @property
    def n(self) -> int:
        """The count of differentiated inputs, over all components of `wrt`."""
        return sum(self.inputs[name].size for name in self.wrt)

    def program_for(self, program: str, backend: str) -> Program:
        """Return the named program as this backend is to run it."""
        return self.backend_programs.get(backend, {}).get(program, self.programs[program])
