"""Reductions and linear algebra: errors of gradients against their first-order bounds.

A gradient G of a function of n rows may be off, in its largest component, by FACTOR n κ u |G|: κ is
the condition of the problem, 1 for reductions of terms of one sign. What is exact comes from the
same programs in balls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from diffcheck import engine
from diffcheck.balls import precision
from diffcheck.floats import FORMATS

xp: Final[Any] = engine
FACTOR: Final = 4.0
BITS: Final = 400  # κ is at most 1e10: nothing of that is lost in 400 bits
SIZES: Final = (3, 8)
CONDITIONS: Final = {"float32": (1e1, 1e3), "float64": (1e1, 1e10)}

Program = Callable[..., Any]
Condition = Callable[[Any], float]


def condition_of_matrix(a: Any) -> float:
    """Return the condition number ‖A‖ ‖A⁻¹‖."""
    return float(np.linalg.cond(a.astype(np.float64)))


def condition_of_spectrum(a: Any) -> float:
    """Return ‖A‖ over the least gap between two eigenvalues."""
    values = np.linalg.eigvalsh(a.astype(np.float64))
    return float(np.max(np.abs(values)) / np.min(np.diff(values)))


def condition_of_singular_values(a: Any) -> float:
    """Return ‖A‖ over the least gap between two singular values, or the least of them."""
    values = np.linalg.svdvals(a.astype(np.float64))
    return float(values[0] / min(np.min(-np.diff(values)), values[-1]))


def _one(_a: Any) -> float:
    return 1.0


def _size(a: Any) -> float:
    return 1.0 + float(np.linalg.norm(a.astype(np.float64), 2))


def _symmetric(a: Any) -> Any:
    return (a + a.T) / 2


def _positive(a: Any) -> Any:
    """Return the symmetric positive definite matrix with the singular values of A."""
    u, s, _ = np.linalg.svd(a.astype(np.float64))
    return ((u * s) @ u.T).astype(a.dtype)


def _weighted(y: Any) -> Any:
    """Return a sum that no symmetry makes simple."""
    weights = 1 + np.arange(np.prod(xp.shape(y)), dtype=np.int64).reshape(xp.shape(y)) % 5
    return xp.sum(y * weights)


@dataclass(frozen=True, slots=True)
class Problem:
    """A function of a matrix, the matrices it is meant for, and its condition."""

    program: Program
    condition: Condition
    words: str
    prepare: Program = lambda a: a


PROBLEMS: Final[dict[str, Problem]] = {
    "sum": Problem(lambda a: xp.sum(a * a), _one, "1"),
    "mean": Problem(lambda a: xp.mean(a * a), _one, "1"),
    "var": Problem(lambda a: xp.var(a * a), _one, "1", np.abs),
    "prod": Problem(lambda a: xp.sum(xp.prod(a, axis=0)), _one, "1"),
    "cumulative_sum": Problem(lambda a: _weighted(xp.cumulative_sum(a * a, axis=0)), _one, "1"),
    "logsumexp": Problem(lambda a: xp.sum(xp.logsumexp(a, axis=0)), _one, "1"),
    "softmax": Problem(lambda a: _weighted(xp.softmax(a, axis=0)), _one, "1"),
    "norm": Problem(xp.linalg.norm, _one, "1"),
    "matmul": Problem(lambda a: _weighted(a @ a), _one, "1", np.abs),
    "det": Problem(xp.linalg.det, condition_of_matrix, "κ(A)"),
    "slogdet": Problem(lambda a: xp.linalg.slogdet(a)[1], condition_of_matrix, "κ(A)"),
    "inv": Problem(lambda a: _weighted(xp.linalg.inv(a)), condition_of_matrix, "κ(A)"),
    "solve": Problem(
        lambda a: _weighted(xp.linalg.solve(a, np.ones(len(a), np.int64) + 0 * a[0])),
        condition_of_matrix,
        "κ(A)",
    ),
    "cholesky": Problem(
        lambda a: _weighted(xp.linalg.cholesky(a)), condition_of_matrix, "κ(A)", _positive
    ),
    "qr": Problem(lambda a: _weighted(xp.linalg.qr(a)[1]), condition_of_matrix, "κ(A)"),
    "eigvalsh": Problem(
        lambda a: _weighted(xp.linalg.eigvalsh(a)), condition_of_spectrum, "‖A‖/gap", _symmetric
    ),
    "eigh": Problem(
        lambda a: _weighted(xp.linalg.eigh(a)[1] ** 2), condition_of_spectrum, "‖A‖/gap",
        _symmetric,
    ),
    "svdvals": Problem(
        lambda a: _weighted(xp.linalg.svdvals(a)), condition_of_singular_values, "σ₁/gap"
    ),
    "expm": Problem(lambda a: _weighted(xp.linalg.expm(a)), _size, "1 + ‖A‖"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The relative error of a gradient, and the bound on it."""

    problem: str
    format: str
    n: int
    condition: float
    error: float
    bound: float


def matrix(n: int, condition: float, dtype: Any, seed: int = 0) -> Any:
    """Return a matrix of order n with singular values from 1 to 1/condition."""
    rng = np.random.default_rng(seed)
    u, v = (np.linalg.qr(rng.normal(size=(n, n)))[0] for _ in range(2))
    return ((u * np.geomspace(1, 1 / condition, n)) @ v).astype(dtype)


def measured(name: str, format_name: str, n: int, condition: float) -> Measured:
    """Return the error of a problem's gradient at one matrix."""
    problem, fmt = PROBLEMS[name], FORMATS[format_name]
    a = problem.prepare(matrix(n, condition, fmt.dtype))
    kappa = problem.condition(a)
    gradient = xp.grad(problem.program)
    with precision(BITS):
        balls = xp.value(gradient)(xp.ball_array(a))
        exact = np.array([float(b.mid()) for b in balls.flat]).reshape(a.shape)
    found = gradient(a)
    error = float(np.max(np.abs(found.astype(np.float64) - exact)) / np.max(np.abs(exact)))
    return Measured(
        problem=name, format=format_name, n=n, condition=kappa, error=error,
        bound=FACTOR * n * kappa * fmt.unit_roundoff,
    )  # fmt: skip


def table() -> list[str]:
    """Return the table: of each problem the error beside its bound, at the worst matrix."""
    lines = [
        "| function | κ | format | n | κ here | error | bound | error / bound |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, problem in PROBLEMS.items():
        for format_name, conditions in CONDITIONS.items():
            found = [measured(name, format_name, n, c) for n in SIZES for c in conditions]
            m = max(found, key=lambda m: m.error / m.bound)
            lines.append(
                f"| {name} | {problem.words} | {m.format} | {m.n} | {m.condition:.1e} "
                f"| {m.error:.1e} | {m.bound:.1e} | {m.error / m.bound:.2f} |"
            )
    return lines
