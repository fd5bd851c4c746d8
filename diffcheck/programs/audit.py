"""Which rule is wrong: the cotangents of a derivative program against difference quotients.

The adjoint of a value of the forward program is what a nudge of it does to the result. With a nudge
of 2^-400 in arithmetic of 1200 bits that is known to a hundred digits and by nobody's rule. A
derivative program that is right computes it somewhere, as the cotangent of that value; the rule
that is wrong is that of the last operation whose operands' cotangents are not there.
A rule that computes the right cotangent on its way, and then spoils it, passes for right, and the
operation before it is named: mostly one of the same line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from flint import arb
from numpy.typing import NDArray

from diffcheck import engine
from diffcheck.balls import Undecided, precision
from diffcheck.engine.tensor import Tensor, tensor_of
from diffcheck.programs.attribution import Attribution
from diffcheck.programs.exact import BallArithmetic, balls_of, exactly
from diffcheck.programs.form import Operation, Program
from diffcheck.programs.recording import Call, is_float, is_number, record
from diffcheck.programs.running import run

BITS: Final = 1200
STEP: Final = 400  # bits below a value, of its nudge
MOST_ELEMENTS: Final = 200  # values that are nudged, one run for each
_NOTHING: Final = arb(2) ** -(STEP // 2)
SLACK: Final = 8  # roundings of literals in a rule, in units of the format's roundoff


@dataclass(slots=True)
class _Nudging(BallArithmetic):
    """Balls in which one call meets some of its operands nudged in one element."""

    call: int = -1
    positions: Sequence[int] = ()
    element: int = 0
    step: arb = field(default_factory=arb)
    seen: int = 0

    def apply(self, operation: Operation, operands: Sequence[Any]) -> Sequence[Any]:
        """Apply the exact form to what it meets."""
        if self.seen == self.call:
            operands = list(operands)
            for i in self.positions:
                operands[i] = _nudged(operands[i], self.element, self.step)
        self.seen += 1
        return BallArithmetic.apply(self, operation, operands)


def _nudged(x: Tensor, element: int, step: arb) -> Tensor:
    balls = balls_of(x).copy()
    flat = balls.reshape(-1)
    flat[element] = flat[element] + step
    return tensor_of(balls, x.trace, x.node)


def wrong_rule(
    program: Program,
    inputs: Sequence[NDArray[Any]],
    differentiated: Sequence[int],
    derivative: Attribution,
    *,
    roundoff: float,
) -> Call | None:
    """Return the call of a scalar program that the derivative takes back wrongly.

    `differentiated` are the positions of those inputs; `derivative` is an attribution of the
    gradient program at the same inputs. Returns None where it cannot be told: a program too large,
    or one whose cotangents are not to be found as they are. Raises `MissingFormError` for an
    operation without an exact form.
    """
    calls = record(program, inputs).calls
    variables = [inputs[i] for i in differentiated]
    flows = [_operands(calls, k, variables) for k in range(len(calls))]
    sizes = (np.size(calls[k].operands[q[0]]) for k, qs in enumerate(flows) for q in qs)
    if sum(sizes) > MOST_ELEMENTS:
        return None
    values = _values(derivative, calls)
    audit = _Audit(program, [exactly(x) for x in inputs], values, roundoff)
    try:
        with precision(BITS), engine.literal_rounding(0.0), np.errstate(all="ignore"):
            audit.begin()
            for k in range(len(calls) - 1, -1, -1):
                if not all(audit.has(audit.cotangent(k, calls[k], q)) for q in flows[k]):
                    # What is behind a wrong cotangent is wrong as well, so the last one tells.
                    return calls[k]
    except Undecided:
        pass
    return None


def _operands(calls: Sequence[Call], k: int, variables: Sequence[Any]) -> list[list[int]]:
    """Return the positions of each number that call k met and that depends on the variables."""
    depends: set[int] = set()
    for index, call in enumerate(calls[: k + 1]):
        outside = any(x is v for x in call.operands for v in variables)
        if outside or any(j in depends for j in call.makers):
            depends.add(index)
    groups: dict[int, list[int]] = {}
    for q, (j, x) in enumerate(zip(calls[k].makers, calls[k].operands, strict=True)):
        if is_float(np.asarray(x)) and (j in depends or any(x is v for v in variables)):
            groups.setdefault(id(x), []).append(q)
    return list(groups.values())


def _values(derivative: Attribution, forward: Sequence[Call]) -> list[NDArray[Any]]:
    """Return what a derivative program computes, and the literals and inputs that it meets.

    Its own forward pass is left out: a value of it may happen to be some cotangent's.
    """
    primal = Counter(map(_likeness, forward))
    found: list[NDArray[Any]] = []
    for traced in derivative.calls:
        likeness = _likeness(traced.call)
        if primal[likeness]:
            primal[likeness] -= 1
        else:
            found += traced.true
    for traced in derivative.calls:
        for maker, x in zip(traced.call.makers, traced.call.operands, strict=True):
            if maker is None and is_number(x):
                found.append(exactly(np.asarray(x, dtype=np.float64)).value.reshape(-1))
    return found


def _likeness(call: Call) -> tuple[str, bytes]:
    """Return what tells one call from another in two runs at the same inputs."""
    return call.operation.name, b"|".join(np.asarray(y).tobytes() for y in call.floats)


@dataclass(slots=True)
class _Audit:
    """Cotangents by difference quotients, looked up among a derivative's values."""

    program: Program
    given: list[Any]
    known: list[NDArray[Any]]
    roundoff: float
    base: arb = field(default_factory=arb)

    def begin(self) -> None:
        """Compute the result without a nudge."""
        self.base = self._result(_Nudging())

    def cotangent(self, k: int, call: Call, positions: Sequence[int]) -> list[arb]:
        """Return the derivative of the result in an operand, as far as it goes through call k."""
        found = []
        for i, value in enumerate(np.asarray(call.operands[positions[0]]).reshape(-1)):
            step = arb(abs(float(value)) or 1.0) * arb(2) ** -STEP
            moved = self._result(_Nudging(k, positions, i, step))
            found.append((moved - self.base) / step)
        return found

    def has(self, cotangent: list[arb]) -> bool:
        """Whether the derivative program computes this somewhere; 0 and 1 it need not compute."""
        if all(abs(a) < _NOTHING or abs(abs(a) - 1) < _NOTHING for a in cotangent):
            return True
        return any(
            len(balls) in (1, len(cotangent)) and self._agree(cotangent, balls)
            for balls in self.known
        )

    def _agree(self, cotangent: list[arb], balls: NDArray[Any]) -> bool:
        several = list(balls) * (len(cotangent) // len(balls))
        return all(
            abs(b - a) <= abs(a) * (SLACK * self.roundoff)
            for a, b in zip(cotangent, several, strict=True)
        )

    def _result(self, nudging: _Nudging) -> arb:
        result: arb = balls_of(run(self.program, self.given, nudging)[0]).reshape(-1)[0]
        return result
