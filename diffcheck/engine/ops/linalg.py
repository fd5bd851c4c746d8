# ruff: noqa: ARG001, ARG005 - rules share one signature
"""Linear algebra on stacks of matrices; symmetric functions read (A + A*)/2, as JAX does.

To first order a gradient is off by at most 4 n κ u of its largest component, for n rows: κ is the
condition number of the matrix, for eigenvectors and singular values the norm over the least gap,
for expm 1 + the norm (`diffcheck.studies.accuracy.matrices` holds it against balls). u is that of
the format; for longdouble it is float64's, see `linalg_forward.in_lapack`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from diffcheck.engine.ball_trace import is_ball, is_complex
from diffcheck.engine.binding import bind_plain, plain_form
from diffcheck.engine.broadcasting import unbroadcast
from diffcheck.engine.ops import linalg_balls as balls
from diffcheck.engine.ops import linalg_forward as fw
from diffcheck.engine.ops.choices import abs as abs_
from diffcheck.engine.ops.choices import where
from diffcheck.engine.ops.comparison import equal, sign, stop_gradient
from diffcheck.engine.ops.complex import conj, imag, real
from diffcheck.engine.ops.exponential import exp
from diffcheck.engine.ops.indexing import diagonal, take_along_axis
from diffcheck.engine.ops.joining import concat, stack
from diffcheck.engine.ops.manipulation import matrix_transpose, reshape, tril
from diffcheck.engine.ops.plane import only_zero
from diffcheck.engine.ops.products import matmul
from diffcheck.engine.ops.reduction import Axis, argmax, axes_of, count_of, expand
from diffcheck.engine.ops.reduction import sum as sum_
from diffcheck.engine.ops.repeated import has_equal, over_gaps, vectors
from diffcheck.engine.table import Entry, Rule, op
from diffcheck.engine.tensor import base, shape_of
from diffcheck.engine.values import ones_like, zeros_like

MINORS_UP_TO = 6  # beyond, cofactors by minors cost n⁵ and regular matrices go by the inverse


def _order(*args: Any) -> int:
    return shape_of(args[0])[-1]


def _scale(g: Any) -> Any:
    """Return one number per matrix as a stack of 1 x 1 matrices."""
    return reshape(g, (*shape_of(g), 1, 1))


def _inner(a: Any, b: Any) -> Any:
    return sum_(a * b, (-2, -1))


def adjoint(x: Any) -> Any:
    """Return the conjugate transpose."""
    return matrix_transpose(conjugate(x))


def conjugate(x: Any) -> Any:
    """Return the conjugate, a real x itself."""
    return conj(x) if is_complex(x) else x


def by_adjoints(rule: Rule) -> Rule:
    """Return a VJP rule that is written for dL = Re(g* dz), as textbooks have it, for Re(g dz)."""

    def call(g: Any, y: Any, x: Any, **_params: Any) -> Any:
        return conj(rule(conj(g), y, x)) if is_complex(y) else rule(g, y, x)

    return call


def _symmetric(x: Any) -> Any:
    return 0.5 * (x + adjoint(x))


# Determinants
def cofactors(x: Any, y: Any) -> Any:
    """Return the gradient of det at x, where y = det(x): by minors: singular ones too."""
    n = shape_of(x)[-1]
    if n < 2:
        return ones_like(x)
    if n > MINORS_UP_TO and not is_ball(x) and np.all(base(y) != 0):
        return _scale(y) * matrix_transpose(inv(x))
    others = np.array([[k for k in range(n) if k != i] for i in range(n)], dtype=np.int64)
    minors = x[..., others[:, None, :, None], others[None, :, None, :]]
    signs = 1 - 2 * (np.add.outer(np.arange(n), np.arange(n)) % 2).astype(np.int8)
    return det(minors) * signs


det = op(
    "det",
    fw.det,
    kind="general",
    vjp=lambda g, y, x: _scale(g) * cofactors(x, y),  # not det·inv(x)ᵀ: undefined where det = 0
    jvp=(lambda t, y, x: _inner(t, cofactors(x, y)),),
    ball=balls.det,
    length=_order,
    jax="linalg.det",
    sympy="det(x)",
    complex=True,
)


logabsdet_slope = op(
    "logabsdet_slope",
    fw.logabsdet_slope,  # not inv(x)ᵀ: it raises for a singular matrix, whose logarithm is -inf
    kind="general",
    vjp=lambda g, y, x: -matmul(matmul(y, matrix_transpose(g)), y),
    jvp=(lambda t, y, x: -matmul(matmul(y, matrix_transpose(t)), y),),
    ball=lambda x: np.swapaxes(balls.inv(x), -1, -2),
    length=_order,
    domain="regular",
    slope="logabsdet",
    sympy="matrix_transpose(inv(x))",
)


def _real_form(z: Any) -> Any:
    """Return the real matrix of the same map of real and imaginary parts: its det is |det z|²."""
    x, y = real(z), imag(z)
    return concat([concat([x, -y], axis=-1), concat([y, x], axis=-1)], axis=-2)


def _direction_of_det(z: Any) -> Any:
    """Return det z/|det z|; a constant scales the matrix first, so that det stays in range."""
    size = stop_gradient(exp(_logabsdet(z) / shape_of(z)[-1]))
    return sign(det(z / _scale(where(equal(size, 0), 1, size))))


_logabsdet: Entry = op(
    "logabsdet",
    fw.in_lapack(lambda x: np.linalg.slogdet(x).logabsdet),
    kind="general",
    vjp=lambda g, y, x: _scale(g) * logabsdet_slope(x),
    jvp=(lambda t, y, x: _inner(t, logabsdet_slope(x)),),
    ball=balls.logabsdet,
    length=_order,
    jax="linalg.slogdet[1]",
    domain="regular",
    sympy="log(abs(det(x)))",
    complex=lambda z: 0.5 * _logabsdet(_real_form(z)),
)
_sign_of_det = op(
    "sign_of_det",
    fw.in_lapack(lambda x: np.linalg.slogdet(x).sign),
    kind="general",
    ball=balls.sign_of_det,
    rounding=0,
    jax="linalg.slogdet[0]",
    sympy="sign(det(x))",
    complex=_direction_of_det,
)


class SlogdetResult(NamedTuple):
    """Sign and logarithm of the absolute value of a determinant."""

    sign: Any
    logabsdet: Any


def slogdet(x: Any) -> SlogdetResult:
    """Return the sign and the logarithm of the absolute value of the determinant."""
    return SlogdetResult(_sign_of_det(x), _logabsdet(x))


# Inverses and linear systems
inv: Entry = op(
    "inv",
    fw.in_lapack(np.linalg.inv),
    kind="general",
    vjp=lambda g, y, x: -matmul(matmul(matrix_transpose(y), g), matrix_transpose(y)),
    jvp=(lambda t, y, x: -matmul(matmul(y, t), y),),
    ball=balls.inv,
    length=_order,
    jax="linalg.inv",
    domain="regular",
    sympy="inv(x)",
    complex=True,
)
_solve: Entry = op(
    "solve",
    fw.in_lapack(np.linalg.solve),
    kind="general",
    vjp=(
        lambda g, y, a, b: unbroadcast(
            -matmul(_solve(matrix_transpose(a), g), matrix_transpose(y)), shape_of(a)
        ),
        lambda g, y, a, b: unbroadcast(_solve(matrix_transpose(a), g), shape_of(b)),
    ),
    jvp=(lambda t, y, a, b: -_solve(a, matmul(t, y)), lambda t, y, a, b: _solve(a, t)),
    ball=balls.solve,
    length=_order,
    jax="linalg.solve",
    domain="regular",
    sympy="solve(x, y)",
    complex=True,
)


def solve(a: Any, b: Any) -> Any:
    """Return x with a @ x = b, for a vector b or a stack of matrices."""
    if len(shape_of(b)) > 1:
        return _solve(a, b)
    x = _solve(a, reshape(b, (-1, 1)))
    return reshape(x, shape_of(x)[:-1])


# Cholesky (Murray 2016, "Differentiation of the Cholesky decomposition")
def _half_lower(x: Any) -> Any:
    """Return the lower triangle with its diagonal halved."""
    return 0.5 * (tril(x) + tril(x, -1))


def _cholesky_vjp(g: Any, y: Any, x: Any) -> Any:
    inverse = inv(y)
    middle = _half_lower(matmul(adjoint(y), tril(g)))
    return _symmetric(matmul(matmul(adjoint(inverse), middle), inverse))


def _cholesky_jvp(t: Any, y: Any, x: Any) -> Any:
    inverse = inv(y)
    middle = matmul(matmul(inverse, _symmetric(t)), adjoint(inverse))
    return matmul(y, _half_lower(middle))


_cholesky = op(
    "cholesky",
    fw.in_lapack(np.linalg.cholesky),
    kind="general",
    vjp=by_adjoints(_cholesky_vjp),
    jvp=(_cholesky_jvp,),
    ball=balls.cholesky,
    length=_order,
    jax="linalg.cholesky",
    domain="positive definite",
    sympy="array(Matrix(x).cholesky(hermitian=False))",
    complex=True,
)


def cholesky(x: Any, *, upper: bool = False) -> Any:
    """Return the lower triangular L with L L* = (x + x*)/2, or its adjoint."""
    lower = _cholesky(_symmetric(x))
    return adjoint(lower) if upper else lower


# Symmetric eigenproblems (Giles 2008, §3.1). The op gives one array: the row of eigenvalues on top
# of the matrix of eigenvectors.
def diagonal_matrix(w: Any) -> Any:
    """Return vectors as diagonal matrices."""
    n = shape_of(w)[-1]
    return reshape(w, (*shape_of(w), 1)) * np.eye(n, dtype=np.int8)


def _eigh_vjp(g: Any, y: Any, x: Any) -> Any:
    w, v, flow = y[..., 0, :], vectors(y, zeros=False), g[..., 1:, :]
    middle = over_gaps(matmul(adjoint(v), flow), w) + diagonal_matrix(g[..., 0, :])
    return _symmetric(matmul(matmul(v, middle), adjoint(v)))


def _eigh_jvp(t: Any, y: Any, x: Any, **_params: Any) -> Any:
    v = vectors(y, zeros=False)
    inner = matmul(matmul(adjoint(v), _symmetric(t)), v)
    values = diagonal(inner)
    turned = matmul(v, over_gaps(inner, y[..., 0, :]))
    return concat([reshape(values, (*shape_of(values)[:-1], 1, shape_of(values)[-1])), turned], -2)


_eigh = op(
    "eigh",
    fw.eigh,
    kind="general",
    vjp=by_adjoints(_eigh_vjp),
    jvp=(_eigh_jvp,),
    free=lambda y: has_equal(np.real(y[..., 0, :])),
    ball=lambda x, **_params: balls.eigh(x),
    length=_order,
    jax="linalg.eigh",
    domain="symmetric, eigenvalues apart",
    complex=True,
)


class EighResult(NamedTuple):
    """Eigenvalues in ascending order, and unit eigenvectors in columns."""

    eigenvalues: Any
    eigenvectors: Any


def _from_triangle(x: Any, name: str | None) -> Any:
    """Return (x + x*)/2, or the Hermitian matrix of a triangle that was asked for by NumPy's name.

    Raises `ValueError` unless it is "L" or "U".
    """
    if name is None:
        return _symmetric(x)
    if name.upper() not in ("L", "U"):
        raise ValueError(f"UPLO {name!r}: expected 'L' or 'U'")
    below = tril(x if name.upper() == "L" else adjoint(x))
    strict = tril(below, -1)
    return strict + adjoint(strict) + diagonal_matrix(real(diagonal(below)))


def eigh(x: Any, UPLO: str | None = None) -> EighResult:
    """Return eigenvalues and eigenvectors of (x + x*)/2, or of what a triangle of x stands for.

    The element of greatest absolute value of each eigenvector is positive. Where eigenvalues are
    equal, every function of the matrix that has a derivative gets it: see `engine.directions`.
    """
    packed = _eigh(_from_triangle(x, UPLO))
    v = vectors(packed, zeros=False)
    return EighResult(real_row(packed), v * phases(v) if is_complex(v) else v)


def phases(v: Any) -> Any:
    """Return what makes the greatest element of each column positive: 1, but it turns with v.

    The rules know the vectors up to a phase only, which this leaves no freedom.
    """
    greatest = argmax(abs_(v), axis=-2, keepdims=True)
    return conj(sign(take_along_axis(v, greatest, axis=-2)))


def real_row(packed: Any) -> Any:
    """Return the first row of a packed result, which is real."""
    row = packed[..., 0, :]
    return real(row) if is_complex(row) else row


def eigvalsh(x: Any, UPLO: str | None = None) -> Any:
    """Return the eigenvalues in ascending order of what `eigh` takes."""
    return real_row(_eigh(_from_triangle(x, UPLO)))


# Matrix functions
def _frechet(x: Any, direction: Any) -> Any:
    """Return the derivative of expm at x along a direction (Al-Mohy and Higham 2009, eq. 2.2).

    The direction is taken at norm 1: a greater one would cost squarings, and their digits.
    """
    n = shape_of(x)[-1]
    size = _scale(_norm_of(direction))
    top = concat([x, direction / size], axis=-1)
    bottom = concat([zeros_like(x), x], axis=-1)
    return expm(concat([top, bottom], axis=-2))[..., :n, n:] * size


def _norm_of(direction: Any) -> Any:
    """Return the Frobenius norm as a constant, 1 for 0: what it scales is linear in it."""
    if is_ball(direction):
        return ones_like(direction[..., 0, 0])
    size = stop_gradient(norm2(direction, axis=(-2, -1)))
    return where(equal(size, 0), 1, size)


expm = op(
    "expm",
    fw.expm,
    kind="general",
    vjp=lambda g, y, x: _frechet(matrix_transpose(x), g),
    jvp=(lambda t, y, x: _frechet(x, t),),
    ball=balls.expm,
    length=_order,
    jax="scipy.linalg.expm",
    sympy="array(Matrix(x).exp())",
    complex=True,
)


def matrix_power(x: Any, n: int) -> Any:
    """Return x multiplied with itself n times, by repeated squaring; negative n by the inverse."""
    if n < 0:
        return matrix_power(inv(x), -n)
    if n == 0:
        return zeros_like(x) + np.eye(shape_of(x)[-1], dtype=np.int8)
    half = matrix_power(x, n // 2) if n > 1 else None
    square = x if half is None else matmul(half, half)
    return matmul(square, x) if n > 1 and n % 2 else square


def trace(x: Any, *, offset: int = 0, dtype: Any = None) -> Any:
    """Return the sum along a diagonal of the last two axes."""
    return sum_(diagonal(x, offset), -1, dtype=dtype)


# Norms
def _plain_unit(x: Any, y: Any, axis: Axis) -> Any:
    full = expand(y, shape_of(x), axis)
    return x / where(equal(full, 0), 1, full)


@plain_form(bind_plain(_plain_unit))
def _unit(x: Any, y: Any, axis: Axis) -> Any:
    """Return x / norm(x), 0 at x = 0: the subgradient of least norm, with no derivative there."""
    none = equal(expand(y, shape_of(x), axis), 0)
    return where(none, only_zero(x), _plain_unit(x, y, axis))


def _complex_norm(z: Any, axis: Axis) -> Any:
    """Return the norm of real and imaginary parts together."""
    both = stack([real(z), imag(z)])
    return norm2(both, axis=(0, *(a + 1 for a in axes_of(axis, len(shape_of(z))))))


norm2: Entry = op(
    "norm2",
    fw.norm2,
    kind="general",
    vjp=lambda g, y, x, axis: expand(g, shape_of(x), axis) * _unit(x, y, axis),
    jvp=(lambda t, y, x, axis: sum_(t * _unit(x, y, axis), axis),),
    ball=fw.norm2_ball,
    length=count_of,
    jax="linalg.norm",
    sympy="sqrt(sum(x**2, axis))",
    complex=_complex_norm,
)
