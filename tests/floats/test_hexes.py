import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffcheck.floats import from_hex, to_hex


@given(st.floats(allow_nan=False))
def test_hex_round_trips_with_the_sign_of_zero(x):
    assert np.float64(from_hex(to_hex(x))).view(np.uint64) == np.float64(x).view(np.uint64)


def test_nan_survives():
    assert math.isnan(from_hex(to_hex(np.float32("nan"))))


def test_anything_else_is_refused():
    with pytest.raises(ValueError, match="hexadecimal"):
        from_hex("0.1.2")
