"""What the tasks of one case share in a worker: its truth, its points, and what was computed."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, cast

import numpy as np

from diffcheck import backends
from diffcheck.backends.base import Backend, Evaluation, HandWritten, Reading
from diffcheck.case import Case, Point, Quantity, points, quantities_of
from diffcheck.floats import FORMATS, Format, from_ordinal, to_ordinal
from diffcheck.judge import RuleEvidence
from diffcheck.programs.budgets import Budgets, Watched
from diffcheck.run.options import Options, Task
from diffcheck.truth import ArrayTruth, Outcome, Truth, truth_of

NARROW: Final = FORMATS["float32"]
WIDE: Final = FORMATS["float64"]
_STEPS: Final = (-3, -1, 0, 2, 4)  # neighbours in units of the last place; 0 is the point itself


@dataclass(slots=True)
class CaseContext:
    """One case being verified."""

    case: Case
    options: Options
    truth: Truth | ArrayTruth = field(init=False)
    quantities: tuple[Quantity, ...] = field(init=False)
    points: dict[str, list[Point]] = field(default_factory=dict)  # by default the case's own
    cotangents: bool = True  # whether rules written by hand meet another cotangent than 1
    seconds: dict[str, float] = field(init=False, default_factory=lambda: defaultdict(float))
    evidence: dict[tuple[Task, Quantity], list[list[RuleEvidence]]] = field(
        init=False, default_factory=dict
    )
    costs: dict[tuple[Task, Quantity, int, int], Budgets | str] = field(
        init=False, default_factory=dict
    )
    watched: tuple[tuple[Task, Quantity, int, int], tuple[Reading, Watched] | str] | None = field(
        init=False, default=None
    )  # the program that was run last with its roundings watched
    _evaluations: dict[tuple[Task, Quantity], Evaluation | Exception | SystemExit] = field(
        init=False, default_factory=dict
    )
    _outcomes: dict[tuple[Quantity, str, int], list[Outcome]] = field(
        init=False, default_factory=dict
    )
    _sensitivities: dict[tuple[Quantity, int, tuple[bytes, ...]], float] = field(
        init=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        with self.timed("truth"):
            self.truth = truth_of(self.case)
        self.quantities = self._chosen_quantities()
        self.points = self.points or points_by_dtype(self.case, self.options)

    def _chosen_quantities(self) -> tuple[Quantity, ...]:
        m, n = self.truth.m, self.truth.n
        found = quantities_of(m, n, self.case.orders)
        if self.options.quantities:
            kinds = [kind for kind in self.options.quantities if kind != "gradient" or m == 1]
            found = (found[0], *(Quantity(kind, m, n) for kind in kinds))
        chosen = self.options.orders
        # The value is always judged: without it a derivative might be blamed for another function.
        return tuple(q for q in found if q.order == 0 or not chosen or q.order in chosen)

    def quantities_for(self, task: Task) -> tuple[Quantity, ...]:
        """Return what a task computes: not what its backend derives from the same rules anyway."""
        whole = any(q.kind in ("gradient", "jacobian") for q in self.quantities)
        if self.options.quantities or not whole:
            return self.quantities
        left_out = set(backend_of(task).derived)
        if self._of_one():
            left_out.add("vjp")  # `another_cotangent` gives it
        return tuple(q for q in self.quantities if q.kind not in left_out)

    def another_cotangent(self, task: Task) -> Quantity | None:
        """Return the gradient times a cotangent that is not 1, where rules are written by hand.

        One that forgets its cotangent gives the right gradient. None where there are no such rules,
        as far as the backend can tell: of others, in programs that a case has for them alone.
        """
        points = self.points[task.dtype]
        if not (self.cotangents and points and self._of_one()) or self.options.quantities:
            return None
        backend = backend_of(task)
        found = task.program in self.case.backend_programs.get(task.backend, {})
        if hasattr(backend, "written_by_hand"):
            found = cast("HandWritten", backend).written_by_hand(
                self.case, task.program, points[0], FORMATS[task.dtype]
            )
        if not (found and backend.has_rules):
            return None
        again = Quantity("vjp", self.truth.m, self.truth.n)
        self.quantities = tuple(dict.fromkeys((*self.quantities, again)))
        return again

    def _of_one(self) -> bool:
        return any(q.kind == "gradient" for q in self.quantities)

    def forget_answers(self) -> None:
        """Drop what backends computed and what is known of their rules, the truth apart."""
        self._evaluations.clear()
        self.evidence.clear()

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Add the time spent inside to `seconds[what]`."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[what] += time.perf_counter() - start

    def outcomes(self, quantity: Quantity, dtype: str, point_id: int) -> list[Outcome]:
        """Return the truth at a point of the dtype's list, certified for float64 at the least.

        The float32 points open the float64 list as well, so one truth serves both.
        """
        if dtype == NARROW.name:
            return self.outcomes(quantity, WIDE.name, point_id)
        key = (quantity, dtype, point_id)
        if key not in self._outcomes:
            # All quantities at once: they share most of the definition's evaluation at the point.
            point = self.points[dtype][point_id]
            for each in self.quantities:
                if (each, dtype, point_id) not in self._outcomes:
                    self._outcomes[each, dtype, point_id] = self.outcomes_at(each, point)
        return self._outcomes[key]

    def outcomes_at(self, quantity: Quantity, point: Point) -> list[Outcome]:
        """Return the truth at any point, certified for float64."""
        with self.timed("truth"):
            return self.truth.outcomes(quantity, point, WIDE)

    def sensitivity(self, quantity: Quantity, component: int, point: Point) -> float:
        """Return Σ_j |x_j ∂_j q| over all inputs for one component q of the quantity."""
        # Witnesses and modes ask again at the same points, and each answer is a sweep of its own.
        coordinates = tuple(np.asarray(point.values[x]).tobytes() for x in self.case.inputs)
        key = (quantity, component, coordinates)
        if key not in self._sensitivities:
            with self.timed("condition"):
                self._sensitivities[key] = self.truth.sensitivity(quantity, component, point)
        return self._sensitivities[key]

    def evaluate(self, task: Task, quantity: Quantity) -> Evaluation:
        """Return the backend's numbers at all points of the task's dtype, computed once.

        An exception of the backend or the user's program is remembered and raised again.
        """
        key = (task, quantity)
        if key not in self._evaluations:
            try:
                found: Evaluation | Exception | SystemExit = self.evaluate_at(
                    task, quantity, self.points[task.dtype]
                )
            except (Exception, SystemExit) as error:  # noqa: BLE001 - a user's program may raise anything
                found = error
            self._evaluations[key] = found
        result = self._evaluations[key]
        if isinstance(result, (Exception, SystemExit)):
            raise result
        return result

    def evaluate_at(self, task: Task, quantity: Quantity, at: Sequence[Point]) -> Evaluation:
        """Return the backend's numbers at the given points."""
        with self.timed(f"{task.backend} {task.mode}"):
            return backend_of(task).evaluate(
                self.case,
                task.program,
                quantity,
                at,
                fmt=FORMATS[task.dtype],
                mode=task.mode,
                device=task.device,
            )


def backend_of(task: Task) -> Backend:
    """Return the backend that runs a task."""
    return backends.get(task.backend)


def points_by_dtype(case: Case, options: Options) -> dict[str, list[Point]]:
    """Return each dtype's points; the float32 points come first among those of float64.

    So every float32 result has a float64 twin at the same input, which ρ needs.
    """
    narrow = points(case, NARROW, options.samples, options.seed)
    own = points(case, WIDE, options.samples, options.seed)
    seen = {_key(point) for point in narrow}
    twins = [Point(values=p.values, format=WIDE.name, kind=p.kind, label=p.label) for p in narrow]
    return {
        NARROW.name: narrow,
        WIDE.name: twins + [point for point in own if _key(point) not in seen],
    }


def _key(point: Point) -> bytes:
    return b"|".join(
        name.encode() + value.tobytes() for name, value in sorted(point.values.items())
    )


def neighbours(case: Case, point: Point) -> list[Point]:
    """Return float32 points next to a point, the nearest float32 included, within the domain."""
    found: dict[bytes, Point] = {}
    for step in _STEPS:
        values = {
            name: _moved(array, step, case.inputs[name].lower, case.inputs[name].upper)
            for name, array in point.values.items()
        }
        moved = Point(values=values, format=NARROW.name, kind="neighbour")
        found.setdefault(_key(moved), moved)
    return list(found.values())


def _moved(
    array: np.ndarray[tuple[int, ...], np.dtype[np.float64]], step: int, lower: float, upper: float
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    limit = float(NARROW.max)
    low, high = max(lower, -limit), min(upper, limit)
    moved = [
        _neighbour(float(np.clip(x, -limit, limit)), step, low, high, NARROW)
        for x in array.reshape(-1)
    ]
    return np.array(moved, dtype=np.float64).reshape(array.shape)


def _neighbour(x: float, step: int, lower: float, upper: float, fmt: Format) -> float:
    nearest = fmt.dtype.type(x)
    if nearest == 0:
        return x  # an exact zero is part of the program's structure
    moved = float(from_ordinal(to_ordinal(nearest, fmt) + step, fmt))
    return moved if lower <= moved <= upper else float(nearest)
