"""What the rounding of a program's operations may cost its result, to first order.

S_k is the derivative of the result in operation k's result, y_k; c_k ulps of y_k bound what the
operation rounds. Together they may cost Σ |S_k| c_k ulp(y_k) (Linnainmaa 1976; Stummel 1981). All
S_k come from one reverse pass over the program in exact arithmetic: no float is computed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

import numpy as np
from flint import acb, arb
from numpy.typing import NDArray

from diffcheck import engine
from diffcheck.balls import precision, ulp
from diffcheck.engine.ball_trace import BALLS, SHORT_BITS, as_objects
from diffcheck.engine.flow import sensitivities
from diffcheck.engine.tape import Tape
from diffcheck.engine.tensor import Tensor, tensor_of
from diffcheck.floats import Format
from diffcheck.programs.exact import BallArithmetic, balls_of, exactly
from diffcheck.programs.form import CORRECTLY, Operation, Program, Rounding
from diffcheck.programs.running import run

BITS: Final = 192


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one rounding may cost: the worst of its elements, in the unit of the result.

    `amplification` is |S_k y_k / P|, infinite where the result is 0; `bound` is c_k; `result` is
    the exact y_k; `operation` is None for a literal, whose value `result` is then.
    """

    operation: Operation | None
    total: arb
    result: float
    bound: float
    amplification: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """Bounds on a result's error: B0 = `counted`, Bprog = `program`, Bconst = `literals`.

    `value` is the program's exact result. `costs` come largest first. `departure` is the first
    operation, if any, whose exact result is out of the format's range and matters to the result.
    `unlimited` is then what floats of the format's precision with exponents of any size give:
    whatever it is off by has nothing to do with the range.
    """

    value: arb
    counted: arb
    program: arb
    literals: arb
    costs: tuple[Cost, ...]
    departure: Cost | None
    unlimited: arb | None


@dataclass(slots=True)
class _Node:
    """A place on the tape where something is rounded, with what is known of each element."""

    slot: int
    operation: Operation | None
    rounding: Rounding
    values: list[Any]  # y_k, balls
    units: list[arb]  # an ulp of the magnitude
    relative: list[arb]  # that over the magnitude; 0 where the magnitude is, which rounds nothing
    outside: list[int]  # the elements that are out of the format's range


class Watched:
    """A program run once in exact arithmetic at a point; its budgets per element of its outputs.

    Raises `MissingFormError` for an operation without an exact form, `balls.Undecided` where a
    branch cannot be decided.
    """

    def __init__(
        self, program: Program, inputs: Sequence[NDArray[Any]], fmt: Format, *, bits: int = BITS
    ) -> None:
        self._bits = bits
        self._fmt = fmt
        self._program = program
        self._inputs = inputs
        self._unlimited: list[Any] | None = None
        with precision(bits), engine.literal_rounding(0.0), np.errstate(all="ignore"):
            self._run = _Watching(fmt)
            given = [self._run.variable(exactly(x)) for x in inputs]
            self._outputs = run(program, given, self._run)

    def budgets(self, output: int, element: int, truth: arb | None = None) -> Budgets:
        """Return the budgets of one element of one output, in C order.

        What counts as amplified is measured by the truth, where it is given: of a result whose
        digits all cancel, the program's own ball may be far wider than the result is large.
        """
        with precision(self._bits), np.errstate(all="ignore"):
            return self._budgets(output, element, truth)

    def _budgets(self, output: int, element: int, truth: arb | None) -> Budgets:
        result = self._outputs[output]
        value: arb = balls_of(result).reshape(-1)[element]
        if not isinstance(value, arb):  # a whole number, known exactly
            value = arb(int(value))
        tape = self._run.tape
        slopes: dict[int, Any] = {}
        if isinstance(result, Tensor) and result.trace is tape:
            one = np.zeros(balls_of(result).size)
            one[element] = 1
            cotangent = exactly(one.reshape(balls_of(result).shape))
            slopes = sensitivities(tape, result.node, cotangent)
        counted, program, literals = arb(0), arb(0), arb(0)
        costs: list[Cost] = []
        departures: list[Cost] = []
        size = abs(value if truth is None else truth).upper()
        for node in self._run.nodes:
            if node.slot not in slopes:
                continue
            slope = balls_of(slopes[node.slot]).reshape(-1)
            cost, once = _cost(node, slope, size)
            program += cost.total
            counted += once
            if node.operation is None:
                literals += cost.total
            departures += _departures(node, slope, size)
            costs.append(cost)
        costs.sort(key=lambda c: -_float(c.total))
        departure = _first_that_matters(departures, self._fmt)
        return Budgets(
            value=value, counted=counted, program=program, literals=literals,
            costs=tuple(costs), departure=departure,
            unlimited=None if departure is None else self._without_limits(output, element),
        )  # fmt: skip

    def _without_limits(self, output: int, element: int) -> arb:
        """Return the result of floats whose exponents have no limits."""
        if self._unlimited is None:
            with engine.literal_rounding(0.0):
                given = [exactly(x) for x in self._inputs]
                self._unlimited = run(self._program, given, _Unlimited(self._fmt.precision))
        result: arb = balls_of(self._unlimited[output]).reshape(-1)[element]
        return result


@dataclass
class _Unlimited(BallArithmetic):
    """Balls of radius 0, every result rounded to a format's precision and not to its range."""

    digits: int

    def apply(self, operation: Operation, operands: Sequence[Any]) -> Sequence[Any]:
        results = super().apply(operation, operands)
        return [self._rounded(y) for y in results] if operation.roundings else results

    def _rounded(self, y: Any) -> Any:
        if not isinstance(y, Tensor):
            return y
        return tensor_of(as_objects(np.frompyfunc(self._nearest, 1, 1)(balls_of(y))), BALLS, None)

    def _nearest(self, x: arb | acb) -> arb | acb:
        if isinstance(x, acb) or not x.is_finite():
            return x
        mantissa, exponent = (int(part) for part in x.mid().man_exp())
        excess = max(abs(mantissa).bit_length() - self.digits, 0)
        return arb((round(Fraction(mantissa, 1 << excess)), exponent + excess))


@dataclass
class _Watching(BallArithmetic):
    """Balls on a tape, with a note of every place where floats would be rounded."""

    fmt: Format
    tape: Tape = field(default_factory=Tape)
    nodes: list[_Node] = field(default_factory=list)

    def variable(self, x: Any) -> Any:
        """Return a tensor of balls as one of the tape."""
        return self.tape.input(x) if isinstance(x, Tensor) else x

    def literal(self, value: NDArray[Any]) -> Any:
        """Return a literal; one that is not short was rounded when it was written down."""
        found = super().literal(value)
        if not isinstance(found, Tensor) or all(map(_is_short, balls_of(found).flat)):
            return found
        found = self.tape.input(found)
        self._note(None, CORRECTLY[0], found, balls_of(found))
        return found

    def apply(self, operation: Operation, operands: Sequence[Any]) -> Sequence[Any]:
        operands = list(operands)
        for rounding in operation.roundings:
            if rounding.of == "operands":
                self._moved(operation, rounding, operands)
        results = [self._on_tape(operation, y) for y in super().apply(operation, operands)]
        for rounding in operation.roundings:
            if rounding.of == "operands":
                continue
            magnitudes = results
            if rounding.of == "terms":
                magnitudes = list(super().apply(operation, [_absolute(x) for x in operands]))
            for y, magnitude in zip(results, magnitudes, strict=True):
                if isinstance(y, Tensor):
                    self._note(operation, rounding, y, balls_of(magnitude))
        return results

    def _on_tape(self, operation: Operation, y: Any) -> Any:
        """Return a result with a place of its own, though it depends on nothing but constants."""
        off = isinstance(y, Tensor) and y.trace is not self.tape
        return self.tape.input(y) if off and operation.roundings else y

    def _moved(self, operation: Operation, rounding: Rounding, operands: list[Any]) -> None:
        """Give the operands places of their own, at which this operation alone sees them moved."""
        for i, x in enumerate(operands):
            if not isinstance(x, Tensor) or not balls_of(x).size:
                continue
            operands[i] = moved = (x if x.trace is self.tape else self.tape.input(x)) + 0
            balls = balls_of(moved)
            largest = max((abs(b).upper() for b in balls.flat), key=_float)
            self._note(operation, rounding, moved, np.full(balls.shape, largest, dtype=object))

    def _note(
        self, operation: Operation | None, rounding: Rounding, y: Any, magnitude: NDArray[Any]
    ) -> None:
        units, relative = [], []
        most = arb(2 * self.fmt.unit_roundoff)
        # Digits of a narrower format are no rounding that the count of operations should excuse.
        fmt = operation.rounded_to(self.fmt) if operation else self.fmt
        for m in magnitude.flat:
            unit, size = _unit(m, fmt), abs(m).upper()
            units.append(unit)
            # An underflow is no rounding that the count of operations should excuse.
            relative.append(_smaller(unit / size, most) if size > 0 else arb(0))
        values = list(balls_of(y).flat)
        own = rounding.of != "operands"
        ends = float(fmt.smallest_normal), float(fmt.max)
        outside = [i for i, value in enumerate(values) if own and _is_outside(value, *ends)]
        self.nodes.append(_Node(y.node, operation, rounding, values, units, relative, outside))


def _cost(node: _Node, slopes: NDArray[Any], size: arb) -> tuple[Cost, arb]:
    """Return what the roundings of a node may cost, and what they may with no amplification."""
    total, once, worst = arb(0), arb(0), 0
    largest = arb(-1)
    elements = zip(slopes, node.units, node.relative, strict=True)
    for i, (slope, unit, relative) in enumerate(elements):
        if relative.is_zero() or slope.is_zero():
            continue  # 0 is never rounded; and what no result depends on may be anything
        cost = abs(slope).upper() * unit
        total += cost
        # Beyond |A_k| = 1 it is not the count of operations, but the formula.
        once += _smaller(cost, size * relative)
        if not cost <= largest:
            largest, worst = cost, i
    if node.rounding.of == "operands":  # all elements together are one rounding
        once = _smaller(once, size * node.relative[worst])
    y = node.values[worst]
    cost = Cost(
        operation=node.operation, total=total * node.rounding.most, result=_float(y),
        bound=node.rounding.most, amplification=_amplification(slopes[worst], y, size),
    )  # fmt: skip
    return cost, once * node.rounding.count


def _amplification(slope: arb, y: arb, size: arb) -> float:
    return _float(abs(slope * y / size)) if size > 0 else math.inf


def _departures(node: _Node, slopes: NDArray[Any], size: arb) -> list[Cost]:
    """Return the element of a node out of the format's range that matters most, if there is one."""
    found = [
        Cost(
            operation=node.operation,
            total=abs(slopes[i]).upper() * node.units[i] * node.rounding.most,
            result=_float(node.values[i]),
            bound=node.rounding.most,
            amplification=_amplification(slopes[i], node.values[i], size),
        )
        for i in node.outside
        if node.operation is not None and not slopes[i].is_zero()
    ]
    return [max(found, key=_weight)] if found else []


def _first_that_matters(departures: Sequence[Cost], fmt: Format) -> Cost | None:
    """Return the first departure that overflows, or on which most of the result hangs.

    What is behind it leaves the range as well. An infinity spoils whatever depends on it, but an
    underflow may matter to no digit.
    """
    most = max(map(_weight, departures), default=0.0)
    least = max(most / 2, fmt.unit_roundoff)
    beyond = float(fmt.max)
    return next((d for d in departures if abs(d.result) > beyond or _weight(d) >= least), None)


def _weight(departure: Cost) -> float:
    return 0.0 if math.isnan(departure.amplification) else departure.amplification


def _is_outside(y: arb, least: float, largest: float) -> bool:
    """Whether a number is too large or too small for the format to hold it as an ordinary one."""
    if y.is_zero() or not y.is_finite():
        return False
    size = abs(y)
    return bool(size > largest or size < least)


def _smaller(a: arb, b: arb) -> arb:
    return min(b, a)


def _float(x: arb | acb) -> float:
    """Return a number as a float, of a complex one its absolute value."""
    real = abs(x) if isinstance(x, acb) else x
    return float(real.mid()) if real.is_finite() else math.inf


def _unit(magnitude: arb, fmt: Format) -> arb:
    """Return an ulp of a magnitude, the larger one where the ball reaches over a power of 2."""
    size = abs(magnitude).upper()
    return ulp(size, fmt) if size.is_finite() else arb("inf")


def _absolute(x: Any) -> Any:
    """Return absolute values, off the tape; whole numbers as they are."""
    if not isinstance(x, Tensor):
        return x
    return tensor_of(as_objects(np.frompyfunc(abs, 1, 1)(balls_of(x))), BALLS, None)


def _is_short(x: arb | acb) -> bool:
    """Whether a literal is taken to be meant exactly."""
    if isinstance(x, acb):
        return _is_short(x.real) and _is_short(x.imag)
    return x.is_zero() or not x.is_finite() or abs(int(x.man_exp()[0])).bit_length() <= SHORT_BITS
