"""The truth of a function of arrays: an accumulation over whole arrays, certified in balls.

The cost is that of the program, some microseconds for each element of each operation, whatever the
count of inputs: no expression is ever written out element by element.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from flint import arb

from diffcheck.balls import precision
from diffcheck.case import Case, Point, Quantity
from diffcheck.case.quantities import directions
from diffcheck.floats import Format
from diffcheck.truth.arrays.evaluate import Evaluation
from diffcheck.truth.arrays.form import Arrays
from diffcheck.truth.arrays.sweeps import forward, reverse
from diffcheck.truth.certify import is_certain
from diffcheck.truth.core import Truth
from diffcheck.truth.labels import component_names, input_names, labels
from diffcheck.truth.outcomes import Outcome

PRECISIONS: Final = (128, 256, 512, 1024)  # bits
Flat = list[tuple[int, int] | None]  # node and element of each component; None is exactly 0


@dataclass(frozen=True, slots=True, eq=False)
class ArrayDefinition:
    """A definition as a program of array operations; `inputs` and `outputs` are its nodes.

    `names` are those of the components of the differentiated inputs, where they have others than
    their places; `output` is what the value is called.
    """

    arrays: Arrays
    inputs: Mapping[str, int]
    outputs: Sequence[int]
    names: Sequence[str] = ()
    output: str = "f"

    def __call__(self, **_symbols: Any) -> Any:
        raise NotImplementedError("a program of arrays is not written out in symbols")


@dataclass(slots=True)
class ArrayTruth:
    """What is exactly true of a case whose definition is an `ArrayDefinition`.

    Its methods are those of `Truth`. There is one route, and no one-sided expansion: at a kink the
    answer is `undecided`. Smooth components beside one keep their truth.
    """

    case: Case
    definition: ArrayDefinition
    _nodes: dict[Quantity, Flat] = field(default_factory=dict)
    _at: dict[tuple[bytes, ...], dict[int, Evaluation]] = field(default_factory=dict)

    @property
    def arrays(self) -> Arrays:
        return self.definition.arrays

    @property
    def output_shape(self) -> tuple[int, ...]:
        """The shape of the definition's value: several outputs are one vector."""
        outputs = self.definition.outputs
        return self.arrays.shape(outputs[0]) if len(outputs) == 1 else (self.m,)

    @property
    def m(self) -> int:
        """The count of the outputs' numbers."""
        return sum(self.arrays.nodes[y].size for y in self.definition.outputs)

    @property
    def n(self) -> int:
        """The count of the differentiated inputs' numbers."""
        return sum(self.arrays.nodes[x].size for x in self._wrt)

    @property
    def _wrt(self) -> list[int]:
        return [self.definition.inputs[name] for name in self.case.wrt]

    def labels(self, quantity: Quantity) -> list[str]:
        """Return the names of the quantity's components, in C order."""
        names = list(self.definition.names) or input_names(self.case)
        return labels(quantity, component_names(self.definition.output, self.output_shape), names)

    def outcomes(self, quantity: Quantity, point: Point, fmt: Format) -> list[Outcome]:
        """Return one outcome per component, in C order, certain in the format."""
        found: list[Outcome | None] = [None] * quantity.size
        for bits in PRECISIONS:
            at = self._evaluation(point, bits)
            for k, place in enumerate(self._components(quantity)):
                if found[k] is None:
                    found[k] = _outcome(at, place, fmt, last=bits == PRECISIONS[-1])
            if None not in found:
                break
        return [outcome for outcome in found if outcome is not None]

    def sensitivity(self, quantity: Quantity, component: int, point: Point) -> float:
        """Return Σ_j |x_j ∂_j q| over all inputs, data included; NaN where a derivative fails."""
        place = self._components(quantity)[component]
        if place is None:
            return 0.0
        node, element = place
        arrays = self.arrays
        q = arrays.take(np.asarray(element), node)
        inputs = list(self.definition.inputs.values())
        slopes = reverse(arrays, {q: arrays.constant(np.ones(()))}, inputs)
        at = self._evaluation(point, PRECISIONS[0])
        total = arb(0)
        for x, slope in zip(inputs, slopes, strict=True):
            if slope is not None:
                values, slopes_at = at.value(x).reshape(-1), at.value(slope).reshape(-1)
                with precision(PRECISIONS[0]):
                    total += sum(
                        (abs(a * b) for a, b in zip(values, slopes_at, strict=True)), arb(0)
                    )
        return float(total.mid()) if total.is_finite() else float("nan")

    def formula(self) -> str:
        """Return no LaTeX: a program of arrays is no formula to read."""
        return ""

    def derivatives(self) -> list[tuple[str, str]]:
        """Return none, for the same reason."""
        return []

    def _components(self, quantity: Quantity) -> Flat:
        if quantity not in self._nodes:
            self._nodes[quantity] = self._made(quantity)
        return self._nodes[quantity]

    def _made(self, quantity: Quantity) -> Flat:
        makers: dict[str, Callable[[], Flat]] = {
            "value": lambda: self._flat(self.definition.outputs),
            "gradient": lambda: self._flat(self._gradient(self._unit_seeds()), self._wrt),
            "jacobian": self._jacobian,
            "jvp": lambda: self._flat(
                forward(self.arrays, self.definition.outputs, self._direction()),
                self.definition.outputs,
            ),
            "vjp": lambda: self._flat(self._gradient(self._weights()), self._wrt),
            "hvp": self._hvp,
            "hessian": lambda: self._repeated(2),
            "third": lambda: self._repeated(3),
        }
        return makers[quantity.kind]()

    def _flat(self, nodes: Sequence[int | None], like: Sequence[int] | None = None) -> Flat:
        """Return the elements of nodes in C order; `like` gives the sizes of those that are 0."""
        sizes = [self.arrays.nodes[i].size for i in like or [i for i in nodes if i is not None]]
        return [
            None if node is None else (node, k)
            for node, size in zip(nodes, sizes, strict=True)
            for k in range(size)
        ]

    def _gradient(self, seeds: Mapping[int, int]) -> list[int | None]:
        return reverse(self.arrays, seeds, self._wrt)

    def _unit_seeds(self) -> dict[int, int]:
        return {
            y: self.arrays.constant(np.ones(self.arrays.shape(y))) for y in self.definition.outputs
        }

    def _weights(self) -> dict[int, int]:
        _, w = directions(self.case.name, self.m, self.n)
        return dict(
            zip(self.definition.outputs, self._split(w, self.definition.outputs), strict=True)
        )

    def _direction(self) -> dict[int, int]:
        v, _ = directions(self.case.name, self.m, self.n)
        return dict(zip(self._wrt, self._split(v, self._wrt), strict=True))

    def _split(self, flat: Any, like: Sequence[int]) -> list[int]:
        sizes = [self.arrays.nodes[i].size for i in like]
        parts = np.split(flat, np.cumsum(sizes)[:-1])
        return [
            self.arrays.constant(part.reshape(self.arrays.shape(i)))
            for part, i in zip(parts, like, strict=True)
        ]

    def _elements(self, nodes: Flat) -> list[int | None]:
        """Return each component as a node of its own."""
        return [None if p is None else self.arrays.take(np.asarray(p[1]), p[0]) for p in nodes]

    def _slopes(self, node: int | None) -> Flat:
        if node is None:
            return [None] * self.n
        one = self.arrays.constant(np.ones(()))
        return self._flat(self._gradient({node: one}), self._wrt)

    def _jacobian(self) -> Flat:
        rows = self._elements(self._flat(self.definition.outputs))
        return [place for row in rows for place in self._slopes(row)]

    def _repeated(self, order: int) -> Flat:
        """Return all derivatives of an order; for few inputs."""
        found = self._flat(self.definition.outputs)
        for _ in range(order):
            found = [place for node in self._elements(found) for place in self._slopes(node)]
        return found

    def _hvp(self) -> Flat:
        gradient = self._gradient(self._weights())
        present = [g for g in gradient if g is not None]
        moved = dict(zip(present, forward(self.arrays, present, self._direction()), strict=True))
        return self._flat([None if g is None else moved[g] for g in gradient], self._wrt)

    def _evaluation(self, point: Point, bits: int) -> Evaluation:
        key = tuple(np.asarray(point.values[name]).tobytes() for name in self.case.inputs)
        if key not in self._at:
            self._at.clear()  # the points of a case come one after another
            self._at[key] = {}
        if bits not in self._at[key]:
            self._at[key][bits] = Evaluation(self.arrays, point.values, bits)
        return self._at[key][bits]


def _outcome(
    at: Evaluation, place: tuple[int, int] | None, fmt: Format, *, last: bool
) -> Outcome | None:
    """Return what is known of a component at this precision, None where more may tell."""
    ball = arb(0) if place is None else at.value(place[0]).reshape(-1)[place[1]]
    if is_certain(ball, fmt):
        return Outcome(status="certified", ball=ball, routes=("accumulate",))
    if not last:
        return None
    reason = "; ".join(dict.fromkeys(at.reasons)) or f"not certain at {at.bits} bits: {ball.str(8)}"
    return Outcome(status="undecided", reason=reason)


def truth_of(case: Case) -> Truth | ArrayTruth:
    """Return the truth of a case, by the kind of its definition."""
    if isinstance(case.definition, ArrayDefinition):
        return ArrayTruth(case, case.definition)
    return Truth(case)
