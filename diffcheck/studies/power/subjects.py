"""What the mutants are seen through: a function in which one op's rule shows, at two points.

An op with a case in the atlas is seen through that case, at points of moderate size. One that is
the slope of another is called by itself, where the other's derivatives call it, of order 2 or else
3. Those in `ALIKE` they do not call; they take what the other one takes. `WITHOUT` names the rest.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from diffcheck.backends import engine_functions
from diffcheck.backends.engine_namespace import namespace
from diffcheck.backends.pointwise import named
from diffcheck.case import Case, Point, find_cases, real
from diffcheck.engine import TABLE, grad
from diffcheck.engine.ball_trace import lift
from diffcheck.engine.ops.reduction import sum as total
from diffcheck.engine.table import changed
from diffcheck.engine.tensor import base
from diffcheck.studies.power.rules import Site, sites

POINTS: Final = 2
ATLAS: Final = "cases/atlas"
EXTENT: Final = 2.0  # of the coordinates that are drawn, where the domain reaches so far
GRID: Final = 2.0**6  # they are multiples of its inverse: exact in every format
ORDERS: Final = (2, 3)  # of the derivatives in which the slope of an op is looked for
SHARES: Final = "sum to 1"  # in the domain of an argument
ALIKE: Final = frozenset({"gamma_density", "beta_density"})
WITHOUT: Final = {  # the ops that have no subject
    "only_zero": "it is nan but at 0, and differentiable nowhere",
    "undetermined": "it passes a matrix on, with nan where it has no derivative",
    "vectors": "it is a part of a packed result, which no expression of SymPy has",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A function through which the rule at a site is seen, with its points."""

    site: Site
    case: Case
    program: str
    points: tuple[Point, ...]

    @property
    def name(self) -> str:
        return f"{self.site} in {self.case.name}"

    def function(self, dtype: str, point: Point) -> Callable[..., Any]:
        """Return the program as a function of its differentiated arrays, the others held fixed."""
        program = self.case.program_for(self.program, "engine")
        xp = namespace(np.dtype(dtype))
        data = {k: v for k, v in point.values.items() if k not in self.case.wrt}

        def call(*x: Any) -> Any:
            balls = any(a.dtype.kind == "O" for a in map(base, x))
            fixed = {k: lift(v) if balls else v.astype(dtype) for k, v in data.items()}
            given = {**fixed, **named(self.case, x)}
            return program(xp, **{name: given[name] for name in self.case.inputs})

        return call

    def arrays(self, dtype: str, point: Point) -> list[NDArray[Any]]:
        """Return the differentiated arrays at a point."""
        return [np.asarray(point.values[name]).astype(dtype) for name in self.case.wrt]


def atlas(root: Path) -> dict[str, Case]:
    """Return the cases of the atlas by name. Raises `CaseError` for the first that has an error."""
    cases, errors = find_cases([str(root / ATLAS)])
    if errors:
        raise errors[0]
    return {case.name: case for case in cases}


def subjects(cases: dict[str, Case]) -> list[Subject]:
    """Return a subject for each rule but those `WITHOUT`, and for broadcast arguments one more.

    Raises `LookupError` for an op that no derivative of its case calls.
    """
    found = []
    for site in sites():
        if site.op in WITHOUT:
            continue
        case = cases.get(f"op_{site.op}")
        if case is not None and not TABLE[site.op].slope:
            found.append(Subject(site=site, case=case, program="plain", points=_points(case)))
            if _stretches(site, case):
                found.append(_stretched(site, case))
        else:
            found.append(_called_alone(site, case or cases[f"op_{TABLE[site.op].slope}"]))
    return found


def _points(case: Case) -> tuple[Point, ...]:
    """Return the case's own points, and as many drawn ones as are missing."""
    given = [
        {k: np.asarray(v, np.float64) for k, v in point.items()} for point in case.points[:POINTS]
    ]
    rng = np.random.default_rng(zlib.crc32(case.name.encode()))
    while len(given) < POINTS:
        drawn = {name: _drawn(rng, entry) for name, entry in case.inputs.items()}
        if all(c(**drawn) for c in getattr(case, "constraints", ())):
            given.append(drawn)
    return tuple(Point(values=v, format="float32", kind="explicit") for v in given)


def _drawn(rng: np.random.Generator, entry: Any) -> NDArray[Any]:
    low, high = max(entry.lower, -EXTENT), min(entry.upper, EXTENT)
    return np.asarray(np.round(rng.uniform(low, high, entry.shape) * GRID) / GRID)


def _stretches(site: Site, case: Case) -> bool:
    """Whether an op of two numbers can be called with an array and a number."""
    op = TABLE[site.op]
    return (
        op.kind == "elementwise"
        and isinstance(op.vjp, tuple)
        and len(op.vjp) == len(case.inputs) == 2
        and len(case.points) >= POINTS
        and all(entry.shape == () for entry in case.inputs.values())
        and set(case.wrt) == set(case.inputs)
    )


def _stretched(site: Site, case: Case) -> Subject:
    """Return the op of an array and a number: the cotangent of the number is a sum."""
    values = [list(map(float, point.values())) for point in case.points[:POINTS]]
    columns = [np.array(column) for column in zip(*values, strict=True)]
    args = [column[0] if i == site.argument else column for i, column in enumerate(columns)]
    return _of_function(site, TABLE[site.op].entry, [args], "stretched")


def _called_alone(site: Site, case: Case) -> Subject:
    """Return an op by itself at the arguments that a case's derivatives give it."""
    host = Subject(site=site, case=case, program="plain", points=_points(case))
    args: list[list[Any]] = [list(point.values.values()) for point in host.points]
    params: dict[str, Any] = {}
    if site.op not in ALIKE:
        args, params = given_in_derivatives(site, host)
    args = [list(map(_as_shares, a, _domains(site.op, len(a)))) for a in args]
    entry = TABLE[site.op].entry
    return _of_function(site, lambda *a: entry(*a, **params), args, "alone")


def _domains(name: str, count: int) -> Sequence[str]:
    domain = TABLE[name].domain
    return [domain] * count if isinstance(domain, str) else domain


def _as_shares(x: Any, domain: str) -> Any:
    """Return numbers whose op relies on their sum of 1 rounded so that this stays exact."""
    if SHARES not in domain:
        return x
    shares = np.asarray(np.round(x * GRID) / GRID)
    shares[np.argmax(shares)] += 1 - np.sum(shares)
    return shares


def given_in_derivatives(
    site: Site, host: Subject
) -> tuple[list[list[NDArray[Any]]], dict[str, Any]]:
    """Return what the op is given first at each point of the host, and by which parameters."""
    seen: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def noting(rule: Any) -> Any:
        def noted(*given: Any, **params: Any) -> Any:
            seen.append((given[2:], params))
            return rule(*given, **params)

        return rule and noted

    rules = TABLE[site.op].vjp
    assert isinstance(rules, tuple)
    args = []
    with changed(site.op, vjp=tuple(map(noting, rules))):
        for point in host.points:
            seen.clear()
            for order in ORDERS:
                if not seen:
                    _derivatives(host, point, order)
            if not seen:
                raise LookupError(f"{site.op}: no derivative of {host.case.name} calls it")
            found, params = seen[0]
            floats = (np.asarray(getattr(a, "value", a), np.float32) for a in found)
            args.append([x.astype(np.float64) for x in floats])  # the same point in both formats
    return args, params


def _derivatives(subject: Subject, point: Point, order: int) -> None:
    """Have the derivatives of an order computed, those in different arguments added up."""
    f, x = subject.function("float64", point), subject.arrays("float64", point)
    for _ in range(order):
        f = _summed_slopes(f, len(x))
    f(*x)


def _summed_slopes(f: Callable[..., Any], count: int) -> Callable[..., Any]:
    slopes = grad(lambda *a: total(f(*a)), range(count))
    return lambda *a: sum(map(total, slopes(*a)))


def _of_function(site: Site, f: Callable[..., Any], args: Sequence[Any], how: str) -> Subject:
    """Return a function of the engine as a subject; its definition is read from the table."""
    adapted = engine_functions.adapt(f, args[0])
    names = list(adapted.inputs)
    known = TABLE[site.op].differentiated or ()
    case = Case(
        adapted.definition,
        programs={how: adapted.program},
        inputs={name: real(shape=value.shape) for name, value in adapted.inputs.items()},
        wrt=tuple(name for i, name in enumerate(names) if i in known),
        orders=(0, 1),
        name=f"{site.op}_{how}",
    )
    points = [
        Point(values=dict(zip(names, map(np.asarray, a), strict=True)), format="float32",
              kind="explicit")
        for a in args
    ]  # fmt: skip
    return Subject(site=site, case=case, program=how, points=tuple(points))
