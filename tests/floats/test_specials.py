import numpy as np
import pytest

from diffcheck.floats import FORMATS, next_down, next_up, special_values

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)


@EVERY
def test_the_whole_line_has_zeros_tiny_eps_one_and_huge(fmt):
    found = [float(x) for x in special_values(-float(fmt.max), float(fmt.max), fmt)]
    positive = [
        float(fmt.smallest_subnormal),
        float(fmt.smallest_normal),
        2 * fmt.unit_roundoff,
        1.0,
        float(next_down(float(fmt.max), fmt)),
        float(fmt.max),
    ]
    assert found == [*(-x for x in reversed(positive)), -0.0, 0.0, *positive]
    assert [np.signbit(x) for x in found if x == 0] == [True, False]


@EVERY
def test_ends_come_with_their_inner_neighbours(fmt):
    low, high = fmt.dtype.type(2.0), fmt.dtype.type(3.0)
    assert special_values(low, high, fmt) == [low, next_up(low, fmt), next_down(high, fmt), high]


@EVERY
def test_a_domain_of_one_float_has_one_special(fmt):
    assert [float(x) for x in special_values(2.0, 2.0, fmt)] == [2.0]


@EVERY
def test_all_are_scalars_of_the_format(fmt):
    assert {np.asarray(x).dtype for x in special_values(0.0, 1.0, fmt)} == {fmt.dtype}
