"""The truth of a case: certified outcomes of every quantity at a point."""

from __future__ import annotations

import numpy as np
from flint import arb

from diffcheck.balls import exact, precision
from diffcheck.case import Case, Point, Quantity, build_definition
from diffcheck.case.quantities import directions
from diffcheck.floats import Format
from diffcheck.truth.builder import Builder
from diffcheck.truth.certify import AtPoint, is_certain, ladder
from diffcheck.truth.derivatives import Derivatives
from diffcheck.truth.expressions import insert_program
from diffcheck.truth.failures import Failure
from diffcheck.truth.formula import definition_latex, derivatives_latex
from diffcheck.truth.labels import component_names, input_names, labels
from diffcheck.truth.outcomes import Outcome


class Truth:
    """What is exactly true of a case's function: values, derivatives, conditions.

    Raises `CaseError` if the case's definition cannot be built.

    >>> from diffcheck import Case, real, sym
    >>> from diffcheck.case import Quantity
    >>> case = Case(lambda x: sym.exp(x), programs=lambda xp, x: xp.exp(x),
    ...             inputs={"x": real(-1, 1)})
    >>> Truth(case).labels(Quantity("gradient", 1, 1))
    ['df/dx']
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.definition = build_definition(case)
        self.builder = Builder()
        self._symbols = {
            name: list(np.asarray(self.definition.symbols[name], dtype=object).flat)
            for name in case.inputs
        }
        symbols = [s for entries in self._symbols.values() for s in entries]
        outputs = insert_program(
            self.builder, symbols, self.definition.outputs, self.definition.assignments
        )
        self._all_inputs = [self.builder.input(s) for s in symbols]
        wrt = [self.builder.input(s) for name in case.wrt for s in self._symbols[name]]
        self.m, self.n = len(outputs), len(wrt)
        v, w = directions(case.name, self.m, self.n)
        self.programs = Derivatives(self.builder, outputs, wrt, list(v), list(w))
        self._points: dict[tuple[tuple[float, ...], ...], AtPoint] = {}

    @property
    def output_shape(self) -> tuple[int, ...]:
        """The shape of the definition's value."""
        return self.definition.output_shape

    def labels(self, quantity: Quantity) -> list[str]:
        """Return the names of the quantity's components, in C order."""
        return labels(quantity, component_names("f", self.output_shape), input_names(self.case))

    def outcomes(self, quantity: Quantity, point: Point, fmt: Format) -> list[Outcome]:
        """Return one outcome per component, in C order, certain in the format."""
        at = self._at(point)
        return [self._outcome(at, node, fmt) for node in self.programs.of(quantity)]

    def _outcome(self, at: AtPoint, node: int | None, fmt: Format) -> Outcome:
        reason = ""
        for bits in ladder(fmt):
            ball = at.value(node, bits)
            if isinstance(ball, Failure):
                reason = ball.reason
                if ball.kind == "undefined":
                    return Outcome(status="undefined", reason=reason)
                if ball.kind == "unsupported":
                    return Outcome(status="undecided", reason=reason)
            elif is_certain(ball, fmt):
                return Outcome(status="certified", ball=ball, routes=("accumulate",))
            else:
                reason = f"not certain at {bits} bits: {ball.str(8)}"
        return Outcome(status="undecided", reason=reason)

    def condition(self, quantity: Quantity, component: int, point: Point) -> float:
        """Return κ = Σ_j |x_j ∂_j q| / |q| over all inputs, inf where q = 0."""
        at = self._at(point)
        node = self.programs.of(quantity)[component]
        q = at.value(node, 128)
        size = 0.0 if isinstance(q, Failure) else abs(float(q.mid()))
        sensitivity = self.sensitivity(quantity, component, point)
        return sensitivity / size if size else float("inf")

    def sensitivity(self, quantity: Quantity, component: int, point: Point) -> float:
        """Return Σ_j |x_j ∂_j q| over all inputs, data included; NaN where a derivative fails."""
        at = self._at(point)
        node = self.programs.of(quantity)[component]
        slopes = self.programs.slopes(node, self._all_inputs)
        total = arb(0)
        for x, slope in zip(self._all_inputs, slopes, strict=True):
            ball = at.value(slope, 128)
            if isinstance(ball, Failure):
                return float("nan")
            with precision(128):
                total = total + abs(at.inputs[self.builder.nodes[x].payload] * ball)
        return float(total.mid())

    def formula(self) -> str:
        """Return the definition as LaTeX."""
        return definition_latex(self.definition)

    def derivatives(self) -> list[tuple[str, str]]:
        """Return the first derivatives as (label, LaTeX), those that are short enough to read."""
        wrt = [s for name in self.case.wrt for s in self._symbols[name]]
        return derivatives_latex(self.definition, wrt)

    def _at(self, point: Point) -> AtPoint:
        key = tuple(tuple(np.ravel(point.values[name]).tolist()) for name in self.case.inputs)
        if key not in self._points:
            self._points.clear()  # the points of a case come one after another
            inputs = {}
            for name, symbols in self._symbols.items():
                for symbol, x in zip(symbols, np.ravel(point.values[name]), strict=True):
                    inputs[symbol] = exact(float(x))
            self._points[key] = AtPoint(self.builder.nodes, inputs)
        return self._points[key]
