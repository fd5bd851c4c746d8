"""Why two trajectories part: which operations differ in bits, and in what order they add."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diffcheck import engine
from diffcheck.floats import FORMATS, errors_in_ulps
from diffcheck.models import small_network
from diffcheck.studies.training.runs import (
    OPERATIONS,
    SAMPLES,
    SEED,
    Exchanged,
    Parameters,
    Rule,
    Trajectory,
    by_engine,
    train,
)

NARROW = FORMATS["float32"]


def parting(a: Trajectory, b: Trajectory) -> tuple[int, list[str]] | None:
    """Return the first step after which two trajectories differ in bits, and in which arrays."""
    for step, (p, q) in enumerate(zip(a.parameters, b.parameters, strict=True)):
        differing = [name for name in p if not np.array_equal(p[name], q[name])]
        if differing:
            return step, differing
    return None


def smallest(others: Mapping[str, Rule], start: Parameters, theirs: Trajectory) -> list[str] | None:
    """Return a smallest set of operations that makes the engine's trajectory theirs, bit for bit.

    Operations are given back one after another while the trajectories stay equal; None says that
    not even all of them together do.
    """

    def equal(names: list[str]) -> bool:
        return parting(train(by_engine(Exchanged(others, names)), start), theirs) is None

    needed = list(OPERATIONS)
    if not equal(needed):
        return None
    for name in OPERATIONS:
        rest = [other for other in needed if other != name]
        needed = rest if equal(rest) else needed
    return needed


def ladder(
    others: Mapping[str, Rule], start: Parameters, theirs: Trajectory, needed: list[str]
) -> list[tuple[str, tuple[int, list[str]] | None, float]]:
    """Return where the trajectories part with none, each alone, and all of some operations taken.

    The last of each is the distance in ulps of their parameters after all steps, the worst one.
    """
    found = []
    for names in ([], *([name] for name in needed), needed):
        ours = train(by_engine(Exchanged(others, names)), start)
        away = distance(ours.parameters[-1], theirs.parameters[-1])[0]
        found.append((" and ".join(names) or "nothing", parting(ours, theirs), away))
    return found


def distance(p: Parameters, q: Parameters) -> tuple[float, float]:
    """Return the worst and the median distance of two sets of parameters, in ulps of the second."""
    errors = [errors_in_ulps(p[name], q[name], NARROW).reshape(-1) for name in p]
    flat = np.concatenate(errors)
    return float(flat.max()), float(np.median(flat))


@dataclass(frozen=True, slots=True)
class Call:
    """One operation of the first step, run by both on the same bits, forward or backward."""

    operation: str
    what: str
    numbers: int
    differing: int
    worst: float  # ulps of the exact result, between the two
    ours: float  # each one's own worst error in ulps, against float64 on the same bits
    theirs: float


def first_step(others: Mapping[str, Rule], start: Parameters) -> list[Call]:
    """Run each operation of the first step by both on the engine's bits, and compare."""
    calls: list[tuple[str, tuple[Any, ...], Any]] = []

    def recording(name: str) -> Callable[..., Any]:
        def pullback(args: tuple[Any, ...], g: Any) -> tuple[Any, ...]:
            calls.append((name, args, g))
            _, back = engine.vjp(getattr(engine, name), *args)
            return tuple(back(g))

        return pullback

    watched = {name: (getattr(engine, name), recording(name)) for name in OPERATIONS}
    by_engine(Exchanged(watched, OPERATIONS))(start)
    found = []
    for name, args, _ in reversed(calls):
        exact = getattr(engine, name)(*map(_wide, args))
        ours, theirs = getattr(engine, name)(*args), others[name][0](*args)
        found.append(_call(name, _shapes(args), ours, theirs, exact))
    for name, args, g in calls:
        ours = engine.vjp(getattr(engine, name), *args)[1](g)
        exact = engine.vjp(getattr(engine, name), *map(_wide, args))[1](_wide(g))
        theirs = others[name][1](args, g)
        for k, parts in enumerate(zip(ours, theirs, exact, strict=True)):
            found.append(
                _call(name, f"cotangent of argument {k + 1}, {_shapes([args[k]])}", *parts)
            )
    return found


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the engine's trajectory and another part."""

    parting: tuple[int, list[str]] | None
    needed: list[str] | None
    ladder: list[tuple[str, tuple[int, list[str]] | None, float]]
    calls: list[Call]
    orders: dict[str, list[tuple[int, int, int]]]


def reason(others: Mapping[str, Rule], start: Parameters, theirs: Trajectory) -> Reason:
    """Return all that is found about why the engine's trajectory and another part."""
    needed = smallest(others, start, theirs)
    return Reason(
        parting=parting(train(by_engine(), start), theirs),
        needed=needed,
        ladder=ladder(others, start, theirs, needed or list(OPERATIONS)),
        calls=first_step(others, start),
        orders=orders(others, start),
    )


def _call(name: str, what: str, ours: Any, theirs: Any, exact: Any) -> Call:
    a, b = errors_in_ulps(ours, exact, NARROW), errors_in_ulps(theirs, exact, NARROW)
    signed = (np.asarray(ours, dtype=np.float64) - theirs) + np.asarray(exact)
    return Call(
        operation=name,
        what=what,
        numbers=int(np.size(ours)),
        differing=int(np.count_nonzero(np.asarray(ours) != np.asarray(theirs))),
        worst=float(np.max(errors_in_ulps(signed, exact, NARROW))),
        ours=float(np.max(a)),
        theirs=float(np.max(b)),
    )


def _wide(x: Any) -> Any:
    return np.asarray(x, dtype=np.float64)[()]


def _shapes(arrays: Any) -> str:
    return " ".join(str(np.shape(a)) for a in arrays)


def orders(others: Mapping[str, Rule], start: Parameters) -> dict[str, list[tuple[int, int, int]]]:
    """Return, for each order of adding, how many numbers of the two products it gives to the bit.

    The products are x W1, sums of ten terms, and h W2, sums of five, on the engine's bits; of each,
    the counts are the engine's, theirs, and all.
    """
    x, _ = small_network.samples(SAMPLES, SEED)
    xp: Any = engine
    h = xp.relu(xp.add(xp.matmul(x, start["W1"]), start["b1"]))
    found: dict[str, list[tuple[int, int, int]]] = {name: [] for name in ORDERS}
    for a, b in ((x, start["W1"]), (h, start["W2"])):
        ours, theirs = xp.matmul(a, b), others["matmul"][0](a, b)
        for name, order in ORDERS.items():
            product = order(a[:, :, None], b[None])
            same = [int(np.count_nonzero(product == by)) for by in (ours, theirs)]
            found[name].append((same[0], same[1], product.size))
    return found


def _fused(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """One after another, each product and sum rounded once together (exact enough in float64)."""
    total = np.zeros((a.shape[0], b.shape[2]), dtype=np.float32)
    for k in range(a.shape[1]):
        total = (a[:, k].astype(np.float64) * b[:, k] + total).astype(np.float32)
    return total


def _rounded(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """One after another, each product rounded and each sum."""
    total = np.zeros((a.shape[0], b.shape[2]), dtype=np.float32)
    for k in range(a.shape[1]):
        total = total + a[:, k] * b[:, k]
    return total


def _interleaved(parts: int) -> Callable[..., NDArray[np.float32]]:
    """Keep as many sums as a vector has places, and add those up in pairs at the end."""

    def order(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
        sums = [_fused(a[:, k::parts], b[:, k::parts]) for k in range(parts)]
        while len(sums) > 1:
            sums = [p + q for p, q in zip(sums[::2], sums[1::2], strict=True)]
        return sums[0]

    return order


def _exact(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """In float64, rounded once."""
    return np.asarray(np.sum(a.astype(np.float64) * b, axis=1).astype(np.float32))


ORDERS: dict[str, Callable[..., NDArray[np.float32]]] = {
    "one after another, fused multiply-add": _fused,
    "one after another, each product rounded": _rounded,
    "two interleaved sums": _interleaved(2),
    "four interleaved sums": _interleaved(4),
    "exact, rounded once": _exact,
}
