"""Losses whose culprit is known beforehand, one for each way to lose digits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from diffcheck.case import Case, Point, Quantity, find_cases
from diffcheck.judge import Explanation, Measurement
from diffcheck.run.explain import explain
from diffcheck.run.options import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A measurement of a bundled case. `culprit` names the operation that must come out."""

    title: str
    path: str  # below cases/
    case: str
    program: str
    backend: str = "jax"
    dtype: str = "float32"
    quantity: str = "gradient"
    at: Mapping[str, str]
    culprit: str

    @property
    def command(self) -> str:
        """The command that prints this explanation."""
        options = [f"--program {self.program}"]
        options += [f"--backend {self.backend}"] if self.backend != "jax" else []
        options += [f"--dtype {self.dtype}"] if self.dtype != "float32" else []
        options += [f"--quantity {self.quantity}"] if self.quantity != "gradient" else []
        options += [f"--at {name}={value}" for name, value in self.at.items()]
        return f"diffcheck explain cases/{self.path}.py::{self.case} {' '.join(options)}"


KNOWN: Final = (
    Known(
        title="Cancellation: log(1 - exp(-x)) near 0",
        path="hard/log1mexp",
        case="log1mexp",
        program="naive",
        at={"x": "1e-4"},
        culprit="exp",
    ),
    Known(
        title="Saturation: the sigmoid's derivative in its tail",
        path="hard/sigmoid_tail",
        case="sigmoid_tail",
        program="library",
        at={"x": "17"},
        culprit="logistic",
    ),
    Known(
        title="An operation at fault: lgamma at the root of digamma",
        path="special/gamma_functions",
        case="log_gamma",
        program="library",
        at={"x": "1.4616321449683623"},
        culprit="digamma",
    ),
    Known(
        title="The trap of `where`: a branch that is not taken, and NaN",
        path="kinks/where_invalid_branch",
        case="where_invalid_branch",
        program="single_where",
        at={"x": "-1"},
        culprit="sqrt",
    ),
    Known(
        title="A mutant: a rule with one wrong factor",
        path="planted/wrong_factor",
        case="wrong_factor",
        program="plain",
        at={"x": "1.5"},
        culprit="exp",
    ),
    Known(
        title="Overflow: log(sum(exp(x))) of large numbers",
        path="hard/logsumexp",
        case="log_sum_exp",
        program="naive",
        quantity="value",
        at={"x": "150,151,100"},
        culprit="exp",
    ),
    Known(
        title="Literals: gelu with 1/sqrt(2) rounded",
        path="language/gelu",
        case="gelu",
        program="one_plus_erf",
        backend="engine",
        dtype="float64",
        at={"x": "-3"},
        culprit="erf",
    ),
)


def explained(known: Known) -> list[tuple[Case, Measurement, Explanation]]:
    """Return the measurements of a known loss with their explanations."""
    case = bundled(known.path, known.case)
    return at_point(case, known.program, known.backend, known.dtype, known.quantity, known.at)


def bundled(path: str, name: str = "") -> Case:
    """Return a case of cases/, by its file and, where that holds several, its name."""
    found, errors = find_cases([str(Path("cases") / f"{path}.py") + (f"::{name}" if name else "")])
    if errors:
        raise errors[0]
    return found[0]


def at_point(
    case: Case, program: str, backend: str, dtype: str, quantity: str, at: Mapping[str, str]
) -> list[tuple[Case, Measurement, Explanation]]:
    """Return the measurements at one point, its numbers rounded to the dtype."""
    values = {
        name: np.array(at[name].split(","), dtype=dtype).astype(float).reshape(item.shape)
        for name, item in case.inputs.items()
    }
    n = sum(case.inputs[name].size for name in case.wrt)
    kind = Quantity(quantity, 1, n)  # type: ignore[arg-type]  # the tables' own words
    task = Task(program, backend, "eager", "cpu:0", dtype)
    point = Point(values=values, format=dtype, kind="explicit")
    return [(case, m, e) for m, e in explain(case, task, kind, point)]
