from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest

from diffcheck.floats import FORMATS, format_of

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)


@EVERY
def test_constants_are_those_of_the_dtype(fmt):
    info = ml_dtypes.finfo(fmt.dtype)
    assert fmt.unit_roundoff == float(info.eps) / 2
    assert fmt.max == Fraction(float(info.max))
    assert fmt.smallest_normal == Fraction(float(info.smallest_normal))
    assert fmt.smallest_subnormal == Fraction(float(info.smallest_subnormal))


@EVERY
def test_ulp_exponent_of_zero_subnormals_and_one(fmt):
    least = fmt.emin - fmt.precision + 1
    assert fmt.ulp_exponent(None) == least
    assert fmt.ulp_exponent(fmt.emin - 5) == least
    assert fmt.ulp_exponent(0) == 1 - fmt.precision


@pytest.mark.parametrize("dtype", ["float32", np.float32, np.dtype(np.float32)])
def test_format_of_accepts_names_types_and_dtypes(dtype):
    assert format_of(dtype) is FORMATS["float32"]


def test_format_of_names_the_known_formats():
    with pytest.raises(KeyError, match="int32 is not one of float16, bfloat16, float32, float64"):
        format_of("int32")
