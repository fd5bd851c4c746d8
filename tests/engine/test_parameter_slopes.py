"""Derivatives in orders and parameters against mpmath's differences, of every kind of order."""

from itertools import product

import numpy as np
import pytest
from flint import acb, arb
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp

from diffcheck import engine as xp
from diffcheck.balls import error_in_ulps, precision
from diffcheck.engine.ops.differences import Analytic, derivative
from diffcheck.floats import FORMATS

# name, mpmath's, points; each at every partial derivative of order 1 and 2
ROWS = [
    ("jv", mp.besselj, [(2.0, 7.125), (2.25, 0.015625), (50.0, 99.0)]),
    ("yv", mp.bessely, [(2.25, 0.015625), (3 + 2.0**-40, 2.0)]),
    ("iv", mp.besseli, [(2.0, 7.125), (1.5, 40.0)]),
    ("kv", mp.besselk, [(2.0, 7.125), (0.5, 0.25), (3 + 2.0**-40, 2.0)]),
    ("ive", lambda v, x: mp.exp(-x) * mp.besseli(v, x), [(2.0, 7.125), (1.5, 40.0)]),
    ("struve", mp.struveh, [(2.0, 7.125), (0.5, 0.015625)]),
    ("gammainc", lambda a, x: mp.gammainc(a, 0, x, regularized=True), [(2.0, 7.125), (20.5, 1.0)]),
    ("gammaincc", lambda a, x: mp.gammainc(a, x, regularized=True), [(0.125, 0.25), (0.5, 40.0)]),
    ("zeta", mp.zeta, [(1.125, 0.25), (3.0, 300.0)]),
    ("hyp1f1", mp.hyp1f1, [(2.0, 7.125, -3.0)]),
    ("hyp2f1", mp.hyp2f1, [(2.0, 1.125, 2.5, 0.25)]),
    ("betainc", lambda a, b, x: mp.betainc(a, b, 0, x, regularized=True), [(30.0, 20.0, 0.9375)]),
]  # fmt: skip
CALLS = [
    (name, exact, at, orders)
    for name, exact, points in ROWS
    for at in points
    for orders in product(range(3), repeat=len(at))
    if 1 <= sum(orders) <= 2
]


NAMES = [f"{name}-{at}-{orders}" for name, _, at, orders in CALLS]  # no addresses of functions


@pytest.mark.parametrize(("name", "exact", "at", "orders"), CALLS, ids=NAMES)
def test_is_correctly_rounded_or_nearly(name, exact, at, orders):
    slope = getattr(xp, name)
    for i, k in enumerate(orders):
        for _ in range(k):
            slope = xp.grad(slope, i)
    with mp.workdps(50):
        truth = mp.nstr(mp.diff(exact, tuple(map(mp.mpf, at)), orders), 30)
    with precision(128):
        assert error_in_ulps(slope(*at), arb(truth), FORMATS["float64"]) <= 1


@pytest.mark.parametrize("mode", [xp.grad, xp.compile])
def test_elements_of_arrays_are_differentiated_in_either_mode(mode):
    v, x = np.array([0.5, 1.5, 2.5]), np.array([[0.75], [3.0]])

    def f(v, x):
        return xp.sum(xp.jv(v, x) * xp.kv(v, x))

    slope = xp.grad(f) if mode is xp.grad else xp.compile(xp.grad(f))
    expected = sum(
        np.array([xp.grad(lambda t, b=b: xp.jv(t, b) * xp.kv(t, b))(a) for a in v])
        for b in (0.75, 3.0)
    )
    np.testing.assert_allclose(slope(v, x), expected, rtol=1e-14)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_keeps_the_precision(dtype):
    found = xp.grad(xp.gammainc)(dtype(2.5), dtype(0.75))
    assert found.dtype == dtype
    assert found == dtype(xp.grad(xp.gammainc)(2.5, 0.75))


ZEROS = [
    (lambda v: xp.kv(v, 2.0), 0.0), (lambda v: xp.jv(v, 0.0), 2.0),
    (lambda a: xp.gammainc(a, 0.0), 2.0), (lambda a: xp.betainc(a, 2.0, 1.0), 2.0),
    (lambda v: xp.struve(v, 0.0), 1.0), (lambda v: xp.ive(v, 0.0), 1.0),
]  # fmt: skip


@pytest.mark.parametrize(("f", "at"), ZEROS)
def test_is_exactly_zero_by_symmetry_or_at_the_end(f, at):
    assert xp.grad(f)(at) == 0


@pytest.mark.parametrize("name", ["jv", "iv"])
def test_is_not_real_for_a_negative_argument(name):
    assert np.isnan(xp.grad(getattr(xp, name))(2.0, -3.0))


def test_none_is_looked_for_on_a_cut():
    assert np.isnan(xp.grad(xp.hyp2f1)(0.5, 0.75, 1.0, 1.25))


def test_none_is_looked_for_where_arb_takes_minutes():
    assert np.isnan(xp.grad(xp.gammainc)(1e12, 1e12))


PRODUCT = Analytic(function=lambda x, y: x.exp() * y.sin(), branches=((), ()))


@settings(max_examples=30, deadline=None)
@given(
    x=st.floats(-3, 3), y=st.floats(-3, 3), m=st.integers(0, 3), n=st.integers(0, 3),
    width=st.integers(50, 90),
)  # fmt: skip
def test_encloses_the_derivative_at_every_point_of_a_ball(x, y, m, n, width):
    side = arb((1, -width))
    with precision(96):
        wide = [arb(x, side), arb(y, side)]
        ball = derivative(PRODUCT, wide, (m, n))
        for s, t in product((-1, 1), repeat=2):
            a, b = arb(x) + s * side, arb(y) + t * side
            exact = a.exp() * (b + n * arb.pi() / 2).sin()
            assert ball.overlaps(exact)
        assert ball.rad() < 2.0**36 * side + 2.0**-80


def test_a_pole_in_the_disc_gives_no_ball_that_is_wrong():
    inverse = Analytic(function=lambda x: 1 / x, branches=((),))
    for x in (2.0**-200, 0.0):
        ball = derivative(inverse, [arb(x)], (1,))
        assert not ball.is_finite() or ball.overlaps(-1 / arb(x) ** 2)


def test_a_bound_is_asked_for_where_the_function_has_none():
    asked = []

    def bound(x: acb) -> arb:
        asked.append(x)
        return arb(10)

    sine = Analytic(function=lambda x: x.sin(), branches=((),), bound=bound)
    assert derivative(sine, [arb(1)], (1,)).overlaps(arb(1).cos())
    assert asked


TINY = [(1e-30, 3.0), (2e-24, 99.0), (3e-20, 50.0), (-1e-25, 0.0625)]
CYLINDERS = {"kv": mp.besselk, "yv": mp.bessely, "jv": mp.besselj, "iv": mp.besseli}


@pytest.mark.parametrize(("v", "x"), TINY)
@pytest.mark.parametrize("name", CYLINDERS)
def test_orders_next_to_0(name, v, x):
    """Odd derivatives of K are 0 at the order 0: near it Arb's lost all of its digits, and time."""
    f = getattr(xp, name)
    in_order, in_both = xp.grad(f), xp.grad(xp.grad(f, 1))
    found = f(np.float64(v), x), in_order(v, x), xp.grad(in_order)(v, x), in_both(v, x)
    with mp.workdps(160):
        exact, h = CYLINDERS[name], mp.mpf(10) ** -40
        at = lambda j, k=0: exact(mp.mpf(v) + j * h, mp.mpf(x) + k * h)  # noqa: E731 - on a grid
        truths = (
            at(0), (at(1) - at(-1)) / (2 * h), (at(1) - 2 * at(0) + at(-1)) / h**2,
            (at(1, 1) - at(-1, 1) - at(1, -1) + at(-1, -1)) / (4 * h * h),
        )  # fmt: skip
        errors = [abs(mp.mpf(float(g)) / t - 1) for g, t in zip(found, truths, strict=True)]
    assert max(errors) < 2.3e-16


def test_the_least_order_of_all():
    k = 4.656628229175902e-45  # K_0(100), DLMF 10.25
    assert xp.kv(np.float64(5e-324), 100.0) == k
    assert xp.grad(xp.kv)(5e-324, 100.0) == 0  # 2e-370
    assert xp.grad(xp.kv, 1)(5e-324, 100.0) == pytest.approx(-4.6798537356369095e-45, rel=1e-15)


def test_orders_next_to_0_at_an_argument_next_to_0():
    """There (x/2)^v is 1, and the derivatives are those of their first terms (DLMF 10.2, 10.25)."""
    v, x = 1.5275238960601695e-41, 1.1569062258992484e-215
    truths = {"jv": v / x, "iv": v / x, "yv": 2 / np.pi / x, "kv": -1 / x}
    assert truths.keys() == CYLINDERS.keys()
    for name, truth in truths.items():
        assert xp.grad(getattr(xp, name), 1)(v, x) == pytest.approx(truth, rel=1e-15), name
