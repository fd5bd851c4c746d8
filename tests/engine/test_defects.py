# ruff: noqa: E501 - one row of a table, one line
"""Derivative defects reported publicly against other systems, at their own points: ours must be right.

Each row names its issue (`jax-ml/jax#347` is https://github.com/jax-ml/jax/issues/347), the dtype in
which it was reported, the order and the modes: "rf" is reverse mode, and forward mode over it. The
truth comes from mpmath, or is an exact number.
"""

import numpy as np
import pytest
from conftest import derivative, to_ball
from mpmath import mp, mpf

from diffcheck import engine as xp
from diffcheck.balls import error_in_ulps
from diffcheck.floats import FORMATS

F16, F32, F64 = np.float16, np.float32, np.float64
INF = np.inf


def forward(f):
    """Return the slope of a function of one number, by forward mode."""
    return lambda x: xp.jvp(f, (x,), (xp.ones_like(x),))[1]


def derived(f, modes):
    for mode in modes:
        f = xp.grad(f) if mode == "r" else forward(f)
    return f


def ulps(found, truth, dtype):
    return error_in_ulps(found, truth, FORMATS[np.dtype(dtype).name])


def v(*numbers, dtype=F64):
    return np.array(numbers, dtype=dtype)


# Smooth functions of one number: the digits count
def betaln_step(p):
    a, b = xp.exp(p), F32(1)
    return xp.betaln(a, b) - xp.betaln(a + 1, b)


def kaiser_sum(beta):
    r = xp.linspace(-1, 1, 5, dtype=np.float32)
    return xp.sum(xp.i0(beta * xp.sqrt(1 - r**2)) / xp.i0(beta))


def mp_kaiser_sum(beta):
    return sum(
        mp.besseli(0, beta * mp.sqrt(1 - mpf(r) ** 2)) for r in (-1, -0.5, 0, 0.5, 1)
    ) / mp.besseli(0, beta)


def running_logsumexp(t):
    """log of running sums of exp along the rows of a 2 x 3 matrix, weighted."""
    rows, weights = ((t, 1 - t, 2 * t + 3), (-t, t + 2, 3 * t - 1)), ((1, 2, -1), (3, -2, 4))
    total = 0 * t
    for row, factors in zip(rows, weights, strict=True):
        so_far = row[0]
        for k, factor in enumerate(factors):
            so_far = xp.logaddexp(so_far, row[k]) if k else so_far
            total = total + factor * so_far
    return total


def mp_running_logsumexp(t):
    rows, weights = ((t, 1 - t, 2 * t + 3), (-t, t + 2, 3 * t - 1)), ((1, 2, -1), (3, -2, 4))
    return sum(
        factor * mp.log(sum(mp.exp(z) for z in row[: k + 1]))
        for row, factors in zip(rows, weights, strict=True)
        for k, factor in enumerate(factors)
    )


def log_determinant(t):
    return xp.linalg.slogdet(
        xp.reshape(xp.stack([t + 2.0, 1 + 0 * t, 1 + 0 * t, 3 + 0 * t]), (2, 2))
    )[1]


def running_product(t):
    x = xp.reshape(xp.stack((t, t + 1, 2 - t, t - 1, 2 * t + 1, t + 3)), (2, 3))
    return xp.sum(xp.cumprod(x, -1) * v([1, 2, 3], [4, 5, 6]))


def mp_running_product(t):
    rows, weights = ((t, t + 1, 2 - t), (t - 1, 2 * t + 1, t + 3)), ((1, 2, 3), (4, 5, 6))
    return sum(
        w * mp.fprod(r[: k + 1])
        for r, ws in zip(rows, weights, strict=True)
        for k, w in enumerate(ws)
    )


def solved_from_the_right(t):
    a = xp.reshape(xp.stack((t + 2, 1 + 0 * t, 0 * t, t + 3)), (2, 2))
    b = xp.reshape(xp.stack((t, 2 * t + 1, t + 1, 3 - t)), (2, 2))
    return xp.sum(xp.linalg.solve(a.T, b.T).T * v([1, 2], [-1, 3]))


def mp_solved_from_the_right(t):
    x = mp.matrix([[t, 2 * t + 1], [t + 1, 3 - t]]) * mp.inverse(
        mp.matrix([[t + 2, 1], [0, t + 3]])
    )
    return x[0, 0] + 2 * x[0, 1] - x[1, 0] + 3 * x[1, 1]


def normalised(t):
    return xp.sum(
        xp.layer_norm(xp.reshape(xp.stack((t, 0 * t)), (1, 2)), v(1, 2), v(0, 0), eps=0.25)
    )


def normal_logpdf(c):
    covariance = xp.reshape(xp.stack([c, 0.5 + 0 * c, 0.5 + 0 * c, 1 + 0 * c]), (2, 2))
    x = v(1.0, 2.0)
    return -0.5 * (x @ xp.linalg.solve(covariance, x)) - 0.5 * xp.linalg.slogdet(covariance)[1]


def mp_normal_logpdf(c):
    covariance = mp.matrix([[c, 0.5], [0.5, 1]])
    x = mp.matrix([1, 2])
    return -(x.T * mp.inverse(covariance) * x)[0] / 2 - mp.log(mp.det(covariance)) / 2


def mp_log_sigmoid(x):
    return -mp.log1p(mp.exp(-x))


DIGITS = [
    (23, "jax-ml/jax#40627", F64, "rr", lambda t: xp.i0(2 * t - 1), lambda t: mp.besseli(0, 2 * t - 1), 0.5),
    (25, "jax-ml/jax#39795", F64, "r", xp.elu, mp.expm1, -40.0),
    (27, "jax-ml/jax#39798", F64, "r", xp.silu, lambda x: x * mp.sigmoid(x), -709.0),
    (29, "jax-ml/jax#40385", F64, "r", xp.sigmoid, mp.sigmoid, 37.42994775023705),
    (31, "jax-ml/jax#40343", F64, "r", xp.tanh, mp.tanh, 20.0),
    (33, "jax-ml/jax#39801", F64, "rr", xp.tanh, mp.tanh, 1e-300),
    (35, "jax-ml/jax#40383", F64, "rr", xp.log_sigmoid, mp_log_sigmoid, -37.42994775023705),
    (37, "jax-ml/jax#40634", F32, "r", xp.arccosh, mp.acosh, 1e22),
    (39, "jax-ml/jax#34139", F32, "r", xp.sinc, mp.sincpi, 1e-6),
    (41, "jax-ml/jax#5077", F32, "rr", xp.sinc, mp.sincpi, 0.0),
    (45, "jax-ml/jax#34353", F32, "rr", betaln_step, lambda p: -p + mp.log(mp.exp(p) + 1), 0.0),
    (47, "jax-ml/jax#2140", F32, "r", xp.log_sigmoid, mp_log_sigmoid, 0.0),
    (51, "jax-ml/jax#38607", F64, "r", xp.erfcx, lambda x: mp.exp(x * x) * mp.erfc(x), 26.6),
    (53, "jax-ml/jax#694", F32, "rr", xp.log_ndtr, lambda x: mp.log(mp.ncdf(x)), -20.0),
    (75, "pytorch/pytorch#195685", F32, "r", xp.tanh, mp.tanh, -9.010913848876953),
    (87, "pytorch/pytorch#196705", F64, "f", running_logsumexp, mp_running_logsumexp, -400.0),
    (89, "pytorch/pytorch#196697", F64, "ff", log_determinant, lambda t: mp.log(3 * (t + 2) - 1), 0.7),
    (91, "pytorch/pytorch#196700", F64, "ff", normalised, lambda t: -t / (2 * mp.sqrt(t * t / 4 + 0.25)), 0.7),
    (103, "tensorflow/tensorflow#127240", F64, "rr", lambda t: xp.xlogy(t - 0.5, t + 1.0), lambda t: (t - 0.5) * mp.log(t + 1), 0.5),
    (107, "tensorflow/tensorflow#127245", F32, "rr", kaiser_sum, mp_kaiser_sum, 0.0),
    (117, "HIPS/autograd#401", F64, "r", normal_logpdf, mp_normal_logpdf, 2.0),
    (121, "HIPS/autograd#116", F64, "rrrr", lambda x: xp.exp(-(x**2)), lambda x: mp.exp(-(x**2)), 0.0),
    (127, "tinygrad/tinygrad#1113", F32, "r", xp.sigmoid, mp.sigmoid, -100.0),
    (131, "tinygrad/tinygrad#11564", F32, "r", xp.softplus, lambda x: mp.log1p(mp.exp(x)), 100.0),
    ("prelude", "pytorch/pytorch#196701", F64, "ff", running_product, mp_running_product, 0.7),
    ("prelude", "pytorch/pytorch#196695", F64, "ff", solved_from_the_right, mp_solved_from_the_right, 0.7),
]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "source", "dtype", "modes", "f", "exact", "x"),
    DIGITS,
    ids=[f"{row[0]}-{row[1]}" for row in DIGITS],
)
def test_keeps_its_digits(row, source, dtype, modes, f, exact, x):
    x = dtype(x)
    truth = derivative(exact, x, len(modes), digits=700)
    found = derived(f, modes)(x)
    assert found.dtype == dtype, (row, source)
    assert ulps(found, truth, dtype) <= (4 if len(modes) == 1 else 16), (row, source)


# Points where a convention, a selected branch or exact arithmetic leaves one right answer
def relu_like(x):
    return xp.sum(xp.stack([xp.maximum(x, 0.0), xp.clip(x, 0.0), xp.clip(x, 0.0, 1.0), xp.relu(x)]))


CONVENTIONS = [
    (1, "jax-ml/jax#347", lambda x: xp.where(x > 0.5, xp.sqrt(x), 1.0), F64(0), 0.0),
    (3, "jax-ml/jax#2630", lambda x: xp.where(x > 0, 0.0, x * INF), F32(1), 0.0),
    (5, "jax-ml/jax#20601", lambda b: xp.where(False, b * np.nan, 1.0), F32(2.3), 0.0),
    (13, "jax-ml/jax#12409", lambda x: xp.power(x - xp.floor(x), np.array(0)), F32(1), 0.0),
    (21, "jax-ml/jax#11479", xp.i0, F32(0), 0.0),
    (49, "jax-ml/jax#10515", xp.abs, F32(0), 0.0),
    (59, "pytorch/pytorch#8940", lambda x: xp.sum(x**0), v(0, 1, dtype=F32), [0.0, 0.0]),
    (61, "pytorch/pytorch#53989", xp.sinc, F32(0), 0.0),
    (65, "pytorch/pytorch#104675", xp.linalg.det, v([0, 1], [0, 1], dtype=F32), [[1.0, 0.0], [-1.0, 0.0]]),
    (67, "pytorch/pytorch#27134", lambda b: xp.sum(v(0, 1, dtype=F32) ** b), v(1, 1, dtype=F32), [0.0, 0.0]),
    (69, "pytorch/pytorch#187297", lambda x: xp.sum(xp.where(x > 0, xp.sqrt(x), x)), v(-1, -4, dtype=F32), [1.0, 1.0]),
    (71, "pytorch/pytorch#108618", lambda x: xp.sum(xp.where(x > 2, xp.log2(x), 2 * x)), v(0, 2, dtype=F32), [2.0, 2.0]),
    (73, "pytorch/pytorch#184572", relu_like, F32(0), 1.5),  # 1/2 each, the mean of both sides, but relu's 0
    (77, "pytorch/pytorch#49724", lambda x: xp.logaddexp(xp.logaddexp(x[0], x[1]), x[2]), v(-INF, -INF, 2, dtype=F32), [0.0, 0.0, 1.0]),
    (95, "pytorch/pytorch#2721", xp.linalg.norm, v(0, 0, dtype=F32), [0.0, 0.0]),
    (99, "tensorflow/tensorflow#60715", lambda y: xp.sum(xp.where(y == 0, 0, 10 / y)), v(2, 0, dtype=F32), [-2.5, 0.0]),
    (101, "tensorflow/tensorflow#27684", lambda a: xp.sum(xp.where(v(-1, 1, dtype=F32) >= 0, a * xp.log(v(-1, 1, dtype=F32)), 0)), F32(1), 0.0),
    (105, "tensorflow/tensorflow#123578", lambda x: xp.gammainc(1.0, x), F32(0), 1.0),
    (109, "tensorflow/tensorflow#2641", xp.prod, v(0, 2, dtype=F32), [2.0, 0.0]),
    (111, "tensorflow/tensorflow#56830", xp.std, v(-0.83), [0.0]),
    (113, "HIPS/autograd#586", lambda x: xp.linalg.norm(x) ** 2, v(0, 0), [0.0, 0.0]),
    (115, "HIPS/autograd#712", xp.absolute, F64(0), 0.0),
    (119, "HIPS/autograd#378", xp.prod, v(0, 1), [1.0, 0.0]),
    (121, "HIPS/autograd#116", lambda x: xp.exp(-(x**2)), F64(0), 0.0),
    (123, "HIPS/autograd#183", lambda x: xp.exp(-(xp.linalg.norm(x) ** 2)), v(0, 0), [0.0, 0.0]),
    (129, "tinygrad/tinygrad#18029", lambda x: xp.relu6(2 * x) + xp.hard_swish(x), F32(3), 2 * 0.5 + 1.25),  # the means of both sides
]  # fmt: skip


@pytest.mark.parametrize("mode", ["r", "f"])
@pytest.mark.parametrize(
    ("row", "source", "f", "x", "expected"),
    CONVENTIONS,
    ids=[f"{row[0]}-{row[1]}" for row in CONVENTIONS],
)
def test_gives_the_one_right_answer(row, source, f, x, expected, mode):
    if mode == "r":
        found = xp.grad(f)(x)
        assert found.dtype == x.dtype
        np.testing.assert_array_equal(found, expected, f"row {row}, {source}")
        return
    for index in np.ndindex(np.shape(x)):
        direction = np.zeros_like(x)
        direction[index] = 1
        _, slope = xp.jvp(f, (x,), (direction if np.shape(x) else x.dtype.type(1),))
        assert slope == np.asarray(expected)[index], (row, source)


# Rows with more than one point, order or answer
def test_row_7_infinite_terms_replaced():
    """jax-ml/jax#8247: the sum of 1/a over a ≠ 0 is 0 but for the rounding of its 20 terms."""

    def f(x):
        return xp.sum(xp.nan_to_num(x / xp.linspace(-1, 1, 21, dtype=np.float32), posinf=0))

    assert abs(xp.grad(f)(F32(2))) <= 20 * np.finfo(F32).eps * 10


def test_row_9_entries_that_do_not_depend_on_the_bad_input():
    """jax-ml/jax#29152: the third element is nan, and nothing else depends on it."""

    def f(a):
        return a * xp.log(xp.cos(a))

    found = xp.jacrev(f)(v(6, 7, 8))
    assert np.isnan(found[2, 2])
    assert np.isfinite(found[np.triu_indices(3, 1)]).all()
    assert np.isfinite(found[np.tril_indices(3, -1)]).all()
    assert found[0, 2] == xp.jacfwd(f)(v(6, 7, 8))[0, 2] == 0


@pytest.mark.parametrize("derive", [xp.grad, forward], ids=["reverse", "forward"])
def test_row_11_logsumexp_of_nothing(derive):
    """jax-ml/jax#6811: -inf whatever x is, so that the derivative is 0."""

    def f(x):
        return xp.logsumexp(xp.stack([np.array(-INF, np.float32), -INF + x]))

    assert derive(f)(F32(1)) == 0


def test_row_15_abs_of_an_infinite_complex_number():
    """jax-ml/jax#25681"""
    assert xp.grad(xp.abs)(np.complex128(INF + 0j)) == 1


def test_row_43_mixed_partials_of_pow_at_exponent_zero():
    """jax-ml/jax#12033: both orders must give 1/x."""
    x, y = F32(23), F32(0)
    for first in (0, 1):
        found = xp.grad(xp.grad(xp.pow, first), 1 - first)(x, y)
        assert ulps(found, to_ball(1 / mpf(23)), F32) <= 1


def test_row_49_abs_has_one_convention_for_real_and_complex_numbers():
    """jax-ml/jax#10515"""
    assert xp.grad(xp.abs)(F32(0)) == xp.grad(xp.abs)(np.complex64(0)) == 0


def test_row_55_norm_in_half_precision():
    """jax-ml/jax#39899"""
    found = xp.grad(xp.linalg.norm)(np.full((3, 3), 100, dtype=F16))
    assert found.dtype == F16
    assert (found == F16(1 / 3)).all()


def test_row_57_log_softmax_of_many_in_half_precision():
    """jax-ml/jax#40409: more terms than the greatest float16."""
    x = (np.arange(1 << 17) % 7).astype(F16)
    found = xp.grad(lambda x: xp.log_softmax(x).sum())(x)
    counts = np.bincount(x.astype(int))
    total = mp.fsum(int(n) * mp.exp(k) for k, n in enumerate(counts))
    assert found.dtype == F16
    for k in range(7):
        truth = 1 - (1 << 17) * mp.exp(k) / total
        assert ulps(found[k], to_ball(truth), F16) <= 2


def test_row_63_second_derivatives_of_prod_with_two_zeros():
    """pytorch/pytorch#106789"""
    x = v(2, 3, 0, 0, dtype=F32)
    assert xp.grad(lambda x: xp.sum(xp.grad(xp.prod)(x)))(x)[2] == 6


def test_row_79_angle_of_a_tiny_complex_number():
    """pytorch/pytorch#98276: -i/z, for dL = Re(g dz); torch's convention is its conjugate."""
    z = np.complex64(5.6843e-14 + 1.0000e-13j)
    found = xp.grad(xp.angle)(z)
    x, y = mpf(float(z.real)), mpf(float(z.imag))
    assert found.dtype == np.complex64
    assert ulps(found.real, to_ball(-y / (x * x + y * y)), F32) <= 4
    assert ulps(found.imag, to_ball(-x / (x * x + y * y)), F32) <= 4


def test_row_81_angle_forward():
    """pytorch/pytorch#77246: Im(dz/z) along both axes."""
    z = 0.3 + 0.7j
    for direction in (1 + 0j, 1j):
        found = xp.jvp(xp.angle, (z,), (direction,))[1]
        truth = mp.im(mp.mpc(direction) / mp.mpc(z))
        assert ulps(found, to_ball(truth), F64) <= 4


@pytest.mark.parametrize("jacobian", [xp.jacrev, xp.jacfwd])
def test_row_83_complex_power_of_a_complex_absolute_value(jacobian):
    """pytorch/pytorch#185639: |z| sin(log |z|)."""

    def f(z):
        return xp.imag(xp.power(xp.abs(z[0] + 1j * z[1]), 1 + 1j))

    truth = derivative(lambda x: mp.hypot(x, 4) * mp.sin(mp.log(mp.hypot(x, 4))), 3.0)
    assert ulps(jacobian(f)(v(3, 4))[0], truth, F64) <= 4


def test_row_97_eigenvalues_of_a_symmetric_matrix():
    """pytorch/pytorch#30578: the gradient is symmetric, v vᵀ, as of a function of (A + Aᵀ)/2."""
    a = v([2, 1], [1, 3])
    root = mp.sqrt(5)
    found = xp.grad(lambda a: xp.linalg.eigh(a)[0][0])(a)
    assert found[0, 1] == found[1, 0]
    for index, truth in [((0, 0), (5 + root) / 10), ((0, 1), -1 / root), ((1, 1), (5 - root) / 10)]:
        assert ulps(found[index], to_ball(truth), F64) <= 8


def test_row_125_seventy_thousand_ties():
    """tinygrad/tinygrad#12296: more ties than the greatest float16."""
    assert xp.grad(xp.max)(np.ones(70000, dtype=F16))[0] == F16(1 / 70000)
    assert xp.mean(np.ones(70000, dtype=F16)) == 1
    assert xp.grad(xp.mean)(np.ones(70000, dtype=F16))[0] == F16(1 / 70000)


# What is not right yet
@pytest.mark.xfail(strict=True, reason="exp(200) is inf in float32, and 0 times inf follows")
def test_row_17_sigmoid_spelled_out():
    """jax-ml/jax#777"""
    assert xp.grad(lambda x: 1 / (1 + xp.exp(-x)))(F32(-200)) == 0


@pytest.mark.xfail(
    strict=True, reason="arccos has an infinite slope at 1, which 1 - x² meets with 0"
)
def test_row_19_arccos_at_its_end():
    """jax-ml/jax#15798: a kink with the slopes -√2 and √2; any value between is right."""
    assert abs(xp.grad(lambda x: xp.arccos(1 - x**2))(F32(0))) <= np.sqrt(2)


@pytest.mark.parametrize("jacobian", [xp.jacrev, xp.jacfwd])
def test_row_93_square_of_a_norm_at_zero(jacobian):
    """pytorch/pytorch#92075"""

    def f(a, b):
        return xp.exp(-(xp.linalg.norm(a - b) ** 2))

    found = jacobian(xp.grad(f), argnums=1)(v(1, 1), v(1, 1))
    np.testing.assert_array_equal(found, 2 * np.eye(2))


def norm_times_itself(x):
    n = xp.linalg.norm(xp.stack([x, 0 * x]))
    return n * n


@pytest.mark.parametrize("modes", ["rr", "fr", "rf", "ff"])
@pytest.mark.parametrize(
    "f",
    [
        lambda x: abs(x) ** 2,
        lambda x: xp.square(xp.abs(x)),
        lambda x: xp.hypot(x, 0.0) ** 2.0,
        norm_times_itself,
    ],
)
def test_squares_of_kinks_are_smooth(f, modes):
    """The family of row 93."""
    g = f
    for mode in modes[::-1]:
        g = xp.grad(g) if mode == "r" else forward(g)
    assert xp.grad(f)(F64(0)) == 0
    assert g(F64(0)) == 2
    assert xp.compile(g)(F64(0)) == 2
