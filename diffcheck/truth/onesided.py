"""Outcomes at kinks, removable points and boundaries, from one-sided expansions.

Nothing of the derivative programs is used: the definition itself is expanded for t → 0+ and 0-.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flint import arb

from diffcheck.balls import Undecided, precision
from diffcheck.floats import Format
from diffcheck.truth.certify import AtPoint, is_certain
from diffcheck.truth.components import Direction, Form, add
from diffcheck.truth.failures import Failure
from diffcheck.truth.graph import Graph
from diffcheck.truth.jets import Failed, Infinite, Jet, LeavesDomain, one_sided
from diffcheck.truth.outcomes import Outcome

RUNGS: Final = (256, 1024)  # bits: overlapping at hundreds of bits is being equal
SIDES: Final = {-1: "left", +1: "right"}
# How a mixed derivative is polarised: the factor of v in u + factor·v, and the side that is looked
# at. The last way swaps the parts of u and v: x|y| at 0 is the same function as |x|y, renamed.
WAYS: Final = ((1.0, 1), (-1.0, 1), (2.0, 1), (-1.0, -1))
LARGEST: Final = 400_000  # nodes × expansions at one point; a count, so that runs are deterministic


class Settled(Exception):  # noqa: N818 - carries an answer, no error
    """The outcome is known before the expansions are through."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Expansions:
    """The one-sided expansions of a program's outputs at one point, each made once."""

    graph: Graph
    at: AtPoint
    wrt: Sequence[object]  # the symbols of the differentiated inputs
    values: Sequence[int]  # the outputs' nodes in the program that `at` evaluates
    made: dict[tuple[Direction, int, int, int], list[Jet | Failed]]

    def outcome(self, form: Form, fmt: Format) -> Outcome:
        """Return what both sides together say of one component."""
        reason = ""
        for bits in RUNGS:
            try:
                with precision(bits):
                    return self._outcome(form, fmt, bits)
            except Settled as settled:
                return settled.outcome
            except Undecided as undecided:
                reason = str(undecided)
        return Outcome(status="undecided", reason=f"one-sided expansion: {reason}")

    def _outcome(self, form: Form, fmt: Format, bits: int) -> Outcome:
        left, right = (self._form(form, side, bits) for side in SIDES)
        # A mixed derivative must not depend on the directions that it was polarised from.
        ways = ((left, left[0]), (right, right[0]))
        if all(a.overlaps(first) for side, first in ways for a in side):
            return _compare(left[0], right[0], fmt)
        reason = "not twice differentiable: the second derivative depends on the direction"
        return Outcome(status="undefined", reason=reason)

    def _form(self, form: Form, side: int, bits: int) -> list[arb]:
        """Return the form's value on one side, in as many independent ways as there are."""
        totals = [arb(0)] * len(WAYS)
        for i, weight in form.weights:
            found = self._multilinear(i, form.along, side, bits)
            totals = [a + weight * b for a, b in zip(totals, found, strict=False)]
        return totals

    def _multilinear(
        self, output: int, along: tuple[Direction, ...], side: int, bits: int
    ) -> list[arb]:
        """Return D^k f[u_1, …, u_k] on one side; a mixed second one in as many ways as `WAYS`."""
        u = along[0]
        if all(direction == u for direction in along):
            return [self._pure(output, u, len(along), side, bits)]
        if len(along) != 2:
            raise Undecided("mixed third derivatives are not expanded at a breakpoint")
        v = along[1]
        uu, vv = (self._pure(output, d, 2, side, bits) for d in (u, v))
        ways = []
        for factor, turn in WAYS:
            both = add(u, v, factor)
            mixed = self._pure(output, both, 2, turn * side, bits) if both else arb(0)
            ways.append((mixed - uu - factor**2 * vv) / (2 * factor))
        return ways

    def _pure(self, output: int, u: Direction, order: int, side: int, bits: int) -> arb:
        """Return the one-sided derivative along u, if all below it agree from both sides."""
        value = self.at.value(self.values[output], bits)
        if isinstance(value, Failure):
            raise Undecided(value.reason)
        for k in range(order):
            left, right = self._both_sides(output, u, order, k, bits).values()
            if k == 0:
                _require_continuous(value, left, right)
            elif not left.overlaps(right):
                reason = f"the derivative of order {k} has a kink here: {_both(left, right)}"
                raise Settled(Outcome(status="undefined", reason=reason))
        return self._both_sides(output, u, order, order, bits)[side]

    def _both_sides(
        self, output: int, u: Direction, order: int, k: int, bits: int
    ) -> dict[int, arb]:
        """Return the k-th derivative by side; a side that settles it goes before a doubt."""
        found: dict[int, arb] = {}
        doubts: list[Undecided] = []
        for side in SIDES:
            try:
                found[side] = self._derivative(output, u, order, k, side, bits)
            except Undecided as doubt:
                doubts.append(doubt)
        if doubts:
            raise doubts[0]
        return found

    def _derivative(
        self, output: int, u: Direction, order: int, k: int, side: int, bits: int
    ) -> arb:
        try:
            return self._jets(u, order, side, bits)[output].derivative(k)
        except LeavesDomain as error:
            reason = f"on the {SIDES[side]} the function leaves its domain: {error}"
        except Infinite as error:
            what = "limit" if k == 0 else "derivative"
            reason = f"the {SIDES[side]} {what} is infinite: {error}"
        raise Settled(Outcome(status="undefined", reason=reason))

    def _jets(self, u: Direction, order: int, side: int, bits: int) -> list[Jet | Failed]:
        key = (u, order, side, bits)
        if key not in self.made:
            if len(self.made) * len(self.graph.nodes) > LARGEST:
                raise Undecided("too many inputs meet breakpoints here to expand along each")
            direction = {self.wrt[j]: arb(component) for j, component in u}
            self.made[key] = one_sided(self.graph, self.at.inputs, direction, order, side, bits)
        return self.made[key]


def _require_continuous(value: arb, left: arb, right: arb) -> None:
    if value.overlaps(left) and value.overlaps(right):
        return
    reason = f"discontinuous: {_both(left, right, 'limit')}, the value {value.str(6, radius=False)}"
    raise Settled(Outcome(status="undefined", reason=reason))


def _both(left: arb, right: arb, what: str = "one") -> str:
    ends = (left.str(6, radius=False), right.str(6, radius=False))
    return f"the left {what} is {ends[0]}, the right {ends[1]}"


def _compare(left: arb, right: arb, fmt: Format) -> Outcome:
    if not (is_certain(left, fmt) and is_certain(right, fmt)):
        raise Undecided(f"not certain: {_both(left, right)}")
    if left.overlaps(right):
        return Outcome(status="certified", ball=left, routes=("jets",))
    return Outcome(status="kink", left=left, right=right, routes=("jets",))
