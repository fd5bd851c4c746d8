"""Which operations lost the digits: each one's own rounding, times what it does to the result.

δ_k is the float result of operation k minus its exact result on the same float operands; S_k is the
derivative of the program's result in that operation's result. To first order Σ S_k·δ_k is what all
roundings together did to the result, so an attribution proves itself by its sum. All S_k come from
one reverse pass over the whole program, on balls (Linnainmaa 1976; Griewank and Walther 2008, §3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb
from numpy.typing import NDArray

from diffcheck import engine
from diffcheck.balls import precision, ulp
from diffcheck.engine.ops.manipulation import reshape
from diffcheck.engine.tensor import Tensor, base, tensor_of
from diffcheck.floats import FORMATS
from diffcheck.programs.exact import FLOATING, BallArithmetic, exactly
from diffcheck.programs.floats import FloatArithmetic
from diffcheck.programs.form import Operation, Program
from diffcheck.programs.running import run

BITS = 192


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What one operation did to the result: Σ S·δ over its elements, and the element that did most.

    `operands` are the floats the operation met at that element, or at the first one of operands of
    other shapes; `rounding` is δ, `own_ulps` that in ulps of its exact result, `amplification` is
    S, `result` the float it gave.
    """

    operation: Operation
    total: arb
    rounding: arb
    own_ulps: arb
    amplification: arb
    result: float
    operands: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """An operation with the element at which finite operands gave NaN or an infinity."""

    operation: Operation
    operands: tuple[float, ...]
    result: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """The float result of a program run op by op, and what each operation contributed to its error.

    `contributions` come largest first; operations that rounded nothing are left out. `total` is
    their sum, to compare with the result's error. `departure` is the first operation that gave
    something else than a number from numbers; from there on roundings say nothing.
    """

    result: float
    contributions: tuple[Contribution, ...]
    total: arb
    departure: Departure | None


def attribute(
    program: Program, inputs: Sequence[NDArray[Any]], *, output: int, element: int
) -> Attribution:
    """Attribute the error of one element of one output at float inputs to the operations.

    Raises `MissingFormError` for an operation without an exact form.
    """
    calls = _calls(program, inputs)
    with precision(BITS), np.errstate(all="ignore"):
        shadow = _Shadow(calls)

        def on_the_float_path(*epsilons: Any) -> Any:
            shadow.start(epsilons)
            outputs = run(program, [exactly(x) for x in inputs], shadow)
            return reshape(outputs[output], (-1,))[element]

        zeros = [
            exactly(np.zeros(np.shape(y))).value for call in calls for y in call.floats if y.size
        ]
        value, pullback = engine.vjp(on_the_float_path, *zeros)
        slopes = iter(pullback(exactly(np.ones(())).value))
        found = [
            _contribution(call, k, next(slopes), rounding)
            for call, roundings in zip(calls, shadow.roundings, strict=True)
            for k, rounding in enumerate(roundings)
            if np.size(rounding)  # an array of no elements has no ε either
        ]
        rounded = [c for c in found if not c.total.is_zero()]
        rounded.sort(key=lambda c: -abs(float(c.total.mid())))
        total = sum((c.total for c in rounded), arb(0))
    result = float(np.asarray(base(value)).reshape(-1)[0].mid())
    return Attribution(
        result=result,
        contributions=tuple(rounded),
        total=total,
        departure=None if np.isfinite(result) else _departure(calls),
    )


@dataclass(frozen=True, slots=True)
class _Call:
    """One operation as it ran: with its operands and those of its results that are floats."""

    operation: Operation
    operands: list[Any]
    results: list[Any]

    @property
    def floats(self) -> list[Any]:
        return [y for y in self.results if _is_float(y)]


def _is_float(y: Any) -> bool:
    return getattr(getattr(y, "dtype", None), "kind", "") in FLOATING


class _Recorder(FloatArithmetic):
    """Floats that note down every operation in the order of execution."""

    def __init__(self) -> None:
        self.calls: list[_Call] = []

    def apply(self, operation: Operation, operands: Sequence[Any]) -> Sequence[Any]:
        results = [np.asarray(y) if _is_float(y) else y for y in super().apply(operation, operands)]
        self.calls.append(_Call(operation, list(operands), results))
        return results


def _calls(program: Program, inputs: Sequence[NDArray[Any]]) -> list[_Call]:
    recorder = _Recorder()
    run(program, list(inputs), recorder)
    return recorder.calls


class _Shadow(BallArithmetic):
    """Balls that follow the floats: each exact result gives way to the float that was computed.

    What is between the two is the operation's rounding. An ε of value 0 is added to every result:
    the derivative in it is what the result of the program makes of that rounding.
    """

    def __init__(self, calls: Sequence[_Call]) -> None:
        self._calls = calls
        self.roundings: list[list[Any]] = []
        self._epsilons: Iterator[Any] = iter(())

    def start(self, epsilons: Sequence[Any]) -> None:
        """Begin a run with these ε, in the order of the float results."""
        self.roundings = []
        self._epsilons = iter(epsilons)

    def literal(self, value: NDArray[Any]) -> Any:
        return exactly(value)

    def apply(self, operation: Operation, operands: Sequence[Any]) -> Sequence[Any]:
        call = self._calls[len(self.roundings)]
        results: list[Any] = []
        roundings: list[Any] = []
        for exact, computed in zip(super().apply(operation, operands), call.results, strict=True):
            if not _is_float(computed):
                results.append(computed)
                continue
            floats = exactly(computed).value
            roundings.append(floats - balls_of(exact))
            followed = exact + next(self._epsilons) if computed.size else exact
            results.append(_with_value(followed, floats))
        self.roundings.append(roundings)
        return results


def _with_value(x: Tensor, balls: NDArray[Any]) -> Tensor:
    """Return a tensor of the same place on its tape with other balls."""
    inner = tensor_of(balls, x.value.trace, x.value.node) if type(x.value) is Tensor else balls
    return tensor_of(inner, x.trace, x.node)


def balls_of(x: Any) -> NDArray[Any]:
    """Return the innermost object array of balls."""
    return np.asarray(base(x), dtype=object)


def _contribution(call: _Call, k: int, slopes: Any, roundings: Any) -> Contribution:
    slopes, roundings = (balls_of(t).reshape(-1) for t in (slopes, roundings))
    # What no result depends on may be as wrong as it likes: 0·NaN is 0 here.
    products: list[Any] = [
        arb(0) if s.is_zero() else s * d for s, d in zip(slopes, roundings, strict=True)
    ]
    most = max(range(len(products)), key=lambda i: abs(float(products[i].mid())))
    result = np.asarray(call.floats[k]).reshape(-1)
    rounding = roundings[most]
    return Contribution(
        operation=call.operation,
        total=sum(products, arb(0)),
        rounding=rounding,
        own_ulps=_own_ulps(result[most], rounding),
        amplification=slopes[most],
        result=float(result[most]),
        operands=tuple(_element(x, most, result.size) for x in call.operands if _is_number(x)),
    )


def _own_ulps(computed: Any, rounding: arb) -> arb:
    fmt = FORMATS[computed.dtype.name]
    exact = arb(float(computed)) - rounding
    return rounding / ulp(exact, fmt) if exact.is_finite() else arb("nan")


def _departure(calls: Sequence[_Call]) -> Departure | None:
    for call in calls:
        operands = [np.asarray(x) for x in call.operands if _is_number(x)]
        for result in map(np.asarray, call.floats):
            lost = np.flatnonzero(~np.isfinite(result))
            if lost.size and operands and all(np.isfinite(x).all() for x in operands):
                i = int(lost[0])
                return Departure(
                    operation=call.operation,
                    operands=tuple(_element(x, i, result.size) for x in operands),
                    result=float(result.reshape(-1)[i]),
                )
    return None


def _is_number(x: Any) -> bool:
    return _is_float(np.asarray(x))


def _element(x: Any, i: int, size: int) -> float:
    flat = np.asarray(x).reshape(-1)
    return float(flat[i]) if flat.size == size else float(flat[0])
