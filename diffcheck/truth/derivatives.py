"""The derivative programs of a case: for each quantity, one node per component."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sympy

from diffcheck.case import Quantity
from diffcheck.case.quantities import Kind
from diffcheck.truth.builder import Builder
from diffcheck.truth.sweeps import forward, reverse

Nodes = tuple[int | None, ...]


class Derivatives:
    """All quantities of a program with outputs y and inputs x, appended to one builder on demand.

    `v` and `w` are the directions of the JVP and HVP and of the VJP and HVP.
    """

    def __init__(
        self,
        builder: Builder,
        outputs: Sequence[int],
        inputs: Sequence[int],
        v: Sequence[float],
        w: Sequence[float],
    ) -> None:
        self.builder = builder
        self.outputs = tuple(outputs)
        self.inputs = tuple(inputs)
        self.v = v
        self.w = w
        self._found: dict[Quantity, Nodes] = {}

    def of(self, quantity: Quantity) -> Nodes:
        """Return the nodes of a quantity's components, in C order; None is a structural zero."""
        if quantity not in self._found:
            makers: dict[Kind, Callable[[], Nodes]] = {
                "value": self._value,
                "gradient": self._jacobian,
                "jacobian": self._jacobian,
                "jvp": self._jvp,
                "vjp": self._vjp,
                "hessian": self._hessian,
                "hvp": self._hvp,
                "third": self._third,
            }
            self._found[quantity] = makers[quantity.kind]()
        return self._found[quantity]

    def slopes(self, node: int | None, inputs: Sequence[int]) -> Nodes:
        """Return the derivatives of one node in the given inputs."""
        if node is None:
            return (None,) * len(inputs)
        return reverse(self.builder, {node: self.builder.one}, inputs)

    def _value(self) -> Nodes:
        return self.outputs

    def _jacobian(self) -> Nodes:
        return tuple(g for y in self.outputs for g in self.slopes(y, self.inputs))

    def _jvp(self) -> Nodes:
        return forward(self.builder, self.outputs, self._direction())

    def _vjp(self) -> Nodes:
        """Return J^T w; equal outputs are one node, so their weights are added."""
        weights: dict[int, float] = {}
        for y, weight in zip(self.outputs, self.w, strict=True):
            weights[y] = weights.get(y, 0.0) + float(weight)
        seeds = {y: self._constant(weight) for y, weight in weights.items()}
        return reverse(self.builder, seeds, self.inputs)

    def _hessian(self) -> Nodes:
        """Return every row; the halves below the diagonal are the same nodes as those above."""
        n = len(self.inputs)
        found: list[int | None] = []
        for y in self.outputs:
            rows = [self.slopes(g, self.inputs) for g in self.slopes(y, self.inputs)]
            found += [rows[min(j, k)][max(j, k)] for j in range(n) for k in range(n)]
        return tuple(found)

    def _hvp(self) -> Nodes:
        return forward(self.builder, self._vjp(), self._direction())

    def _third(self) -> Nodes:
        return tuple(t for h in self._hessian() for t in self.slopes(h, self.inputs))

    def _direction(self) -> dict[int, int]:
        pairs = zip(self.inputs, self.v, strict=True)
        return {x: self._constant(float(component)) for x, component in pairs}

    def _constant(self, number: float) -> int:
        return self.builder.constant(sympy.Rational(number))
