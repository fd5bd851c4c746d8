"""The points of the study: uniform over floats, of moderate size, and special.

Uniform over floats leaves the region where most functions do something, 2^-10 to 2^10, to one
float in a hundred; so half of the points are uniform over the floats of that region.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from diffcheck.engine.intervals import Interval
from diffcheck.floats import Format, next_down, next_up, sample, special_values
from diffcheck.studies.accuracy.subjects import Subject

Array = NDArray[Any]
ORDERS_OF_BESSEL: Final = (0.0, 0.5, 1.0, 2.0, 10.0)
# Where the derivative in the first argument is far below the least float: its truth takes minutes.
FARTHEST: Final = {"gammainc": 1024.0, "gammaincc": 1024.0}
MODERATE: Final = 10  # binary orders of magnitude on either side of 1


def points(
    subject: Subject, fmt: Format, count: int, every: int = 1, *, pairs_of_specials: bool = True
) -> tuple[Array, ...]:
    """Return the points, one array per argument; the same for the same op, format and count.

    Of two arguments the special points are all pairs of special numbers, which are many. Of all
    pairs one in `every` is taken.
    """
    rng = np.random.default_rng(zlib.crc32(f"{subject.name}:{fmt.name}".encode()))
    if subject.arity == 1:
        return (_coordinates(subject.domains[0], fmt, count, rng),)
    sampled, special = _pairs(subject, fmt, count, rng)
    found = (sampled, special) if pairs_of_specials else (sampled,)
    return tuple(np.concatenate(x)[::every] for x in zip(*found, strict=True))


def ends(domain: Interval, fmt: Format) -> tuple[Any, Any]:
    """Return the least and the greatest float of a domain."""
    scale = fmt.dtype.type
    largest = float(fmt.max)
    low, high = (scale(min(max(end, -largest), largest)) for end in (domain.lower, domain.upper))
    if float(low) < domain.lower or (float(low) == domain.lower and domain.open_below):
        low = next_up(low, fmt)
    if float(high) > domain.upper or (float(high) == domain.upper and domain.open_above):
        high = next_down(high, fmt)
    return low, high


def _coordinates(domain: Interval, fmt: Format, count: int, rng: np.random.Generator) -> Array:
    low, high = ends(domain, fmt)
    parts = [
        np.array(special_values(low, high, fmt), dtype=fmt.dtype),
        sample(low, high, (count // 2,), rng, fmt),
        _moderate(domain, fmt, count - count // 2, rng),
        *_beside_the_ends(domain, fmt, count // 8, rng),
    ]
    return np.concatenate(parts)


def _moderate(domain: Interval, fmt: Format, count: int, rng: np.random.Generator) -> Array:
    """Return floats of the domain whose size is between 2^-10 and 2^10, if it has any."""
    low, high = ends(domain, fmt)
    scale = fmt.dtype.type
    small, large = scale(2.0**-MODERATE), scale(2.0**MODERATE)
    sides = [(max(low, a), min(high, b)) for a, b in ((-large, -small), (small, large))]
    usable = [(a, b) for a, b in sides if a < b]
    if not usable:
        return np.empty(0, fmt.dtype)
    share = [count // len(usable)] * len(usable)
    share[0] += count - sum(share)
    return np.concatenate(
        [sample(a, b, (n,), rng, fmt) for (a, b), n in zip(usable, share, strict=True)]
    )


def _beside_the_ends(
    domain: Interval, fmt: Format, count: int, rng: np.random.Generator
) -> Iterator[Array]:
    """Yield floats at all distances from each finite end other than 0, inside the domain."""
    low, high = ends(domain, fmt)
    for end, side in ((domain.lower, 1), (domain.upper, -1)):
        if np.isfinite(end) and end != 0:
            away = np.exp2(rng.uniform(1 - fmt.precision, -1, count)) * abs(end)
            yield np.clip((end + side * away).astype(fmt.dtype), low, high)


def _pairs(
    subject: Subject, fmt: Format, count: int, rng: np.random.Generator
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Return pairs: of whole or moderate range or nearly equal, and those of special numbers."""
    n = count // 5
    first, second = domains = _near_enough(subject)

    def whole(domain: Interval) -> Array:
        return sample(*ends(domain, fmt), (n,), rng, fmt)

    def moderate(domain: Interval) -> Array:
        return _shuffled(_moderate(domain, fmt, n, rng), rng)

    # Of an order, moderate numbers only: Bessel functions of order 1e-300 are not the matter here.
    anywhere = whole if 0 in subject.wrt else moderate
    near = moderate(first)
    close = near * (1 + np.exp2(rng.uniform(1 - fmt.precision, -1, n))).astype(fmt.dtype)
    parts = [
        (anywhere(first), whole(second)),
        (anywhere(first), moderate(second)),
        (moderate(first), whole(second)),
        (moderate(first), moderate(second)),
        (near, np.clip(close, *ends(second, fmt))),
    ]
    specials = [special_values(*ends(d, fmt), fmt) for d in domains]
    if 0 not in subject.wrt:
        specials[0] = [order for order in ORDERS_OF_BESSEL if order in first]
    grid = np.array([(a, b) for a in specials[0] for b in specials[1]], dtype=fmt.dtype)
    sampled = np.concatenate([a for a, _ in parts]), np.concatenate([b for _, b in parts])
    return sampled, (grid[:, 0], grid[:, 1])


def _near_enough(subject: Subject) -> tuple[Interval, ...]:
    first, second = subject.domains
    farthest = FARTHEST.get(subject.name, second.upper)
    return first, replace(second, upper=min(second.upper, farthest))


def _shuffled(x: Array, rng: np.random.Generator) -> Array:
    return rng.permutation(x)
