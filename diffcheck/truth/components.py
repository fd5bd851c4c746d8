"""Each component of a quantity as a form: a weighted sum of directional derivatives of outputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from diffcheck.case import Quantity

Direction = tuple[tuple[int, float], ...]  # sparse: (input, component)


@dataclass(frozen=True, slots=True)
class Form:
    """Σ_i weight_i D^k f_i [u_1, …, u_k]: `weights` are (output, weight), `along` the k directions.

    A Jacobian's entry is ((i, 1),) along (e_j,); an HVP's is w along (e_j, v).
    """

    weights: tuple[tuple[int, float], ...]
    along: tuple[Direction, ...]

    @property
    def inputs(self) -> frozenset[int]:
        """The inputs that any of the directions moves."""
        return frozenset(j for direction in self.along for j, _ in direction)


def forms(quantity: Quantity, v: Sequence[float], w: Sequence[float]) -> list[Form]:
    """Return the form of each component, in C order.

    >>> forms(Quantity("jvp", 1, 2), [0.5, -1.0], [1.0])[0].along
    (((0, 0.5), (1, -1.0)),)
    """
    return FORMS[quantity.kind](quantity, _dense(v), _dense(w))


def _dense(v: Sequence[float]) -> Direction:
    return tuple((j, float(component)) for j, component in enumerate(v))


def unit(j: int) -> Direction:
    """Return the direction of one input."""
    return ((j, 1.0),)


def _derivatives(quantity: Quantity, v: Direction, w: Direction) -> list[Form]:
    del v, w
    found = [Form(unit(i), ()) for i in range(quantity.m)]
    for _ in range(quantity.order):
        found = [Form(f.weights, (*f.along, unit(j))) for f in found for j in range(quantity.n)]
    return found


def _jvp(quantity: Quantity, v: Direction, w: Direction) -> list[Form]:
    del w
    return [Form(unit(i), (v,)) for i in range(quantity.m)]


def _vjp(quantity: Quantity, v: Direction, w: Direction) -> list[Form]:
    del v
    return [Form(w, (unit(j),)) for j in range(quantity.n)]


def _hvp(quantity: Quantity, v: Direction, w: Direction) -> list[Form]:
    return [Form(w, (unit(j), v)) for j in range(quantity.n)]


FORMS: Final[dict[str, Callable[[Quantity, Direction, Direction], list[Form]]]] = {
    "value": _derivatives,
    "gradient": _derivatives,
    "jacobian": _derivatives,
    "hessian": _derivatives,
    "third": _derivatives,
    "jvp": _jvp,
    "vjp": _vjp,
    "hvp": _hvp,
}


def add(a: Direction, b: Direction, factor: float = 1.0) -> Direction:
    """Return a + factor·b, without the components that cancel."""
    total = dict(a)
    for j, component in b:
        total[j] = total.get(j, 0.0) + factor * component
    return tuple(sorted((j, c) for j, c in total.items() if c != 0.0))
