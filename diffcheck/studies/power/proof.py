"""The checker's own proof: its parts against one another, and against libraries of others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from flint import arb

from diffcheck import backends
from diffcheck.backends.base import Unsupported
from diffcheck.balls import Undecided, exact, precision
from diffcheck.case import Point, Quantity
from diffcheck.floats import FORMATS
from diffcheck.programs import FloatArithmetic, enclose, run
from diffcheck.studies.power import cauchy
from diffcheck.studies.power.ball_references import REFERENCES, mp
from diffcheck.studies.power.grammar import Drawn
from diffcheck.studies.power.sensitivity import quiet
from diffcheck.truth import Truth
from diffcheck.truth.failures import LeftDomain
from diffcheck.truth.table import BALLS

WIDE: Final = FORMATS["float64"]
STEPS: Final = (0.0, 2.0**-10, -(2.0**-8), 2.0**-6)  # relative moves of a reference's last argument
CHOICES: Final = ("maximum", "minimum", "abs", "relu")
DIGITS: Final = 45
BITS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Two ways to one number: how often they were compared, and where they disagree."""

    what: str
    compared: int
    disagreements: tuple[str, ...]


def proofs(drawn: Iterable[Drawn]) -> list[Agreement]:
    """Return every agreement, those over random functions at the given ones."""
    with quiet():
        by_function = [list(_of_function(each)) for each in drawn]
        parts = zip(*by_function, strict=True)
        return [by_mpmath(), by_cauchy(), *(merged(part) for part in parts)]


def merged(parts: Iterable[Agreement]) -> Agreement:
    """Return agreements about one matter as one."""
    several = list(parts)
    return Agreement(
        what=several[0].what,
        compared=sum(p.compared for p in several),
        disagreements=tuple(text for p in several for text in p.disagreements),
    )


def by_mpmath() -> Agreement:
    """Compare every entry of the ball table with mpmath, to 45 digits, at four points a row."""
    compared, wrong = 0, []
    for head, (reference, rows) in REFERENCES.items():
        for row in rows:
            for args in _moved(row):
                try:
                    with precision(BITS):
                        ball = BALLS[head](*(exact(a) for a in args))
                except LeftDomain:
                    continue  # the step left it
                compared += 1
                expected = mp.re(reference(*(mp.mpf(a) for a in args)))
                if not _meets(ball, expected):
                    wrong.append(
                        f"{head.__name__}{args}: {ball.str(20)} and {mp.nstr(expected, 20)}"
                    )
    return Agreement(what="ball table and mpmath", compared=compared, disagreements=tuple(wrong))


def _moved(row: tuple[float, ...]) -> Iterator[tuple[float, ...]]:
    """Yield a row's arguments with the last moved that is no whole number, if there is one."""
    moving = max((i for i, a in enumerate(row) if a != int(a)), default=len(row) - 1)
    for step in STEPS:
        yield tuple(a * (1 + step) if i == moving else a for i, a in enumerate(row))


def _meets(ball: arb, expected: Any) -> bool:
    with precision(BITS):
        found = mp.mpf(ball.mid().str(58, radius=False))
    small = mp.mpf(10) ** -DIGITS
    return bool(mp.almosteq(found, expected, rel_eps=small, abs_eps=small / 10**5))


def by_cauchy() -> Agreement:
    """Compare SymPy's partial derivatives in balls with Cauchy's integral in complex balls."""
    wrong = []
    for head, fixed, f, a, r in cauchy.ROWS:
        ours = cauchy.derivative(head, fixed, a)
        with precision(cauchy.BITS):
            theirs = cauchy.cauchy_derivative(f, a, r)
        if not ours.overlaps(theirs):
            wrong.append(f"{head.__name__}'({a}): {ours.str(20)} and {theirs.str(20)}")
    what = "partial derivatives and Cauchy's integral"
    return Agreement(what=what, compared=len(cauchy.ROWS), disagreements=tuple(wrong))


@dataclass(frozen=True, slots=True)
class Place:
    """A random function with its truth, at one of its points."""

    drawn: Drawn
    truth: Truth
    point: Point

    @property
    def quantities(self) -> tuple[Quantity, Quantity]:
        """The gradient and the Hessian."""
        return Quantity("gradient", 1, self.truth.n), Quantity("hessian", 1, self.truth.n)


Comparison = Callable[[Place], Iterator[str | None]]  # a text for each disagreement, None for none


def _of_function(drawn: Drawn) -> Iterator[Agreement]:
    """Yield what is compared at the points of a random function, always the same matters."""
    truth = Truth(drawn.case)
    places = [Place(drawn, truth, point) for point in drawn.points["float64"]]
    for what, compare in COMPARISONS.items():
        found = [text for place in places for text in compare(place)]
        wrong = tuple(f"{drawn.case.doc}: {text}" for text in found if text)
        yield Agreement(what=what, compared=len(found), disagreements=wrong)


def _routes(place: Place) -> Iterator[str | None]:
    for quantity in place.quantities:
        for outcome in place.truth.outcomes(quantity, place.point, WIDE):
            if outcome.routes == ("accumulate", "diff"):
                yield None
            elif "the two routes disagree" in outcome.reason:
                yield outcome.reason


def _jets(place: Place) -> Iterator[str | None]:
    for quantity in place.quantities:
        components = place.truth.components(quantity)
        outcomes = place.truth.outcomes(quantity, place.point, WIDE)
        for component, outcome in zip(components, outcomes, strict=True):
            expansions = place.truth.site(place.point).expansions
            theirs = expansions.outcome(component.form, WIDE).ball if outcome.ball else None
            if theirs is not None and outcome.ball is not None:
                same = theirs.overlaps(outcome.ball)
                yield None if same else f"{theirs.str(12)} and {outcome.ball.str(12)}"


def _in_floats(place: Place) -> Iterator[str | None]:
    reading = _read(place)
    if reading is None:
        return
    results = run(reading.program, reading.inputs, FloatArithmetic())
    theirs = backends.get("engine").evaluate(
        place.drawn.case, "plain", place.quantities[0], [place.point],
        fmt=WIDE, mode="eager", device="cpu:0",
    )  # fmt: skip
    for (k, i), number in zip(reading.places, theirs.values.reshape(-1), strict=True):
        ours = np.reshape(results[k], -1)[i]
        same = np.array_equal(ours, number, equal_nan=True)
        yield None if same else f"{ours} and {number}"


def _in_balls(place: Place) -> Iterator[str | None]:
    # What is read has its choices decided by the floats, which may tie where numbers do not.
    reading = None if _chooses(place.drawn.case.doc) else _read(place)
    if reading is None:
        return
    engine: Any = backends.get("engine")
    case, quantity = place.drawn.case, place.quantities[0]
    u = WIDE.unit_roundoff
    try:
        outputs = enclose(reading.program, reading.inputs, bits=BITS, literal_rounding=u)
        theirs = engine.enclose(case, "plain", quantity, place.point, fmt=WIDE, bits=BITS)
    except Undecided:
        return
    for (k, i), ball in zip(reading.places, theirs, strict=True):
        ours = np.reshape(outputs[k], -1)[i]
        yield None if ours.overlaps(ball) or not ball.is_finite() else f"{ours} and {ball}"


COMPARISONS: Final[dict[str, Comparison]] = {
    "truth: accumulation and sympy.diff": _routes,
    "truth: accumulation and one-sided jets": _jets,
    "interpreter in floats and the engine's run, bit for bit": _in_floats,
    "interpreter in balls and the engine's rules on balls": _in_balls,
}


def _read(place: Place) -> Any:
    engine: Any = backends.get("engine")
    try:
        return engine.read(place.drawn.case, "plain", place.quantities[0], place.point, fmt=WIDE)
    except Unsupported:
        return None


def _chooses(text: str) -> bool:
    return any(f"xp.{name}(" in text for name in CHOICES)
