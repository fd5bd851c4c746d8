"""Every op in every format: the dtype stays, the derivative is that of float64 to the format."""

import ml_dtypes
import numpy as np
import pytest
from atlas_calls import calls

from diffcheck import engine as xp
from diffcheck.engine.table import TABLE

FORMATS = [np.float16, ml_dtypes.bfloat16, np.longdouble]
FREE = {"astype": "it changes the format by its meaning"}
GIVES_COMPLEX = {"dft", "rdft", "eig"}  # of half precision: NumPy has no smaller format than c64
FACTORS = {
    "cholesky": xp.linalg.cholesky,
    "det": xp.linalg.det,
    "eigvalsh": xp.linalg.eigvalsh,
    "inv": xp.linalg.inv,
    "pinv": lambda x: xp.linalg.pinv(x[:, :2]),
    "qr": lambda x: xp.linalg.qr(x).R,
    "slogdet": lambda x: xp.linalg.slogdet(x).logabsdet,
    "solve": lambda x: xp.linalg.solve(x, x[0]),
    "svdvals": xp.linalg.svdvals,
    "nuclear norm": lambda x: xp.linalg.matrix_norm(x, ord="nuc"),
    "lstsq": lambda x: xp.linalg.lstsq(x[:, :2], x[:, 2]).x,
}
MATRIX = np.array([[3.0, 0.5, 0.25], [0.5, 2.0, -0.5], [0.25, -0.5, 1.5]])


def is_real(a):
    return np.asarray(a).dtype.kind == "f"


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("name", [name for name in sorted(calls()) if name not in FREE])
def test_no_op_changes_the_format(name, dtype):
    args, params, _ = calls()[name]
    op = TABLE[name]
    given = [np.asarray(a).astype(dtype)[()] if is_real(a) else a for a in args]
    differentiated = range(len(args)) if op.differentiated is None else op.differentiated
    places = [k for k in differentiated if is_real(args[k])]
    with np.errstate(over="ignore"):  # the range of half precision ends at 65,504
        y = op.entry(*given, **params)
    if any(map(is_real, args)) and np.asarray(y).dtype.kind in "fV":
        assert np.asarray(y).dtype == dtype
    elif np.asarray(y).dtype.kind == "c" and all(map(is_real, args)):
        assert name in GIVES_COMPLEX

    def f(*xs):
        full = list(given)
        for k, x in zip(places, xs, strict=True):
            full[k] = x
        return xp.sum(xp.real(op.entry(*full, **params)))

    if places:
        xs = [given[k] for k in places]
        found = xp.grad(f, tuple(range(len(xs))))(*xs)
        assert [np.asarray(g).dtype for g in found] == [np.dtype(dtype)] * len(xs)


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("name", FACTORS)
def test_linear_algebra_keeps_the_format_and_its_digits(name, dtype):
    f = FACTORS[name]
    x = MATRIX.astype(dtype)
    value, slope = xp.value(f)(x), xp.grad(lambda x: xp.sum(f(x)))(x)
    assert (np.asarray(value).dtype, slope.dtype) == (dtype, dtype)
    true_slope = xp.grad(lambda x: xp.sum(f(x)))(MATRIX)
    u = max(ml_dtypes.finfo(dtype).eps, 1e-15)  # longdouble goes through float64
    assert np.max(np.abs(np.float64(value) - f(MATRIX))) <= 32 * u * np.max(np.abs(f(MATRIX)))
    scale = max(1, np.max(np.abs(true_slope)))
    assert np.max(np.abs(np.float64(slope) - true_slope)) <= 64 * u * scale


def test_ranks_and_mixtures_in_half_precision():
    half = MATRIX.astype(np.float16)
    assert xp.linalg.matrix_rank(half) == 3
    assert xp.linalg.solve(half, MATRIX).dtype == np.float64
    assert xp.linalg.solve(half, MATRIX.astype(np.float32)).dtype == np.float32
    assert xp.linalg.eigvals(half).dtype == np.complex64
    assert xp.linalg.eigvals(half.astype(np.longdouble)).dtype == np.clongdouble
    assert TABLE["inv"].entry(np.eye(2, dtype=np.int16)).dtype == np.float64


def test_transforms_of_half_precision_are_complex64_and_the_gradient_is_half():
    x = np.array([1.0, 2.0, 4.0], np.float16)
    assert xp.fft.fft(x).dtype == np.complex64
    g = xp.grad(lambda x: xp.sum(xp.abs(xp.fft.fft(x)) ** 2))(x)
    assert g.dtype == np.float16
    np.testing.assert_array_equal(g, 6 * x)
