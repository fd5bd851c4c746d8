"""The diff route: SymPy differentiates the whole closed expression, input by input.

Independent of the sweeps, and so their cross-check, wherever it fits within a count of operations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sympy

from diffcheck.case import Definition
from diffcheck.truth.builder import Builder
from diffcheck.truth.components import Form
from diffcheck.truth.expressions import insert

LARGEST: Final = 2000  # operations × inputs^order; a count, so that runs are deterministic


class DiffRoute:
    """The derivatives of a case's outputs by `sympy.diff`, as nodes of the builder."""

    def __init__(
        self, builder: Builder, definition: Definition, outputs: Sequence[int], inputs: list[Any]
    ) -> None:
        self.builder = builder
        self.definition = definition
        self.inputs = inputs
        self.environment = {symbol: builder.input(symbol) for symbol in builder.inputs}
        self.sizes = tree_sizes(builder, outputs)
        self._closed: dict[int, Any] = {}
        self._derivatives: dict[tuple[int, tuple[int, ...]], tuple[Any, int]] = {}

    def node(self, form: Form) -> int | None:
        """Return the node of a component, None where the route would cost too much."""
        order = len(form.along)
        size = sum(self.sizes[i] for i, _ in form.weights)
        if order == 0 or size * len(self.inputs) ** order > LARGEST:
            return None
        terms = []
        for i, weight in form.weights:
            for indices, factor in _expand(form, weight):
                number = self.builder.constant(sympy.Rational(factor))
                terms.append(self.builder.multiply([number, self._derivative(i, indices)[1]]))
        return self.builder.apply_sum(terms)

    def expression(self, output: int, index: int) -> Any | None:
        """Return the first derivative of an output, None where it would cost too much."""
        if self.sizes[output] * len(self.inputs) > LARGEST:
            return None
        return self._derivative(output, (index,))[0]

    def _derivative(self, output: int, indices: tuple[int, ...]) -> tuple[Any, int]:
        key = (output, tuple(sorted(indices)))
        if key not in self._derivatives:
            *rest, last = key[1]
            inner = self._derivative(output, tuple(rest))[0] if rest else self.closed(output)
            expression = sympy.diff(inner, self.inputs[last])
            node = insert(self.builder, expression, self.environment)
            self._derivatives[key] = (expression, node)
        return self._derivatives[key]

    def closed(self, output: int) -> Any:
        """Return an output as one expression of the inputs, its assignments put in."""
        if output not in self._closed:
            values: dict[Any, Any] = {}
            for symbol, expression in self.definition.assignments:
                values[symbol] = expression.xreplace(values)
            self._closed[output] = self.definition.outputs[output].xreplace(values)
        return self._closed[output]


def _expand(form: Form, weight: float) -> list[tuple[tuple[int, ...], float]]:
    """Return the partial derivatives of a form along directions, with their factors."""
    found: list[tuple[tuple[int, ...], float]] = [((), weight)]
    for direction in form.along:
        found = [((*js, j), f * component) for js, f in found for j, component in direction]
    return found


def tree_sizes(builder: Builder, outputs: Sequence[int]) -> Mapping[int, int]:
    """Return, for each output's position, the operations of its expression written out in full."""
    sizes: dict[int, int] = {}
    for i in sorted(builder.ancestors(tuple(outputs))):
        sizes[i] = 1 + sum(sizes[a] for a in builder.nodes[i].args)
    return {position: sizes[node] for position, node in enumerate(outputs)}
