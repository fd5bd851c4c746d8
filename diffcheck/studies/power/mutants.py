"""The mutants: every rule of the table, changed in one way each.

Operators of two kinds. Around a rule: what it is given, or what it returns, is changed as data.
Inside a rule: one place of its source text (`rewriting`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from diffcheck.engine import TABLE
from diffcheck.engine.ops.manipulation import astype, matrix_transpose, roll
from diffcheck.engine.tensor import shape_of
from diffcheck.engine.trees import tree_map
from diffcheck.studies.power.exactly import derivative
from diffcheck.studies.power.rewriting import rewritings
from diffcheck.studies.power.rules import Rule, Site, planted
from diffcheck.studies.power.subjects import Subject

EXPONENTS: Final = range(3, 41)
FACTORS: Final = 12  # factors at a site; all exponents and both signs take turns over the sites
STALE: Final = 0.9375  # what an argument was before a change that the result has not seen
NARROWER: Final = {"float64": "float32", "float32": "float16"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A wrong rule for a site; `exponent` is k of a factor 1 ± 2^-k."""

    site: Site
    operator: str
    change: str
    rule: Rule
    exponent: int | None = None

    @property
    def name(self) -> str:
        return f"{self.site}: {self.operator}, {self.change}"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a rule was called with, and what it returned."""

    cotangent: tuple[int, ...]
    operand: tuple[int, ...]
    result: tuple[int, ...]
    arguments: int
    params: dict[str, Any]


def mutants(subject: Subject, turn: int) -> Iterator[Mutant]:
    """Yield the mutants of a subject's rule; `turn` says which factors are its."""
    site = subject.site
    seen = _seen(subject)
    for operator, change, rule, exponent in _around(site, seen, turn):
        yield Mutant(site=site, operator=operator, change=change, rule=rule, exponent=exponent)
    if subject.program != "stretched":
        for operator, change, wrong in rewritings(site.rule):
            yield Mutant(site=site, operator=operator, change=change, rule=wrong)


def _seen(subject: Subject) -> Seen:
    """Run the right rule, and note its first call at the first point."""
    calls: list[Seen] = []
    site, right = subject.site, subject.site.rule
    skipped = 1 if site.variadic else 0

    def noting(*given: Any, **params: Any) -> Any:
        result = right(*given, **params)
        args = given[skipped + 2 :]
        position = given[0] if site.variadic else site.argument
        cotangent, operand, y = map(shape_of, (given[skipped], args[position], result))
        calls.append(Seen(cotangent, operand, y, len(args), dict(params)))
        return result

    point = subject.points[0]
    f, x = subject.function("float64", point), subject.arrays("float64", point)
    with planted(site, noting):
        derivative(f, x, site.mode)
    if not calls:
        raise LookupError(f"{subject.name}: the rule is not called")
    return calls[0]


Row = tuple[str, str, Rule, int | None]


def _around(site: Site, seen: Seen, turn: int) -> Iterator[Row]:
    right = site.rule
    yield "sign", "−1 times", _after(right, lambda r: -r), None
    for k, sign in _factors(turn):
        factor = 1 + sign * 2.0**-k
        text = f"1 {'+' if sign > 0 else '-'} 2^-{k}"
        yield "factor", text, _after(right, _times(factor)), k
    yield "dtype", "by way of the narrower format", _after(right, _narrowed), None
    yield "stale output", "y before x changed", _with_stale_output(site), None
    if seen.arguments > 1 and not site.variadic:
        yield "wrong operand", "arguments reversed", _reversed(right), None
    if TABLE[site.op].kinks and seen.arguments == 1:
        yield "kink side", "at -x", _mirrored(right), None
    last = seen.result[-2:]
    if len(last) == 2 and last[0] == last[1] > 1:
        yield "transposed", "the result", _after(right, matrix_transpose), None
    if seen.result and seen.result[-1] > 1:
        shift = lambda r: roll(r, shift=1, axis=-1)  # noqa: E731 - one of a table of functions
        yield "index off by one", "elements moved along the last axis", _after(right, shift), None
    if seen.operand != seen.cotangent and TABLE[site.op].kind == "elementwise":
        yield (
            "missing unbroadcast",
            "the first instead of the sum",
            _after(right, _first_only),
            None,
        )
    for name, value in seen.params.items():
        if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
            change = f"{name} = {value} + 1"
            yield "index off by one", change, _with_param(right, name), None


def _factors(turn: int) -> Iterator[tuple[int, int]]:
    both = [(k, sign) for k in EXPONENTS for sign in (1, -1)]
    step = len(both) // FACTORS
    for i in range(FACTORS):
        yield both[(turn + i * step) % len(both)]


def _times(factor: float) -> Callable[[Any], Any]:
    return lambda r: r * factor


def _after(right: Rule, change: Callable[[Any], Any]) -> Rule:
    return lambda *given, **params: tree_map(change, right(*given, **params))


def _narrowed(r: Any) -> Any:
    dtype = np.dtype(getattr(r, "dtype", object))
    if dtype.name not in NARROWER:
        return r
    return astype(astype(r, dtype=np.dtype(NARROWER[dtype.name])), dtype=dtype)


def _first_only(r: Any) -> Any:
    mask = np.zeros(shape_of(r))
    mask.flat[0] = 1
    return r * mask


def _with_stale_output(site: Site) -> Rule:
    right, skipped = site.rule, 1 if site.variadic else 0
    entry = TABLE[site.op].entry

    def wrong(*given: Any, **params: Any) -> Any:
        before = [_before(a) for a in given[skipped + 2 :]]
        y = entry(*before, **params)
        return right(*given[: skipped + 1], y, *given[skipped + 2 :], **params)

    return wrong


def _before(a: Any) -> Any:
    kind = getattr(getattr(a, "dtype", None), "kind", "i")
    return a * STALE if kind in "fcO" else a


def _reversed(right: Rule) -> Rule:
    return lambda g, y, *args, **params: right(g, y, *args[::-1], **params)


def _mirrored(right: Rule) -> Rule:
    return lambda g, y, x, **params: right(g, y, -x, **params)


def _with_param(right: Rule, name: str) -> Rule:
    return lambda *given, **params: right(*given, **{**params, name: params[name] + 1})
