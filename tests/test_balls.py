import math
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from diffcheck import balls
from diffcheck.balls import Undecided, exact, from_text, to_text
from diffcheck.floats import FORMATS

F64 = FORMATS["float64"]
finite = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize("name", ["float16", "float32"])
@given(x=finite)
def test_rounding_a_float64_is_numpys_conversion(name, x):
    fmt = FORMATS[name]
    with np.errstate(over="ignore"):
        expected = np.float64(x).astype(fmt.dtype)
    got = balls.round_to_format(exact(x), fmt)
    assert got.dtype == fmt.dtype
    assert got == expected


@given(x=st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_rounding_a_float32_is_the_bfloat16_conversion(x):
    expected = np.float32(x).astype(ml_dtypes.bfloat16)
    assert float(balls.round_to_format(exact(x), FORMATS["bfloat16"])) == float(expected)


ROUNDINGS = [
    (F64.smallest_subnormal / 2, 0.0),  # a tie, to even
    (F64.smallest_subnormal * 3 / 4, 2.0**-1074),
    (F64.smallest_subnormal * 3 / 2, 2.0**-1073),
    (F64.max + Fraction(2) ** 969, float(F64.max)),
    (F64.max + Fraction(2) ** 970, math.inf),  # half an ulp beyond: a tie, to even
    (-F64.max * 2, -math.inf),
    (Fraction(2**53 + 1), 2.0**53),
    (Fraction(2**53 + 3), 2.0**53 + 4),
]


@pytest.mark.parametrize(("number", "expected"), ROUNDINGS)
def test_rounding_at_ties_and_ends(number, expected):
    assert balls.round_to_format(exact(number), F64) == expected


def test_rounding_needs_no_shift_for_a_number_far_out_of_range():
    tiny = (-(arb(10) ** 15)).exp()
    assert balls.round_to_format(tiny, F64) == 0.0
    assert math.copysign(1, balls.round_to_format(-tiny, F64)) == -1.0
    assert balls.round_to_format(1 / tiny, F64) == math.inf


def test_rounding_the_ball_of_everything_is_refused():
    with pytest.raises(ValueError, match="finite"):
        balls.round_to_format(exact(math.nan), F64)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_ulp_is_that_of_the_binade_of_the_exact_number(fmt):
    u = Fraction(fmt.unit_roundoff)
    just_below_one = exact(1 - u / 2**10)
    assert balls.ulp(exact(1), fmt) == exact(2 * u)
    assert balls.ulp(just_below_one, fmt) == exact(u)
    assert balls.ulp(exact(0), fmt) == exact(fmt.smallest_subnormal)
    assert balls.ulp(exact(fmt.smallest_normal / 2), fmt) == exact(fmt.smallest_subnormal)


def test_error_in_ulps_is_a_real_number_of_the_truths_ulps():
    truth = exact(1 - Fraction(1, 2**54))  # just below 1, where the ulp is 2^-53
    assert balls.error_in_ulps(1.0, truth, F64) == 0.5
    assert balls.error_in_ulps(math.inf, truth, F64) == math.inf
    assert balls.error_in_ulps(math.nan, truth, F64) == math.inf
    assert balls.error_in_ulps(5e-324, exact(0), F64) == 1.0


@given(x=finite)
def test_a_float_is_at_most_half_an_ulp_from_its_rounding(x):
    fmt = FORMATS["float16"]
    rounded = balls.round_to_format(exact(x), fmt)
    assert not np.isfinite(rounded) or balls.error_in_ulps(rounded, exact(x), fmt) <= 0.5


@given(mantissa=st.integers(-(2**96) + 1, 2**96 - 1), exponent=st.integers(-2000, 2000))
def test_text_round_trips_up_to_96_bits(mantissa, exponent):
    a = arb((mantissa, exponent))
    assert from_text(to_text(a)) == a


@given(x=finite)
def test_text_of_a_float_is_read_by_python(x):
    assert float.fromhex(to_text(exact(x))) == x


def test_text_is_rounded_to_the_bits_asked_for():
    assert to_text(exact(2**8 - 1), bits=4) == "0x1p+8"
    assert to_text(exact(Fraction(-5, 2))) == "-0x1.4p+1"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3.0),
        (np.int64(-2), -2.0),
        (Fraction(1, 8), 0.125),
        (np.float32(0.1), 0.10000000149011612),
    ],
)
def test_exact_has_no_radius(value, expected):
    ball = exact(value)
    assert ball.is_exact()
    assert float(ball) == expected


def test_exact_refuses_a_third():
    with pytest.raises(ValueError, match="1/3 is not a dyadic number"):
        exact(Fraction(1, 3))


WIDE = arb(1, 0.5)
COMPARISONS = [
    (balls.is_less, exact(1), exact(2), True),
    (balls.is_less, exact(1), exact(1), False),
    (balls.is_less, exact(2), WIDE, False),
    (balls.is_equal, exact(1), exact(1), True),
    (balls.is_equal, exact(2), WIDE, False),
]


@pytest.mark.parametrize(("compare", "a", "b", "expected"), COMPARISONS)
def test_decided_comparisons(compare, a, b, expected):
    assert compare(a, b) is expected


@pytest.mark.parametrize("compare", [balls.is_less, balls.is_equal])
def test_overlapping_balls_are_undecided(compare):
    with pytest.raises(Undecided):
        compare(WIDE, exact(1))


def test_only_the_exact_zero_is_zero():
    assert balls.is_exact_zero(arb(0))
    assert not balls.is_exact_zero(arb(0, 1e-300))
    assert not balls.is_exact_zero(exact(5e-324))


def test_precision_holds_inside_the_block_only():
    from flint import ctx

    before = ctx.prec
    with balls.precision(777):
        assert ctx.prec == 777
    assert ctx.prec == before
