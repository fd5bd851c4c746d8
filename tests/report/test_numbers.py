import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffcheck.report import numbers


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_exact_reads_every_float(x):
    assert numbers.exact(x.hex()) == Fraction(x)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_seventeen_digits_read_back(x):
    assert float(numbers.decimal(x.hex(), 17)) == x


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_shortest_reads_back_in_its_own_format(x):
    assert np.float32(numbers.shortest(x.hex(), "float32")) == np.float32(x)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0x1.999999999999ap-4", "0.10000000000000000555"),
        ("0x1.8000000000000000000001p-3", "0.1875"),
        ("0x1p+70", "1.1805916207174113034e+21"),
        ("0x1.8p+3", "12"),
        ("0x1p-149", "1.4012984643248170709e-45"),
        ("-0x1.8p-20", "-1.430511474609375e-6"),
        ("-0x0.0p+0", "-0"),
        ("-0x1.8p-490000000000000000000000000000000000000", "-2^(-4.90e+38)"),
        ("0x1p+70000", "2^(+7.00e+4)"),
        ("nan", "NaN"),
        ("-inf", "-inf"),
        (None, "none"),
    ],
)
def test_decimal(text, expected):
    assert numbers.decimal(text) == expected


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (0.0, "0"),
        (0.004, "<0.01"),
        (9.994, "9.99"),
        (999.4, "999"),
        (1e3, "1.0e3"),
        (math.nan, "NaN"),
    ],
)
def test_ulps(error, text):
    assert numbers.ulps(error) == text
