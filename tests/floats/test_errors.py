"""Errors of arrays in ulps, against the definition in ball arithmetic."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffcheck import balls
from diffcheck.floats import FORMATS, errors_in_ulps

NARROW = [FORMATS["float16"], FORMATS["bfloat16"], FORMATS["float32"]]
TRUTHS = st.floats(-(2.0**14), 2.0**14, allow_nan=False)


@pytest.mark.parametrize("fmt", NARROW, ids=lambda fmt: fmt.name)
@given(truth=TRUTHS, factor=st.floats(0.5, 2))
def test_the_error_is_that_of_ball_arithmetic(fmt, truth, factor):
    computed = fmt.dtype.type(truth * factor)
    expected = balls.error_in_ulps(computed, balls.exact(truth), fmt)
    assert errors_in_ulps(computed, truth, fmt) == pytest.approx(expected, rel=1e-12)


def test_ulps_are_those_of_the_exact_number_not_of_the_computed():
    below = errors_in_ulps(np.float32(1), 1 - 2.0**-25, FORMATS["float32"])
    assert below == 0.5


def test_a_zero_has_the_ulp_of_the_subnormals():
    assert errors_in_ulps(np.float32(2.0**-149), 0.0, FORMATS["float32"]) == 1
