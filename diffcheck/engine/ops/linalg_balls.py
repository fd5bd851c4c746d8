"""Linear algebra in balls, by Arb's matrices; each function takes stacks of matrices."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from flint import acb, acb_mat, arb, arb_mat
from numpy.typing import NDArray

from diffcheck.balls import Undecided, is_less


def stacked(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of stacks from a function of single object matrices."""

    def call(*stacks: Any, **params: Any) -> Any:
        batch = np.broadcast_shapes(*(s.shape[:-2] for s in stacks))
        full = [np.broadcast_to(s, batch + s.shape[-2:]) for s in stacks]
        results = [function(*(s[i] for s in full), **params) for i in np.ndindex(batch)]
        parts = np.empty((len(results), *np.shape(results[0])), dtype=object)
        for i, result in enumerate(results):
            parts[i] = result
        return parts.reshape(batch + parts.shape[1:])

    return call


def _matrix(x: Any) -> Any:
    return (acb_mat if any(isinstance(z, acb) for z in x.flat) else arb_mat)(x.tolist())


def _matrices(*arrays: Any) -> list[Any]:
    """Return matrices of one kind: complex if one of them is."""
    found = [_matrix(a) for a in arrays]
    return [acb_mat(m) for m in found] if any(isinstance(m, acb_mat) for m in found) else found


def _objects(m: Any) -> NDArray[Any]:
    result = np.empty((m.nrows(), m.ncols()), dtype=object)
    for i in range(m.nrows()):
        for j in range(m.ncols()):
            result[i, j] = m[i, j]
    return result


def adjoint(x: Any) -> Any:
    """Return the conjugate transpose."""
    return conjugate(x).T


conjugate: Callable[[Any], Any] = np.frompyfunc(
    lambda z: z.conjugate() if isinstance(z, acb) else z, 1, 1
)
real: Callable[[Any], Any] = np.frompyfunc(lambda z: z.real, 1, 1)


def size(x: Any) -> Any:
    """Return the sum of the squares of absolute values."""
    return np.add.reduce(real(x * conjugate(x)), axis=None, initial=arb(0))


def _nan(shape: tuple[int, ...]) -> NDArray[Any]:
    return np.full(shape, arb("nan"), dtype=object)


def _det(x: Any) -> Any:
    return _matrix(x).det() if x.size else arb(1)


def _inv(x: Any) -> Any:
    try:
        return _objects(_matrix(x).inv())
    except ZeroDivisionError:  # singular, or not told apart from it at this precision
        return _nan(x.shape)


def _solve(a: Any, b: Any) -> Any:
    try:
        left, right = _matrices(a, b)
        return _objects(left.solve(right))
    except ZeroDivisionError:  # singular, or not told apart from it at this precision
        return _nan(b.shape)


def _cholesky(x: Any) -> Any:
    n = x.shape[0]
    lower = np.full((n, n), arb(0), dtype=object)
    for j in range(n):
        done = lower[j, :j]
        lower[j, j] = (x[j, j].real - size(done)).sqrt()
        for i in range(j + 1, n):
            rest = x[i, j] - np.add.reduce(lower[i, :j] * conjugate(done), initial=arb(0))
            lower[i, j] = rest / lower[j, j]
    return lower


def _eigh(x: Any) -> Any:
    """Return the eigenvalues, ascending, above the matrix of unit eigenvectors in columns."""
    n = x.shape[0]
    try:
        values, vectors = acb_mat(_matrix(x)).eig(right=True)
    except ValueError as error:
        raise Undecided(f"eigenvalues that are not isolated: {error}") from error
    order = _ascending([v.real for v in values])
    result = np.empty((n + 1, n), dtype=object)
    for column, k in enumerate(order):
        result[0, column] = values[k].real
        result[1:, column] = _unit([vectors[i, k] for i in range(n)], real=not _is_complex(x))
    return result


def _is_complex(x: Any) -> bool:
    return any(isinstance(z, acb) for z in x.flat)


def _ascending(values: list[Any]) -> list[int]:
    order = sorted(range(len(values)), key=lambda k: float(values[k].mid()))
    for a, b in pairwise(order):
        if not is_less(values[a], values[b]):
            raise Undecided(f"order of the eigenvalues {values[a]} and {values[b]}")
    return order


def _unit(vector: list[Any], *, real: bool) -> Any:
    """Return an eigenvector as a unit vector whose largest element is positive.

    That of a real symmetric matrix is a real vector times one complex factor: dividing by its
    largest element makes it real.
    """
    pivot = max(range(len(vector)), key=lambda i: float(abs(vector[i]).mid()))
    ratios = [v / vector[pivot] if i != pivot else arb(1) for i, v in enumerate(vector)]
    turned = np.array([r.real for r in ratios] if real else ratios, dtype=object)
    unit = turned / size(turned).sqrt()
    return positive(unit) if real else unit


def positive(column: Any) -> Any:
    """Return a column with its element of greatest absolute value (the first such) positive."""
    sizes = [abs(float(c.mid()) if isinstance(c, arb) else float(c)) for c in column]
    return -column if column[int(np.argmax(sizes))] < 0 else column


def sign_of_largest(column: Any) -> Any:
    """Return the factor of size 1 that makes the element of greatest absolute value positive."""
    if _is_complex(column):
        largest = max(column, key=lambda z: float(abs(z).mid()))
        return acb(largest).conjugate() / abs(largest)
    return 1 if positive(column) is column else -1


det = stacked(_det)
inv = stacked(_inv)
solve = stacked(_solve)
cholesky = stacked(_cholesky)
eigh = stacked(_eigh)
expm = stacked(lambda x: _objects(_matrix(x).exp()))
logabsdet = stacked(lambda x: abs(_det(x)).log())
sign_of_det = stacked(lambda x: _sign(_det(x)))


def _sign(x: Any) -> Any:
    if x.is_zero():
        return arb(0)
    return arb(-1) if is_less(x, arb(0)) else arb(1)
