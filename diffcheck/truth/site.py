"""One point of a case: what its breakpoints touch, and the outcome of each component."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from flint import arb

from diffcheck.floats import Format
from diffcheck.truth.breakpoints import breakpoints, reached
from diffcheck.truth.certify import AtPoint, is_certain, ladder, nearest_midpoint
from diffcheck.truth.components import Form
from diffcheck.truth.failures import Failure
from diffcheck.truth.onesided import Expansions
from diffcheck.truth.outcomes import Outcome, Status
from diffcheck.truth.residues import Residues

ENOUGH: Final = 256  # bits; a ball still open there may hide an exact number
Touched = Mapping[int, frozenset[int]]  # output -> inputs that reach it through a breakpoint


@dataclass(frozen=True, slots=True)
class Component:
    """One component of a quantity: its form, and its nodes by the two routes (None: exactly 0)."""

    form: Form
    node: int | None
    diff: int | None


@dataclass(frozen=True, slots=True)
class Site:
    """A point of a case with everything that was computed there."""

    at: AtPoint
    outputs: Sequence[int]
    inputs: Sequence[int]
    suspects: Sequence[int]
    expansions: Expansions
    _touched: dict[int, tuple[Touched, Touched]] = field(default_factory=dict)
    _residues: dict[int, Residues] = field(default_factory=dict)

    def value(self, component: Component, fmt: Format) -> Outcome:
        """Return the outcome of a component of the value."""
        return self._climb(component, fmt)

    def derivative(self, component: Component, fmt: Format) -> Outcome:
        """Return the outcome of a component of a derivative."""
        outside = self._outside(component.form, fmt)
        return outside or self._climb(component, fmt)

    def _outside(self, form: Form, fmt: Format) -> Outcome | None:
        """Return why there is no derivative where the function itself is not defined."""
        for i, _ in form.weights:
            for bits in ladder(fmt):
                value = self.at.value(self.outputs[i], bits)
                if not isinstance(value, Failure):
                    break
                if value.kind == "undefined":
                    reason = f"the function is not defined here: {value.reason}"
                    return Outcome(status="undefined", reason=reason)
        return None

    def _climb(self, component: Component, fmt: Format) -> Outcome:
        """Raise the precision until the outcome is certain."""
        form, reason = component.form, ""
        for bits in ladder(fmt):
            if form.along:
                may, are = self._breakpoints(bits)
                if _touches(are, form):
                    return self.expansions.outcome(form, fmt)
                if _touches(may, form):
                    reason = f"a breakpoint is too near to tell at {bits} bits"
                    continue
            ball = self.at.value(component.node, bits)
            if isinstance(ball, Failure):
                if ball.kind != "undecided":
                    return self._failed(form, ball, fmt)
                reason = ball.reason
            elif is_certain(ball, fmt):
                return self._cross_checked(ball, component.diff, bits, fmt)
            elif (
                bits >= ENOUGH and (number := self._hidden(component, ball, bits, fmt)) is not None
            ):
                return Outcome(status="certified", ball=number, routes=("accumulate", "modular"))
            else:
                doubt = "cannot be told from 0" if ball.contains(0) else "not certain"
                reason = f"{doubt} at {bits} bits: {ball.str(8)}"
        return Outcome(status="undecided", reason=reason)

    def _hidden(self, component: Component, ball: arb, bits: int, fmt: Format) -> arb | None:
        """Return the 0 or midpoint in a component's ball if that is what it is identically."""
        node, number = component.node, nearest_midpoint(ball, fmt)
        if node is None or number is None:
            return None
        if bits not in self._residues:
            self._residues[bits] = Residues(self.at.evaluation(bits))
        return number if self._residues[bits].equals(node, number) else None

    def _failed(self, form: Form, failure: Failure, fmt: Format) -> Outcome:
        """Answer where a formula fails: of a value that is final, a derivative may exist still."""
        if not form.along:
            status: Status = "undefined" if failure.kind == "undefined" else "undecided"
            return Outcome(status=status, reason=failure.reason)
        outcome = self.expansions.outcome(form, fmt)
        if outcome.status != "undecided":
            return outcome
        return Outcome(status="undecided", reason=f"{failure.reason}; {outcome.reason}")

    def _cross_checked(self, ball: arb, diff: int | None, bits: int, fmt: Format) -> Outcome:
        """Certify a ball that the diff route, where it has an answer, does not contradict."""
        other = Failure("unsupported", "") if diff is None else self.at.value(diff, bits)
        if isinstance(other, Failure):
            return Outcome(status="certified", ball=ball, routes=("accumulate",))
        if not other.overlaps(ball):
            reason = f"the two routes disagree: accumulate {ball.str(12)}, diff {other.str(12)}"
            return Outcome(status="undecided", reason=reason)
        agreed = ("accumulate", "diff") if is_certain(other, fmt) else ("accumulate",)
        return Outcome(status="certified", ball=ball, routes=agreed)

    def _breakpoints(self, bits: int) -> tuple[Touched, Touched]:
        """Return what breakpoints may touch, and what they certainly touch, at this precision."""
        if bits not in self._touched:
            for output in self.outputs:
                self.at.value(output, bits)
            evaluation = self.at.evaluation(bits)
            found = breakpoints(evaluation, self.suspects) if self.suspects else None
            if found is None or not found.may:
                self._touched[bits] = ({}, {})
            else:
                self._touched[bits] = (
                    self._trace(bits, found.may, found.may),
                    self._trace(bits, found.are, found.may),
                )
        return self._touched[bits]

    def _trace(self, bits: int, nodes: frozenset[int], crossing: frozenset[int]) -> Touched:
        """Follow the changes from the inputs through the nodes to the outputs."""
        evaluation = self.at.evaluation(bits)
        position = {node: j for j, node in enumerate(self.inputs)}
        below = {b: reached(evaluation, b, crossing) & position.keys() for b in nodes}
        touched: dict[int, frozenset[int]] = {}
        for i, output in enumerate(self.outputs):
            through = reached(evaluation, output, crossing) & nodes
            touched[i] = frozenset(position[x] for b in through for x in below[b])
        return touched


def _touches(touched: Touched, form: Form) -> bool:
    nothing: frozenset[Any] = frozenset()
    return any(touched.get(i, nothing) & form.inputs for i, _ in form.weights)
