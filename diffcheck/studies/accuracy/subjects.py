"""What the study measures: the unary and binary elementwise ops of the engine's table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import sympy

from diffcheck.atlas import counterpart
from diffcheck.engine import TABLE, Op
from diffcheck.engine.intervals import Interval, domains

ARGUMENTS: Final = ("x", "y")
# Parameters of ops that are families.
PARAMETERS: Final[dict[str, dict[str, Any]]] = {
    "sinc": {"order": 0},
    "elu": {"alpha": 0.75},
    "erfcx": {"order": 0},
    "lambertw": {"branch": 0},
    "polygamma": {"order": 1},
    "polylog": {"s": 2},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One op under study: as a function of arrays, and as SymPy writes it (None: it cannot).

    `wrt` are the positions of the arguments in which the op is differentiable; `elementary` says
    that its forward is a NumPy ufunc, from which more is expected.
    """

    name: str
    call: Callable[..., Any]
    wrt: tuple[int, ...]
    expression: Any
    domains: tuple[Interval, ...]
    elementary: bool

    @property
    def arity(self) -> int:
        return len(self.domains)


def subjects() -> list[Subject]:
    """Return the elementwise ops of one or two arguments that have a derivative, in table order."""
    return [_subject(op) for op in TABLE.values() if _is_studied(op)]


def _is_studied(op: Op) -> bool:
    return (
        op.kind == "elementwise"
        and isinstance(op.vjp, tuple)
        and len(op.vjp) <= len(ARGUMENTS)
        and not op.slope
    )


def _subject(op: Op) -> Subject:
    assert isinstance(op.vjp, tuple)
    arity = len(op.vjp)
    parameters = PARAMETERS.get(op.name, {})
    return Subject(
        name=op.name,
        call=partial(op.entry, **parameters),
        wrt=op.differentiated or (),
        expression=_expression(op, arity, parameters),
        domains=domains(op.domain, arity),
        elementary=isinstance(getattr(np, op.name, None), np.ufunc),
    )


def _expression(op: Op, arity: int, parameters: dict[str, Any]) -> Any:
    if op.sympy is None:
        return None
    exact = {name: sympy.Rational(value) for name, value in parameters.items()}
    symbols = {name: sympy.Symbol(name, real=True) for name in ARGUMENTS[:arity]}
    return counterpart(op, **exact)(**symbols)
