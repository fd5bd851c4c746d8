"""Rising precision: a node's ball at one point, narrowed until it is certain in a format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flint import arb

from diffcheck.floats import Format
from diffcheck.truth.evaluate import Evaluation
from diffcheck.truth.failures import Failure
from diffcheck.truth.graph import Absent, Node

LADDER: Final = (64, 128, 256, 512, 1024, 2048, 4096)
GUARD_BITS: Final = 20


class AtPoint:
    """The evaluations of one growing program at one point, one for each precision."""

    def __init__(self, nodes: Sequence[Node], inputs: Mapping[Any, arb]) -> None:
        self.nodes = nodes
        self.inputs = inputs
        self._evaluations: dict[int, Evaluation] = {}

    def evaluation(self, bits: int) -> Evaluation:
        """Return the evaluation at `bits` bits, begun at the first call."""
        if bits not in self._evaluations:
            self._evaluations[bits] = Evaluation(self.nodes, self.inputs, bits)
        return self._evaluations[bits]

    def value(self, node: int | None, bits: int) -> arb | Failure:
        """Return the ball of a node; a structural zero and an absent branch are exactly 0."""
        value = arb(0) if node is None else self.evaluation(bits).value(node)
        return arb(0) if isinstance(value, Absent) else value


def ladder(fmt: Format) -> tuple[int, ...]:
    """Return the precisions worth trying for a format."""
    return tuple(bits for bits in LADDER if bits >= fmt.precision + GUARD_BITS)


def is_certain(ball: arb, fmt: Format) -> bool:
    """Whether the ball rounds to one float and its radius is below 2^-20 ulp; 0 must be exact."""
    if ball.is_zero():
        return True
    if not ball.is_finite() or ball.contains(0):
        return False
    mantissa, power = (int(part) for part in ball.mid().man_exp())
    exponent = mantissa.bit_length() - 1 + power
    grid = fmt.ulp_exponent(exponent)
    radius = ball.rad()
    if radius >= arb((1, grid - GUARD_BITS)):
        return False
    # Far out of range every number rounds to infinity or 0; it must not be written out in full.
    if radius.is_zero() or exponent > fmt.emax + 1 or exponent < grid - 2:
        return True
    return radius < _to_midpoint(abs(mantissa), power, grid)


def _to_midpoint(mantissa: int, power: int, grid: int) -> arb:
    """Return the distance of mantissa·2^power from the nearest midpoint of numbers k·2^grid."""
    shift = grid - power
    if shift <= 0:
        return arb((1, grid - 1))
    beyond = mantissa & ((1 << shift) - 1)
    return arb((abs(beyond - (1 << (shift - 1))), power))


def nearest_midpoint(ball: arb, fmt: Format) -> arb | None:
    """Return the multiple of ulp/2 inside a narrow ball, 0 if the ball is around 0, else None."""
    if ball.contains(0):
        return arb(0)
    mantissa, power = (int(part) for part in ball.mid().man_exp())
    half = fmt.ulp_exponent(mantissa.bit_length() - 1 + power) - 1
    if ball.rad() >= arb((1, half - GUARD_BITS)) or half <= power:
        return None
    number = arb(((mantissa + (1 << (half - power - 1))) >> (half - power), half))
    return number if ball.contains(number) else None
