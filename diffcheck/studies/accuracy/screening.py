"""The points that look worst out of very many, by the engine's own rule in the next wider format.

It costs microseconds a point, and finds what one sample in a thousand would show. What it finds is
certified like every other point: the wider format only chooses.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from diffcheck.floats import Format
from diffcheck.studies.accuracy.measuring import engine_derivative
from diffcheck.studies.accuracy.sampling import points
from diffcheck.studies.accuracy.subjects import Subject
from diffcheck.studies.accuracy.truths import Component, components

WIDER: Final = {"float32": np.float64, "float64": np.longdouble}
MANY: Final = 50_000
KEPT: Final = 3  # of each derivative
# The worst of searches over millions of points.
KNOWN: Final[dict[tuple[str, str], tuple[float, ...]]] = {  # of one argument
    ("exp", "float32"): (-0.3213483,),
    ("tanh", "float64"): (2.4231519909570287,),
}
# One Arb evaluation for each point: correctly rounded, and minutes for so many.
BY_ARB: Final = frozenset(
    {
        "digamma", "polygamma", "beta", "betaln", "gammaln", "gamma", "ndtri", "erfinv", "erfcinv",
        "j0", "j1", "y0", "y1", "i0", "i1", "k0", "k1", "i0e", "i1e", "k0e", "k1e", "airy_ai",
        "airy_aip", "airy_bi", "airy_bip", "polylog", "zeta", "lambertw", "ellipk", "ellipe",
        "gammainc", "gammaincc", "owens_t", "jv", "yv", "iv", "kv", "ive", "struve", "spence",
    }
)  # fmt: skip


def suspects(subject: Subject, fmt: Format, many: int) -> tuple[NDArray[Any], ...]:
    """Return the points with the greatest differences from the wider format, an array an argument.

    None for ops that only Arb evaluates, and in float64 for those that NumPy has not: SciPy has no
    longdouble.
    """
    if subject.name in BY_ARB or (fmt.name == "float64" and not subject.elementary):
        return tuple(np.empty(0, fmt.dtype) for _ in range(subject.arity))
    args = points(subject, fmt, many, pairs_of_specials=False)
    found = sorted({place for c in _all(subject) for place in _worst_places(subject, fmt, c, args)})
    known = KNOWN.get((subject.name, fmt.name), ())
    return tuple(np.append(x[found], np.array(known, fmt.dtype)) for x in args)


def _all(subject: Subject) -> Iterator[Component]:
    for order in (1, 2):
        yield from components(subject, order)


def _worst_places(
    subject: Subject, fmt: Format, component: Component, args: tuple[NDArray[Any], ...]
) -> list[int]:
    narrow = engine_derivative(subject, component, args)
    wide = engine_derivative(subject, component, [x.astype(WIDER[fmt.name]) for x in args])
    size = np.abs(wide)
    usual = (size >= float(fmt.smallest_normal)) & (size <= float(fmt.max))
    ulp = np.spacing(np.where(usual, size, 1).astype(fmt.dtype))
    with np.errstate(invalid="ignore"):  # an infinity less an infinity
        error = np.where(usual, np.abs(narrow - wide) / ulp, 0)
    error = np.where(np.isnan(error), np.inf, error)
    return [int(k) for k in np.argsort(error, kind="stable")[-KEPT:] if error[k] > 0]
