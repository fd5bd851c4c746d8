"""Bounds over boxes hold at points of the boxes, and are no more than a few orders too large."""

import pytest
from flint import acb, arb
from hypothesis import given, settings
from hypothesis import strategies as st

from diffcheck import disc_bounds
from diffcheck.balls import precision

# bound, Arb's function of exact arguments, centres and half sides of a box
ROWS = {
    "bessel_j": (lambda v, x: x.bessel_j(v), (2.0, 7.0), 0.25),
    "bessel_y": (lambda v, x: x.bessel_y(v), (2.0, 7.0), 0.25),
    "bessel_i": (lambda v, x: x.bessel_i(v), (2.0, 7.0), 0.25),
    "bessel_k": (lambda v, x: x.bessel_k(v), (0.0, 1.0), 0.25),
    "gamma_lower": (lambda a, x: x.gamma_lower(a, regularized=1), (100.0, 90.0), 0.25),
    "gamma_upper": (lambda a, x: x.gamma_upper(a, regularized=1), (0.5, 3.0), 0.25),
    "beta_lower": (lambda a, b, x: x.beta_lower(a, b, regularized=1), (2.0, 0.5, 0.75), 0.125),
    "hypgeom_1f1": (lambda a, b, x: x.hypgeom_1f1(a, b), (-2.0, 1.0, 3.0), 0.25),
    "hypgeom_2f1": (lambda a, b, c, x: x.hypgeom_2f1(a, b, c), (2.0, 1.0, 3.0, -9.0), 0.25),
    "polylog": (lambda s, x: x.polylog(s), (2.0, 0.5), 0.25),
    "expint": (lambda s, x: x.expint(s), (2.0, 0.5), 0.25),
}


@settings(max_examples=20, deadline=None)
@given(data=st.data(), name=st.sampled_from(sorted(ROWS)))
def test_a_bound_holds_in_the_box(data, name):
    function, centre, half = ROWS[name]
    with precision(128):
        side = arb(0, half)
        bound = getattr(disc_bounds, name)(*(acb(c + side, side) for c in centre))
        offset = st.integers(-8, 8).map(lambda k: half * k / 8)
        point = [acb(c + data.draw(offset), data.draw(offset)) for c in centre]
        value = function(*point)
        assert bound.is_finite()
        assert value.abs_lower() <= bound
        if value.is_finite():
            largest = abs(function(*map(acb, centre))).upper()
            assert bound < 1e6 * (largest + 1)


@pytest.mark.parametrize("name", ["bessel_k", "gamma_lower", "gamma_upper", "expint"])
def test_there_is_none_left_of_zero(name):
    assert not getattr(disc_bounds, name)(acb(1), acb(-1)).is_finite()


def test_the_first_finite_bound_is_taken():
    bound = disc_bounds.either(lambda x: acb("nan"), lambda x: x + 1, lambda x: x)
    assert bound(acb(2)) == 3
    assert not disc_bounds.either(lambda x: acb("nan"))(acb(2)).is_finite()
