"""Names of components, in the case's own names of its inputs: `d2f/dw db`, `df[1]/dW[0,3]`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from math import prod
from typing import Final

import numpy as np

from diffcheck.case import Case, Quantity


def component_names(name: str, shape: tuple[int, ...]) -> list[str]:
    """Return the names of an array's components in C order, the bare name for a scalar.

    >>> component_names("W", (1, 2))
    ['W[0,0]', 'W[0,1]']
    """
    if not shape:
        return [name]
    return [f"{name}[{','.join(map(str, index))}]" for index in np.ndindex(shape)]


def input_names(case: Case) -> list[str]:
    """Return the names of all components of the differentiated inputs."""
    return [n for name in case.wrt for n in component_names(name, case.inputs[name].shape)]


def labels(quantity: Quantity, outputs: Sequence[str], inputs: Sequence[str]) -> list[str]:
    """Return the label of each component, in C order.

    >>> labels(Quantity("hessian", 1, 2), ["f"], ["w", "b"])
    ['d2f/dw2', 'd2f/dw db', 'd2f/db dw', 'd2f/db2']
    """
    found = LABELS[quantity.kind](outputs, inputs)
    assert len(found) == prod(quantity.shape)
    return found


def _partials(outputs: Sequence[str], inputs: Sequence[str], order: int) -> list[str]:
    head = "d" if order == 1 else f"d{order}"
    tuples = list(product(inputs, repeat=order))
    return [f"{head}{y}/{_denominator(xs)}" for y in outputs for xs in tuples]


def _denominator(xs: tuple[str, ...]) -> str:
    if len(xs) > 1 and len(set(xs)) == 1:
        return f"d{xs[0]}{len(xs)}"
    return " ".join(f"d{x}" for x in xs)


LABELS: Final[dict[str, Callable[[Sequence[str], Sequence[str]], list[str]]]] = {
    "value": lambda outputs, _inputs: list(outputs),
    "gradient": lambda outputs, inputs: _partials(outputs, inputs, 1),
    "jacobian": lambda outputs, inputs: _partials(outputs, inputs, 1),
    "jvp": lambda outputs, _inputs: [f"d{y}·v" for y in outputs],
    "vjp": lambda _outputs, inputs: [f"d(w·f)/d{x}" for x in inputs],
    "hessian": lambda outputs, inputs: _partials(outputs, inputs, 2),
    "hvp": lambda _outputs, inputs: [f"d(d(w·f)·v)/d{x}" for x in inputs],
    "third": lambda outputs, inputs: _partials(outputs, inputs, 3),
}
