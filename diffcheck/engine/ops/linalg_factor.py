# ruff: noqa: ARG001, ARG005 - rules share one signature
"""Factorisations with two or three results, each kept in one array, and the pseudo-inverse."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from flint import acb_mat, arb

from diffcheck.balls import Undecided
from diffcheck.engine.ball_trace import is_complex
from diffcheck.engine.ops import linalg_balls as balls
from diffcheck.engine.ops.complex import imag, real
from diffcheck.engine.ops.indexing import diagonal
from diffcheck.engine.ops.joining import concat
from diffcheck.engine.ops.linalg import (
    adjoint,
    by_adjoints,
    conjugate,
    diagonal_matrix,
    phases,
    real_row,
    solve,
)
from diffcheck.engine.ops.linalg_forward import in_lapack, largest_elements, lengths
from diffcheck.engine.ops.manipulation import matrix_transpose, reshape, tril
from diffcheck.engine.ops.products import matmul
from diffcheck.engine.ops.repeated import (
    groups,
    has_equal,
    over_gaps,
    over_sums,
    over_values,
    together,
    vectors,
)
from diffcheck.engine.table import Entry, op
from diffcheck.engine.tensor import shape_of
from diffcheck.engine.values import zeros_like


def _order(x: Any, **_params: Any) -> int:
    return max(shape_of(x)[-2:])


# QR of tall matrices (Walter and Lehmann 2010): Q above Rᵀ, the diagonal of R positive.
@in_lapack
def _qr(x: Any) -> Any:
    q, r = np.linalg.qr(x)
    signs = _signs(np.diagonal(r, axis1=-2, axis2=-1))[..., None, :]
    lower = np.tril(np.swapaxes(r, -1, -2) * np.conj(signs))  # a sign makes -0 of its zeros
    return np.concatenate([q * signs, lower], -2)


def _signs(x: Any) -> Any:
    """Return x/|x|, 1 for 0."""
    return np.where(x == 0, 1, np.sign(x))


def _qr_ball(x: Any) -> Any:
    """Return Gram and Schmidt's factors."""
    m, n = x.shape
    q = np.full((m, n), arb(0), dtype=object)
    r = np.full((n, n), arb(0), dtype=object)
    for j in range(n):
        v = x[:, j].copy()
        for i in range(j):
            r[i, j] = np.add.reduce(balls.conjugate(q[:, i]) * x[:, j])
            v = v - q[:, i] * r[i, j]
        r[j, j] = balls.size(v).sqrt()
        q[:, j] = v / r[j, j]
    return np.concatenate([q, r.T])


def _split(packed: Any, rows: int) -> tuple[Any, Any]:
    return packed[..., :rows, :], packed[..., rows:, :]


def _divided(a: Any, r: Any) -> Any:
    """Return a R⁻¹."""
    return matrix_transpose(solve(matrix_transpose(r), matrix_transpose(a)))


def _qr_vjp(g: Any, y: Any, x: Any) -> Any:
    rows = shape_of(x)[-2]
    (q, rt), (gq, grt) = _split(y, rows), _split(g, rows)
    r = matrix_transpose(rt)
    m = matmul(r, conjugate(grt)) - matmul(adjoint(gq), q)
    below = tril(m, -1)
    symmetric = below + adjoint(below) + diagonal_matrix(real(diagonal(m)))
    return _divided(gq + matmul(q, symmetric), conjugate(rt))


def _qr_jvp(t: Any, y: Any, x: Any) -> Any:
    q, rt = _split(y, shape_of(x)[-2])
    c = _divided(t, matrix_transpose(rt))
    inner = matmul(adjoint(q), c)
    lower = tril(inner, -1)
    turn = lower - adjoint(lower)
    if is_complex(inner):
        turn = turn + diagonal_matrix(1j * imag(diagonal(inner)))
    dq = c + matmul(q, turn - inner)
    return concat([dq, matmul(rt, matrix_transpose(inner - turn))], axis=-2)


_qr_op = op(
    "qr",
    _qr,
    kind="general",
    vjp=by_adjoints(_qr_vjp),
    jvp=(_qr_jvp,),
    ball=balls.stacked(_qr_ball),
    length=_order,
    sympy="concat([array(m) for m in (lambda q, r: (q, r.T))(*Matrix(x).QRdecomposition())])",
    jax="linalg.qr",
    complex=True,
)


class QRResult(NamedTuple):
    """An orthogonal and an upper triangular matrix."""

    Q: Any
    R: Any


def qr(x: Any, mode: str = "reduced") -> Any:
    """Return Q and R with x = Q R and a diagonal of R that is not negative; R alone for mode "r".

    Raises `NotImplementedError` for mode "complete" of a tall matrix: what completes Q is no
    function of x.
    """
    if mode not in ("reduced", "complete", "r"):
        raise ValueError(f"qr of mode {mode!r}: expected 'reduced', 'complete' or 'r'")
    if mode == "r":
        return qr(x).R
    rows, columns = shape_of(x)[-2:]
    if mode == "complete" and rows > columns:
        raise NotImplementedError("qr of mode 'complete': the columns added to Q are arbitrary")
    if rows >= columns:
        q, rt = _split(_qr_op(x), rows)
        return QRResult(q, matrix_transpose(rt))
    q, rt = _split(_qr_op(x[..., :rows]), rows)
    rest = matmul(adjoint(q), x[..., rows:])
    return QRResult(q, concat([matrix_transpose(rt), rest], axis=-1))


# Singular values (Townsend 2016): their row above U above V.
@in_lapack
def _svd(x: Any, *, toward: Any = None) -> Any:
    """Return the factors, each pair of vectors with a fixed sign.

    Vectors of equal values, and of zeros, are those that the matrix has, in the limit, when moved
    `toward`.
    """
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    v = np.conj(np.swapaxes(vh, -1, -2))
    s = together(s, lambda: lengths(x @ v - u * s[..., None, :]))
    if toward is not None:
        directions = np.broadcast_to(toward, x.shape)
        for index in np.ndindex(s.shape[:-1]):
            _tell_apart(x[index], u[index], s[index], v[index], directions[index])
    signs = np.conj(_signs(largest_elements(u)))
    return np.concatenate([s[..., None, :], u * signs, v * signs], axis=-2)


def _tell_apart(x: Any, u: Any, s: Any, v: Any, toward: Any) -> None:
    """Turn, in place, the vectors of equal values of one matrix into those of the limit."""
    for group in groups(s):
        if s[group.start]:
            inner = u[:, group].conj().T @ toward @ v[:, group]
            turn = np.linalg.eigh(0.5 * (inner + inner.conj().T))[1][:, ::-1]
            u[:, group], v[:, group] = u[:, group] @ turn, v[:, group] @ turn
    rank = np.count_nonzero(s)
    if rank < len(s):
        left, _, right = np.linalg.svd(x)
        left, right = left[:, rank:], right[rank:].conj().T
        turn_u, _, turn_v = np.linalg.svd(left.conj().T @ toward @ right, full_matrices=False)
        u[:, rank:], v[:, rank:] = left @ turn_u, right @ turn_v.conj().T


def _svd_ball(x: Any) -> Any:
    """Return the factors from the eigenvectors of xᵀx, or of xxᵀ for a wide matrix."""
    rows, columns = x.shape
    adjoint_x = balls.adjoint(x)
    gram = adjoint_x @ x if rows >= columns else x @ adjoint_x
    packed = balls.eigh(gram)[:, ::-1]
    s = np.frompyfunc(arb.sqrt, 1, 1)(packed[0])
    if any(v.contains(0) for v in s):
        raise Undecided("a singular value that may be 0")
    first = packed[1:]
    second = (x @ first if rows >= columns else adjoint_x @ first) / s
    u, v = (second, first) if rows >= columns else (first, second)
    signs = [balls.sign_of_largest(u[:, k]) for k in range(u.shape[1])]
    return np.concatenate([s[None], u * signs, v * signs])


def _three(packed: Any, rows: int) -> tuple[Any, Any, Any]:
    both = vectors(packed, zeros=True)
    return packed[..., 0, :], both[..., :rows, :], both[..., rows:, :]


def _beside(w: Any, a: Any, s: Any) -> Any:
    """Return the part of a that is orthogonal to the columns of w, over s: none for a square w."""
    if shape_of(w)[-2] == shape_of(w)[-1]:
        return zeros_like(a)
    return over_values(a - matmul(w, matmul(adjoint(w), a)), s, a)


def _skew(m: Any) -> Any:
    return 0.5 * (m - adjoint(m))


def _svd_vjp(g: Any, y: Any, x: Any) -> Any:
    rows = shape_of(x)[-2]
    s, u, v = _three(y, rows)
    gs, gu, gv = g[..., 0, :], g[..., 1 : rows + 1, :], g[..., rows + 1 :, :]
    skew_u, skew_v = _skew(matmul(adjoint(u), gu)), _skew(matmul(adjoint(v), gv))
    middle = (
        over_gaps(skew_u + skew_v, s) + over_sums(skew_u - skew_v, s) + diagonal_matrix(real(gs))
    )
    vt = adjoint(v)
    left = matmul(_beside(u, gu, s), vt)
    right = matmul(u, adjoint(_beside(v, gv, s)))
    return matmul(matmul(u, middle), vt) + left + right


# The vectors turn, dU = U A and dV = V B. With P = U* dX V A + B is (P + P*)/(s_j - s_i), and A - B
# is (P - P*)/(s_j + s_i): of equal values only the first is not determined.
def _svd_jvp(t: Any, y: Any, x: Any, **_params: Any) -> Any:
    s, u, v = _three(y, shape_of(x)[-2])
    tv = matmul(t, v)
    p = matmul(adjoint(u), tv)
    skew = _skew(p)
    turns, difference = over_gaps(p - skew, s), over_sums(skew, s)
    du = matmul(u, turns + difference) + _beside(u, tv, s)
    dv = matmul(v, turns - difference) + _beside(v, matmul(adjoint(t), u), s)
    ds = diagonal(p - skew)
    return concat([reshape(ds, (*shape_of(ds)[:-1], 1, shape_of(ds)[-1])), du, dv], axis=-2)


_svd_op: Entry = op(
    "svd",
    _svd,
    kind="general",
    vjp=by_adjoints(_svd_vjp),
    jvp=(_svd_jvp,),
    free=lambda y: bool(np.any(y[..., 0, :] == 0)) or has_equal(np.real(y[..., 0, :])),
    ball=lambda x, **_params: balls.stacked(_svd_ball)(x),
    length=_order,
    jax="linalg.svd",
    complex=True,
)


class SVDResult(NamedTuple):
    """Left singular vectors in columns, singular values descending, right ones in rows."""

    U: Any
    S: Any
    Vh: Any


def svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """Return the singular value decomposition; the largest element of each column of U is positive.

    Without `compute_uv` the singular values only.

    Where singular values meet or vanish, what depends on single vectors has no derivative; what
    does not need their gap comes out finite. Raises `NotImplementedError` for `full_matrices` of
    a matrix that is not square.
    """
    if not compute_uv:
        return svdvals(x)
    rows, columns = shape_of(x)[-2:]
    if full_matrices and rows != columns:
        raise NotImplementedError(
            "svd with full_matrices: the vectors added are arbitrary; pass full_matrices=False"
        )
    packed = _svd_op(x)
    _, u, v = _three(packed, rows)
    if is_complex(u):
        turn = phases(u)
        u, v = u * turn, v * turn
    return SVDResult(u, real_row(packed), adjoint(v))


def svdvals(x: Any) -> Any:
    """Return the singular values, descending."""
    return real_row(_svd_op(x))


# The pseudo-inverse (Golub and Pereyra 1973, eq. 4.12), of constant rank
def _pinv_ball(x: Any) -> Any:
    rows, columns = x.shape
    adjoint_x = balls.adjoint(x)
    if rows >= columns:
        return balls.solve(adjoint_x @ x, adjoint_x)
    return balls.adjoint(balls.solve(x @ adjoint_x, x))


def _pinv_jvp(t: Any, y: Any, x: Any) -> Any:
    yt, tt = adjoint(y), adjoint(t)
    first = matmul(matmul(y, t), y)
    outer = matmul(matmul(y, yt), tt)
    second = outer - matmul(matmul(outer, x), y)
    inner = matmul(tt, matmul(yt, y))
    third = inner - matmul(y, matmul(x, inner))
    return second + third - first


def _pinv_vjp(g: Any, y: Any, x: Any) -> Any:
    yt, gt = adjoint(y), adjoint(g)
    first = matmul(matmul(yt, g), yt)
    left = matmul(gt, matmul(y, yt))
    second = left - matmul(x, matmul(y, left))
    right = matmul(matmul(yt, y), gt)
    third = right - matmul(matmul(right, y), x)
    return second + third - first


_pinv_op = op(
    "pinv",
    in_lapack(lambda x, *, rtol: np.linalg.pinv(x, rcond=rtol)),
    kind="general",
    vjp=lambda g, y, x, rtol: by_adjoints(_pinv_vjp)(g, y, x),
    jvp=(lambda t, y, x, rtol: _pinv_jvp(t, y, x),),
    ball=lambda x, **_: balls.stacked(_pinv_ball)(x),
    length=_order,
    sympy="array(Matrix(x).pinv())",
    jax="linalg.pinv",
    complex=True,
)


def pinv(
    x: Any, rcond: float | None = None, hermitian: bool = False, *, rtol: float | None = None
) -> Any:
    """Return the pseudo-inverse; singular values below rtol times the largest count as 0.

    `rcond` is NumPy's older name for it. What is said of the matrix makes nothing simpler here.
    """
    del hermitian
    return _pinv_op(x, rtol=rcond if rtol is None else rtol)


# Eigenvalues of general matrices: complex, in the order of their real, then imaginary parts.
@in_lapack
def _eig(x: Any) -> Any:
    values, vectors = np.linalg.eig(x)
    order = np.lexsort((values.imag, values.real), axis=-1)
    values = np.take_along_axis(values, order, -1)
    vectors = np.take_along_axis(vectors, order[..., None, :], -1)
    packed = np.concatenate([values[..., None, :], vectors], axis=-2)
    return packed.astype(np.result_type(x, np.complex64))


def _eig_ball(x: Any) -> Any:
    n = x.shape[0]
    try:
        values, vectors = acb_mat(x.tolist()).eig(right=True)
    except ValueError as error:
        raise Undecided(f"eigenvalues that are not isolated: {error}") from error
    order = sorted(
        range(n), key=lambda k: (float(values[k].real.mid()), float(values[k].imag.mid()))
    )
    result = np.empty((n + 1, n), dtype=object)
    for column, k in enumerate(order):
        size = sum((abs(vectors[i, k]) ** 2 for i in range(n)), start=arb(0)).sqrt()
        result[0, column] = values[k]
        result[1:, column] = [vectors[i, k] / size for i in range(n)]
    return result


def _eig_vjp(g: Any, y: Any, x: Any) -> Any:
    w, v = y[..., 0, :], y[..., 1:, :]
    vt = matrix_transpose(v)
    middle = diagonal_matrix(g[..., 0, :]) + over_gaps(matmul(vt, g[..., 1:, :]), w)
    return solve(vt, matmul(middle, vt))


def _eig_jvp(t: Any, y: Any, x: Any) -> Any:
    w, v = y[..., 0, :], y[..., 1:, :]
    inner = solve(v, matmul(t, v))
    dw = diagonal(inner)
    dv = matmul(v, over_gaps(inner, w))
    return concat([reshape(dw, (*shape_of(dw)[:-1], 1, shape_of(dw)[-1])), dv], axis=-2)


_eig_op = op(
    "eig",
    _eig,
    kind="general",
    vjp=_eig_vjp,
    jvp=(_eig_jvp,),
    ball=balls.stacked(_eig_ball),
    length=_order,
    jax="linalg.eig",
    complex=True,
)


class EigResult(NamedTuple):
    """Complex eigenvalues, and eigenvectors in columns."""

    eigenvalues: Any
    eigenvectors: Any


def eig(x: Any) -> EigResult:
    """Return complex eigenvalues, by real then imaginary part, and unit eigenvectors.

    The derivative of a vector leaves its length and phase open: right for all that does not depend
    on them, as in JAX.
    """
    packed = _eig_op(x)
    return EigResult(packed[..., 0, :], packed[..., 1:, :])


def eigvals(x: Any) -> Any:
    """Return the complex eigenvalues, by real then imaginary part."""
    return _eig_op(x)[..., 0, :]
