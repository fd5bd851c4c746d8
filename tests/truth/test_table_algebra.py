import pytest
from flint import arb

from diffcheck.truth.table.algebra import power

AROUND_ZERO = arb(0, 0.5)


@pytest.mark.parametrize("exponent", [1, 2, 3, 7])
def test_integer_power_of_a_ball_around_zero_encloses_the_powers_of_its_members(exponent):
    enclosure = power(AROUND_ZERO, arb(exponent))
    assert enclosure.is_finite()
    assert all(enclosure.contains(arb(x) ** exponent) for x in (-0.5, -0.25, 0.25, 0.5))
    assert enclosure.abs_upper() <= arb(0.5 + 2**-20) ** exponent
