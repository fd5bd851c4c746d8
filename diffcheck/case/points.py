"""The points of a case: explicit ones, special ones, and a sample, the same in every process."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from diffcheck.case.coordinates import coordinates, ends, in_format
from diffcheck.case.errors import CaseError
from diffcheck.case.inputs import Input
from diffcheck.case.records import Case, Point
from diffcheck.floats import Format, sample, special_values

Values = Mapping[str, NDArray[Any]]

MOST_SPECIALS: Final = 8  # of a case with several inputs; a scalar function gets all of its own
BIG: Final = 64  # components; beyond that every point costs seconds
BIG_SAMPLES, BIG_SPECIALS = 3, 2
TRIES: Final = 1000
SPECIAL_TRIES: Final = 32
LOG2_MAGNITUDES: Final = (-10.0, 10.0)  # of samples that are uniform over the reals


def points(case: Case, fmt: Format, samples: int, seed: int) -> list[Point]:
    """Return the case's points in a format: explicit, then special, then `samples` sampled ones.

    Values are float64 arrays (0-d for scalars) that hold floats of `fmt`. Samples are uniform over
    the floats of the domain; for arrays, and for more than two inputs, every second one is uniform
    over its reals, since a network whose weights are all 1e-30 tests nothing. The random numbers
    depend on the case's name, the format and the seed alone.

    Raises `CaseError` if the domain has no float of this format, or if no sample satisfies the
    constraints.

    >>> from diffcheck import Case, real, sym
    >>> from diffcheck.floats import FORMATS
    >>> case = Case(lambda x: sym.exp(x), programs=lambda xp, x: xp.exp(x), name="exp",
    ...             inputs={"x": real(0, 1)}, points=[{"x": 0.1}])
    >>> chosen = points(case, FORMATS["float32"], samples=2, seed=0)
    >>> [point.kind for point in chosen[:2]], chosen[0].label
    (['explicit', 'special'], 'rounded to float32')
    """
    domain = {name: _ends(case, name, entry, fmt) for name, entry in case.inputs.items()}
    rng = np.random.default_rng(zlib.crc32(f"{case.name}:{fmt.name}:{seed}".encode()))
    big = sum(entry.size for entry in case.inputs.values()) > BIG
    draws = _Draws(case, fmt, domain, rng)
    limit = BIG_SPECIALS if big else None if _is_univariate(case) else MOST_SPECIALS
    count = min(samples, BIG_SAMPLES) if big else samples
    return [
        *_explicit(case, fmt, domain),
        *islice(_specials(draws), limit),
        *(draws.sampled(k) for k in range(count)),
    ]


class _Draws:
    """The domain of one case in one format, and the random numbers to sample it with."""

    def __init__(
        self,
        case: Case,
        fmt: Format,
        domain: Mapping[str, tuple[Any, Any]],
        rng: np.random.Generator,
    ) -> None:
        self.case, self.fmt, self.domain, self.rng = case, fmt, domain, rng
        arrays = any(entry.shape for entry in case.inputs.values())
        self.mixed = arrays or len(case.inputs) > 2

    def sampled(self, k: int) -> Point:
        """Return the k-th sample, drawn until the constraints hold."""
        over_reals = self.mixed and k % 2 == 1
        for _ in range(TRIES):
            values = self.satisfying(self.draw(over_reals))
            if values is not None:
                return Point(
                    values=values,
                    format=self.fmt.name,
                    kind="sample",
                    label="uniform over reals" if over_reals else "uniform over floats",
                )
        relations = "; ".join(constraint.description for constraint in self.case.constraints)
        raise CaseError(
            self.case.where,
            f"expected points that satisfy: {relations}; got none in {TRIES} samples "
            f"of {self.fmt.name}",
            "the domain hardly meets the constraints, or a constraint is never true",
            "narrow the domain, or give the Constraint a repair function",
        )

    def draw(self, over_reals: bool) -> dict[str, NDArray[Any]]:
        return {
            name: (self._real if over_reals else self._float)(name, entry)
            for name, entry in self.case.inputs.items()
        }

    def around(self, name: str, x: NDArray[Any]) -> Values | None:
        """Return a point with this coordinate, the others sampled, or None if there seems none."""
        for _ in range(SPECIAL_TRIES):
            values = self.satisfying({**self.draw(over_reals=self.mixed), name: x})
            # A repair may have moved the special coordinate, and then it is special no more.
            if values is not None and np.array_equal(values[name], x):
                return values
            if len(self.case.inputs) == 1:
                return None
        return None

    def satisfying(self, values: Values) -> Values | None:
        """Return the point, repaired where needed, or None if it breaks a constraint."""
        for constraint in self.case.constraints:
            if constraint.repair is not None and not constraint.holds(values):
                values = {**values, **constraint.repair(values, self.fmt.dtype)}
        within = all(_inside(values[name], *self.domain[name]) for name in self.case.inputs)
        return values if within and _all_hold(self.case, values) else None

    def _float(self, name: str, entry: Input) -> NDArray[Any]:
        return sample(*self.domain[name], entry.shape, self.rng, self.fmt).astype(np.float64)

    def _real(self, name: str, entry: Input) -> NDArray[Any]:
        low, high = (float(end) for end in self.domain[name])
        if np.isfinite(entry.lower) and np.isfinite(entry.upper):
            t = self.rng.random(entry.shape)
            x = low * (1 - t) + high * t  # high - low may overflow
        else:
            x = _log_uniform(entry, self.rng)
        return _clipped(in_format(np.asarray(x), self.fmt), low, high)


def _log_uniform(entry: Input, rng: np.random.Generator) -> NDArray[Any]:
    """Return magnitudes of every size around 1, on either side of 0 or away from the finite end."""
    magnitudes = np.exp2(rng.uniform(*LOG2_MAGNITUDES, size=entry.shape))
    if np.isfinite(entry.lower):
        return np.asarray(entry.lower + magnitudes)
    if np.isfinite(entry.upper):
        return np.asarray(entry.upper - magnitudes)
    return np.asarray(np.where(rng.random(entry.shape) < 0.5, -magnitudes, magnitudes))


def _explicit(case: Case, fmt: Format, domain: Mapping[str, tuple[Any, Any]]) -> Iterator[Point]:
    for point in case.points:
        written = {name: coordinates(point[name]) for name in case.inputs}
        rounded = {name: in_format(x, fmt) for name, x in written.items()}
        if not all(np.isfinite(x).all() for x in rounded.values()):
            continue  # beyond the range of this format: it is a point of the wider ones only
        values = {name: _clipped(x, *domain[name]) for name, x in rounded.items()}
        same = all(np.array_equal(values[name], written[name]) for name in values)
        if _all_hold(case, values):
            label = "" if same else f"rounded to {fmt.name}"
            yield Point(values=values, format=fmt.name, kind="explicit", label=label)
        elif same:
            raise CaseError(
                case.where,
                f"points: expected a point that satisfies the constraints, got {dict(point)}",
                "the point breaks " + "; ".join(c.description for c in case.constraints),
                "move the point",
            )


def _specials(draws: _Draws) -> Iterator[Point]:
    """Yield the specials of each input in turn, the other inputs sampled afresh."""
    queues = [_specials_of(draws, name) for name in draws.case.inputs]
    while queues:
        for queue in list(queues):
            entry = next(queue, None)
            if entry is None:
                queues.remove(queue)
                continue
            name, x, label = entry
            values = draws.around(name, x)
            if values is not None:
                yield Point(values=values, format=draws.fmt.name, kind="special", label=label)


def _specials_of(draws: _Draws, name: str) -> Iterator[tuple[str, NDArray[Any], str]]:
    low, high = draws.domain[name]
    entry = draws.case.inputs[name]
    if not entry.shape:
        for value in special_values(low, high, draws.fmt):
            yield name, np.asarray(float(value)), f"{name} = {float(value):.6g}"
        return
    for value, words in (
        (0, "all 0"),
        (1, "all 1"),
        (low, "all at the lower end"),
        (high, "all at the upper end"),
    ):
        x = np.full(entry.shape, float(value))
        if _inside(x, low, high):
            yield name, x, f"{name}: {words}"


def _ends(case: Case, name: str, entry: Input, fmt: Format) -> tuple[Any, Any]:
    found = ends(entry, fmt)
    if found is None:
        raise CaseError(
            case.where,
            f"input {name}: expected a {fmt.name} in [{entry.lower}, {entry.upper}], got none",
            f"the domain lies between two neighbouring numbers of {fmt.name}, or beyond its range",
            f"widen the domain, or leave out {fmt.name} with --dtype",
        )
    return found


def _is_univariate(case: Case) -> bool:
    return len(case.inputs) == 1 and not next(iter(case.inputs.values())).shape


def _clipped(x: NDArray[Any], low: Any, high: Any) -> NDArray[Any]:
    return np.asarray(np.clip(x, float(low), float(high)))


def _inside(x: NDArray[Any], low: Any, high: Any) -> bool:
    return bool(np.all((x >= float(low)) & (x <= float(high))))


def _all_hold(case: Case, values: Values) -> bool:
    return all(constraint.holds(values) for constraint in case.constraints)
