"""The truth of a case: certified outcomes of every quantity at a point."""

from __future__ import annotations

import numpy as np
from flint import arb

from diffcheck.balls import exact, precision
from diffcheck.case import Case, Point, Quantity, build_definition
from diffcheck.case.quantities import directions
from diffcheck.floats import Format
from diffcheck.truth.breakpoints import suspects
from diffcheck.truth.builder import Builder
from diffcheck.truth.certify import AtPoint
from diffcheck.truth.components import forms
from diffcheck.truth.derivatives import Derivatives
from diffcheck.truth.expressions import insert_program
from diffcheck.truth.failures import Failure
from diffcheck.truth.formula import definition_latex, derivatives_latex
from diffcheck.truth.labels import component_names, input_names, labels
from diffcheck.truth.onesided import Expansions
from diffcheck.truth.outcomes import Outcome
from diffcheck.truth.site import Component, Site
from diffcheck.truth.symbolic import DiffRoute


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
        self._wrt = [s for name in case.wrt for s in self._symbols[name]]
        wrt = [self.builder.input(s) for s in self._wrt]
        self.m, self.n = len(outputs), len(wrt)
        v, w = directions(case.name, self.m, self.n)
        self.graph = self.builder.graph(outputs)
        self.programs = Derivatives(self.builder, outputs, wrt, v.tolist(), w.tolist())
        self.diff = DiffRoute(self.builder, self.definition, outputs, self._wrt)
        self._suspects = suspects(self.builder, outputs)
        self._found: dict[Quantity, list[Component]] = {}
        self._sites: dict[tuple[tuple[float, ...], ...], Site] = {}

    @property
    def output_shape(self) -> tuple[int, ...]:
        """The shape of the definition's value."""
        return self.definition.output_shape

    def labels(self, quantity: Quantity) -> list[str]:
        """Return the names of the quantity's components, in C order."""
        return labels(quantity, component_names("f", self.output_shape), input_names(self.case))

    def outcomes(self, quantity: Quantity, point: Point, fmt: Format) -> list[Outcome]:
        """Return one outcome per component, in C order, certain in the format."""
        site = self.site(point)
        settle = site.derivative if quantity.order else site.value
        return [settle(component, fmt) for component in self.components(quantity)]

    def components(self, quantity: Quantity) -> list[Component]:
        """Return the quantity's components with their derivative programs, made once."""
        if quantity not in self._found:
            nodes = self.programs.of(quantity)
            shapes = forms(quantity, self.programs.v, self.programs.w)
            self._found[quantity] = [
                Component(form, node, self.diff.node(form))
                for form, node in zip(shapes, nodes, strict=True)
            ]
        return self._found[quantity]

    def condition(self, quantity: Quantity, component: int, point: Point) -> float:
        """Return κ = Σ_j |x_j ∂_j q| / |q| over all inputs, inf where q = 0."""
        at = self.site(point).at
        node = self.programs.of(quantity)[component]
        q = at.value(node, 128)
        size = 0.0 if isinstance(q, Failure) else abs(float(q.mid()))
        sensitivity = self.sensitivity(quantity, component, point)
        return sensitivity / size if size else float("inf")

    def sensitivity(self, quantity: Quantity, component: int, point: Point) -> float:
        """Return Σ_j |x_j ∂_j q| over all inputs, data included; NaN where a derivative fails."""
        at = self.site(point).at
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
        return derivatives_latex(self.definition, self._wrt)

    def site(self, point: Point) -> Site:
        """Return what was computed at a point; the last one is kept."""
        key = tuple(tuple(np.ravel(point.values[name]).tolist()) for name in self.case.inputs)
        if key not in self._sites:
            self._sites.clear()  # the points of a case come one after another
            self._sites[key] = self._new_site(point)
        return self._sites[key]

    def _new_site(self, point: Point) -> Site:
        inputs = {}
        for name, symbols in self._symbols.items():
            for symbol, x in zip(symbols, np.ravel(point.values[name]), strict=True):
                inputs[symbol] = exact(float(x))
        at = AtPoint(self.builder.nodes, inputs)
        outputs = self.programs.outputs
        expansions = Expansions(self.graph, at, self._wrt, outputs, {})
        return Site(at, outputs, self.programs.inputs, self._suspects, expansions)
