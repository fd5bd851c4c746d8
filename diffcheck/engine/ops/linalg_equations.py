# ruff: noqa: ARG005 - rules share one signature
"""Matrix equations: Sylvester's, and square roots of matrices (Higham 2008, ch. 6)."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg
from flint import acb, acb_mat

from diffcheck.balls import Undecided
from diffcheck.engine.broadcasting import unbroadcast
from diffcheck.engine.ops import linalg_balls as balls
from diffcheck.engine.ops.arrangement import diag
from diffcheck.engine.ops.linalg import inv, solve
from diffcheck.engine.ops.manipulation import matrix_transpose, moveaxis, reshape
from diffcheck.engine.ops.products import matmul
from diffcheck.engine.table import Entry, op
from diffcheck.engine.tensor import shape_of


def _order(*args: Any) -> int:
    return shape_of(args[0])[-1]


def _stacked(function: Any) -> Any:
    """Return a function of SciPy's for stacks of matrices, in the dtype it was asked in."""
    apply = np.vectorize(function, otypes=[np.complex128], signature="(n,n)->(n,n)")

    def forward(x: Any) -> Any:
        y = apply(x)
        real = x.dtype.kind != "c" and bool(np.all(y.imag == 0))
        return (y.real if real else y).astype(x.dtype if real else np.result_type(x, np.complex64))

    return forward


_solved = np.vectorize(scipy.linalg.solve_sylvester, signature="(m,m),(n,n),(m,n)->(m,n)")


def _sylvester_forward(a: Any, b: Any, q: Any) -> Any:
    return _solved(a, b, q).astype(np.result_type(a, b, q), copy=False)


def _sylvester_ball(a: Any, b: Any, q: Any) -> Any:
    """Solve the linear system of the columns of x, put under one another."""
    m, n = q.shape
    eye_m, eye_n = np.eye(m, dtype=int), np.eye(n, dtype=int)
    system = np.kron(eye_n, a) + np.kron(b.T, eye_m)
    x = balls.solve(system, q.T.reshape(-1, 1))
    return x.reshape(n, m).T


solve_sylvester: Entry = op(
    "solve_sylvester",
    _sylvester_forward,
    kind="general",
    vjp=(
        lambda g, x, a, b, q: unbroadcast(
            -matmul(_adjoint(a, b, g), matrix_transpose(x)), shape_of(a)
        ),
        lambda g, x, a, b, q: unbroadcast(
            -matmul(matrix_transpose(x), _adjoint(a, b, g)), shape_of(b)
        ),
        lambda g, x, a, b, q: unbroadcast(_adjoint(a, b, g), shape_of(q)),
    ),
    jvp=(
        lambda t, x, a, b, q: -solve_sylvester(a, b, matmul(t, x)),
        lambda t, x, a, b, q: -solve_sylvester(a, b, matmul(x, t)),
        lambda t, x, a, b, q: solve_sylvester(a, b, t),
    ),
    ball=balls.stacked(_sylvester_ball),
    length=_order,
    jax="scipy.linalg.solve_sylvester",
    domain="a and -b without a common eigenvalue",
    sympy="reshape(solve(reshape(einsum('ij,kl->ikjl', x, eye(len(y))) + "
    "einsum('ij,kl->ikjl', eye(len(x)), y.T), (z.size, z.size)), z.reshape(-1)), z.shape)",
    complex=True,
)


def _adjoint(a: Any, b: Any, g: Any) -> Any:
    """Return the cotangent of q in a x + x b = q."""
    return solve_sylvester(matrix_transpose(a), matrix_transpose(b), g)


def _root_ball(x: Any) -> Any:
    """Return the principal square root from isolated eigenvalues and their eigenvectors."""
    try:
        values, vectors = acb_mat(x.tolist()).eig(right=True)
    except ValueError as error:
        raise Undecided(f"eigenvalues that are not isolated: {error}") from error
    n = x.shape[0]
    middle = acb_mat(n, n)
    for k, value in enumerate(values):
        middle[k, k] = value.sqrt()
    y = vectors * middle * vectors.inv()
    real = not any(isinstance(z, acb) for z in x.flat) and all(
        y[i, j].imag.contains(0) for i in range(n) for j in range(n)
    )
    found = np.empty((n, n), dtype=object)
    for index in np.ndindex(n, n):
        found[index] = y[index].real if real else y[index]
    return found


sqrtm: Entry = op(
    "sqrtm",
    _stacked(scipy.linalg.sqrtm),
    kind="general",
    vjp=lambda g, y, x: solve_sylvester(matrix_transpose(y), matrix_transpose(y), g),
    jvp=(lambda t, y, x: solve_sylvester(y, y, t),),
    ball=balls.stacked(_root_ball),
    length=_order,
    jax="scipy.linalg.sqrtm",
    domain="no eigenvalue on the negative real axis",
    sympy="array(Matrix(x)**S.Half)",
    complex=True,
)


def solve_banded(l_and_u: tuple[int, int], ab: Any, b: Any) -> Any:
    """Return x with a x = b, a given by its diagonals as the rows of ab, the uppermost first.

    The matrix is made whole: the cost is that of `solve`.
    """
    lower, upper = l_and_u
    n = shape_of(ab)[-1]
    a = 0
    for k in range(-lower, upper + 1):
        row = ab[upper - k]
        a = a + diag(row[k:] if k >= 0 else row[: n + k], k)
    return solve(a, b)


def tensorinv(a: Any, ind: int = 2) -> Any:
    """Return the inverse of a tensor as a linear map from its last axes to its first `ind`."""
    shape = shape_of(a)
    n = int(np.prod(shape[ind:]))
    return reshape(inv(reshape(a, (n, n))), shape[ind:] + shape[:ind])


def tensorsolve(a: Any, b: Any, axes: tuple[int, ...] | None = None) -> Any:
    """Return x with tensordot(a, x) = b, where the last axes of a are those of x."""
    if axes is not None:
        a = moveaxis(a, axes, tuple(range(len(shape_of(a)) - len(axes), len(shape_of(a)))))
    rest = shape_of(a)[len(shape_of(b)) :]
    n = int(np.prod(rest))
    return reshape(solve(reshape(a, (n, n)), reshape(b, -1)), rest)
