"""Which operations lost the digits: each one's own rounding, times what it does to the result.

δ_k is the float result of operation k minus its exact result on the same float operands; S_k is the
derivative of the program's result in that operation's result. To first order Σ S_k·δ_k is what all
roundings together did to the result, so an attribution proves itself by its sum. All S_k come from
one reverse pass over the whole program, on balls (Linnainmaa 1976; Griewank and Walther 2008, §3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from flint import arb
from numpy.typing import NDArray

from diffcheck import engine
from diffcheck.balls import precision, ulp
from diffcheck.engine.ops.manipulation import reshape
from diffcheck.engine.tensor import Tensor, base, tensor_of
from diffcheck.floats import FORMATS
from diffcheck.programs.exact import (
    BallArithmetic,
    MissingFormError,
    balls_of,
    exact_balls,
    exactly,
)
from diffcheck.programs.form import Operation, Program
from diffcheck.programs.recording import (
    Call,
    Recording,
    is_float,
    is_number,
    is_rounded,
    record,
)
from diffcheck.programs.running import run
from diffcheck.programs.truths import true_values

BITS: Final = 192

Balls = NDArray[Any]  # of dtype object, flat


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What one operation did to the result: Σ S·δ over its elements, and the element that did most.

    `operands` are the numbers the operation met at that element, or at the first one of operands of
    other shapes; `rounding` is δ, `own_ulps` that in ulps of its exact result, `amplification` is
    S, `result` the float it gave. `call` and `element` say where in the recording this is.
    """

    operation: Operation
    call: int
    element: int
    total: arb
    rounding: arb
    own_ulps: arb
    amplification: arb
    result: float
    operands: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """An operation with the element at which finite operands gave NaN or an infinity.

    `exact` is what they give without rounding: a number beyond the format, or none either.
    """

    operation: Operation
    call: int
    element: int
    operands: tuple[float, ...]
    result: float
    exact: arb


@dataclass(frozen=True, slots=True)
class Traced:
    """A call beside exact arithmetic, for each of its float results: flat arrays of balls.

    `exact` is its result on the floats it met, `slopes` the derivative S of the program's result,
    `true` what it would be had nothing been rounded: empty where that is not known.
    """

    call: Call
    exact: list[Balls]
    slopes: list[Balls]
    true: list[Balls]


@dataclass(frozen=True, slots=True)
class LiteralEffect:
    """The most that rounding a literal may do to the result: Σ u·|c·S| over its elements."""

    value: float
    most: arb


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """The float result of a program run op by op, and what each operation contributed to its error.

    `contributions` come largest first; operations that rounded nothing are left out. `total` is
    their sum, to compare with the error against `exact`: the program's result had nothing been
    rounded but its literals, None where a branch cannot be decided. What those may have cost is in
    `literals`, largest first. `departure` is
    the first operation that gave something else than a number from numbers; from there on roundings
    say nothing. `calls` are all operations in the order of execution.
    """

    result: float
    contributions: tuple[Contribution, ...]
    total: arb
    exact: arb | None
    literals: tuple[LiteralEffect, ...]
    departure: Departure | None
    calls: tuple[Traced, ...]


def attribute(
    program: Program, inputs: Sequence[NDArray[Any]], *, output: int, element: int
) -> Attribution:
    """Attribute the error of one element of one output at float inputs to the operations.

    Raises `MissingFormError` for an operation without an exact form, and for complex numbers.
    """
    recording = record(program, inputs, explained=True)
    for call in recording.calls:
        if any(np.iscomplexobj(y) for y in call.floats):
            raise MissingFormError(f"{call.operation.name}: the rounding of complex numbers")
    with precision(BITS), np.errstate(all="ignore"):
        shadow = _Shadow(recording)

        def on_the_float_path(*epsilons: Any) -> Any:
            shadow.start(epsilons)
            outputs = run(program, [exactly(x) for x in inputs], shadow)
            return reshape(outputs[output], (-1,))[element]

        value, pullback = engine.vjp(on_the_float_path, *shadow.zeros())
        slopes = pullback(exactly(np.ones(())).value)
        truths = true_values(program, inputs, bits=BITS)
        # Decided without rounding, a branch may be another one: then no call has a counterpart.
        same = truths is not None and list(map(len, truths.calls)) == [
            len(exact) for exact, _ in shadow.traced
        ]
        true = truths.calls if truths is not None and same else [[] for _ in recording.calls]
        calls = [
            Traced(call, exact, [balls_of(slopes[i]).reshape(-1) for i in places], true[index])
            for index, (call, (exact, places)) in enumerate(
                zip(recording.calls, shadow.traced, strict=True)
            )
        ]
        found = [
            _contribution(traced, index, k)
            for index, traced in enumerate(calls)
            for k, y in enumerate(traced.call.floats)
            if y.size
        ]
        rounded = [c for c in found if c is not None and not c.total.is_zero()]
        rounded.sort(key=lambda c: -abs(float(c.total.mid())))
        total = sum((c.total for c in rounded), arb(0))
        literals = [
            _literal_effect(array, balls_of(slopes[i]).reshape(-1))
            for array, i in zip(recording.literals, shadow.literal_places, strict=True)
        ]
        literals.sort(key=lambda c: -float(c.most.mid()))
    result = float(np.asarray(base(value)).reshape(-1)[0].mid())
    exact = None if truths is None else truths.outputs[output][element]
    return Attribution(
        result=result,
        contributions=tuple(rounded),
        total=total,
        exact=exact,
        literals=tuple(literals),
        departure=_departure(calls, result, total, exact),
        calls=tuple(calls),
    )


@dataclass(slots=True)
class _Shadow(BallArithmetic):
    """Balls that follow the floats: each exact result gives way to the float that was computed.

    What is between the two is the operation's rounding. An ε of value 0 is added to every result,
    and to every literal that was rounded: the derivative in it is what the result of the program
    makes of that rounding. `traced` has for each call its exact results and the places of its ε.
    """

    recording: Recording
    traced: list[tuple[list[Balls], list[int]]] = field(default_factory=list)
    literal_places: list[int] = field(default_factory=list)
    _epsilons: Sequence[Any] = ()
    _next: Iterator[int] = field(default_factory=lambda: iter(()))

    def zeros(self) -> list[Any]:
        """Return the ε of a run: those of the literals first, then one for each float result."""
        arrays = [*self.recording.literals]
        arrays += [y for call in self.recording.calls for y in call.floats]
        return [_filled(np.shape(y), arb(0)) for y in arrays]

    def start(self, epsilons: Sequence[Any]) -> None:
        """Begin a run with these ε."""
        self.traced, self.literal_places = [], []
        self._epsilons = epsilons
        self._next = iter(range(len(self.recording.literals), len(epsilons)))

    def literal(self, value: NDArray[Any]) -> Any:
        """Return a literal, with an ε where it was rounded."""
        if not is_rounded(value):
            return exactly(value)
        place = len(self.literal_places)
        self.literal_places.append(place)
        floats = exactly(np.asarray(value))
        return _with_value(floats + self._epsilons[place], floats.value)

    def apply(self, operation: Operation, operands: Sequence[Any]) -> Sequence[Any]:
        """Apply the exact form, and go on with the floats."""
        call = self.recording.calls[len(self.traced)]
        results: list[Any] = []
        exacts: list[Balls] = []
        places: list[int] = []
        found = BallArithmetic.apply(self, operation, operands)
        for exact, computed in zip(found, call.results, strict=True):
            if not is_float(computed):
                results.append(computed)
                continue
            place = next(self._next)
            places.append(place)
            exacts.append(balls_of(exact).reshape(-1))
            followed = exact + self._epsilons[place] if computed.size else exact
            results.append(_with_value(followed, exactly(computed).value))
        self.traced.append((exacts, places))
        return results


def _with_value(x: Tensor, balls: Balls) -> Tensor:
    """Return a tensor of the same place on its tape with other balls."""
    inner = tensor_of(balls, x.value.trace, x.value.node) if type(x.value) is Tensor else balls
    return tensor_of(inner, x.trace, x.node)


def _filled(shape: tuple[int, ...], ball: arb) -> Balls:
    array = np.empty(shape, dtype=object)
    array.fill(ball)
    return array


def _contribution(traced: Traced, index: int, k: int) -> Contribution | None:
    """Return what a call's rounding did; None where it rounded nothing."""
    call = traced.call
    floats = np.asarray(call.floats[k]).reshape(-1)
    roundings: Any = exact_balls(floats) - traced.exact[k]
    if all(d.is_zero() for d in roundings):
        return None
    # What no result depends on may be as wrong as it likes: 0·NaN is 0 here.
    products: list[Any] = [
        s if s.is_zero() else s * d for s, d in zip(traced.slopes[k], roundings, strict=True)
    ]
    sizes = [abs(float(p)) for p in products]
    most = sizes.index(max(sizes))
    return Contribution(
        operation=call.operation,
        call=index,
        element=most,
        total=sum(products, arb(0)),
        rounding=roundings[most],
        own_ulps=_own_ulps(floats[most], roundings[most]),
        amplification=traced.slopes[k][most],
        result=float(floats[most]),
        operands=operands_at(call, most, floats.size),
    )


def _own_ulps(computed: Any, rounding: arb) -> arb:
    fmt = FORMATS[computed.dtype.name]
    exact = arb(float(computed)) - rounding
    return rounding / ulp(exact, fmt) if exact.is_finite() else arb("nan")


def _literal_effect(array: NDArray[Any], slopes: Balls) -> LiteralEffect:
    u = FORMATS[array.dtype.name].unit_roundoff
    numbers = [float(c) for c in array.reshape(-1)]
    sizes = [
        abs(s * c) * u if is_rounded(c) else arb(0) for s, c in zip(slopes, numbers, strict=True)
    ]
    most = max(range(len(sizes)), key=lambda i: float(sizes[i].mid()))
    return LiteralEffect(numbers[most], sum(sizes, arb(0)))


def _departure(
    calls: Sequence[Traced], result: float, total: arb, exact: arb | None
) -> Departure | None:
    """Return the first departure on which the result depends, as far as slopes can tell.

    A slope of 0 is that of the branch of a `where` that is not taken, or of an infinity. A result
    that is a number may have come of an infinity, as 1/inf; then an operation overflowed, and the
    roundings do not account for the error.
    """
    finite = np.isfinite(result) and total.is_finite()
    if finite and (exact is None or _accounts(total, arb(result) - exact)):
        return None
    found = [(d, s) for d, s in _departures(calls) if not finite or d.exact.is_finite()]
    return next((d for d, slope in found if not slope.is_zero()), found[0][0] if found else None)


def _accounts(total: arb, error: arb) -> bool:
    """Whether contributions make up the better part of an error."""
    return not error.is_finite() or bool(abs(error - total) * 2 <= abs(error))


def _departures(calls: Sequence[Traced]) -> Iterator[tuple[Departure, arb]]:
    for index, traced in enumerate(calls):
        call = traced.call
        operands = [np.asarray(x) for x in call.operands if is_float(np.asarray(x))]
        if not operands or not all(np.isfinite(x).all() for x in operands):
            continue
        results = map(np.asarray, call.floats)
        for result, exact, slopes in zip(results, traced.exact, traced.slopes, strict=True):
            for i in np.flatnonzero(~np.isfinite(result.reshape(-1))):
                yield (
                    Departure(
                        operation=call.operation,
                        call=index,
                        element=int(i),
                        operands=operands_at(call, int(i), result.size),
                        result=float(result.reshape(-1)[i]),
                        exact=exact[i],
                    ),
                    slopes[i],
                )


def operands_at(call: Call, i: int, size: int) -> tuple[float, ...]:
    """Return the numbers that a call met at element i of its result, which has so many elements."""
    arrays = [np.asarray(x).reshape(-1) for x in call.operands if is_number(x)]
    return tuple(float(x[i] if x.size == size else x[0]) for x in arrays if x.size)
