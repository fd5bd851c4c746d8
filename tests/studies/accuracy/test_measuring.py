import numpy as np
from flint import arb

from diffcheck.floats import FORMATS
from diffcheck.studies.accuracy.measuring import worst

F64 = FORMATS["float64"]


def test_the_worst_point_is_told_with_what_was_left_out():
    x = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    truths = [arb(1), arb(2), arb(0), arb("1e400"), "kink", arb(4)]
    computed = np.array([1.0, 2.0 + 2**-51, np.nan, np.inf, 0.0, 4.0])
    found = worst(computed, truths, (x,), F64, flushes=False)
    assert (found.ulps, found.point, found.counted) == (1.0, (2.0,), 3)
    assert found.left_out == {"exactly 0": 1, "beyond the format": 1, "kink": 1}
    assert found.not_zero == 1


def test_what_vanished_is_lost_and_nan_is_infinitely_off():
    for wrong, ulps in ((0.0, 2.0**52), (np.nan, np.inf)):
        found = worst(np.array([wrong]), [arb(1)], (np.array([1.0]),), F64, flushes=False)
        assert found.ulps == ulps


def test_subnormals_are_left_out_where_the_arithmetic_flushes():
    x, truths = np.array([5e-324, 1.0]), [arb(1), arb((1, -1074))]
    kept = worst(np.array([1.0, 0.0]), truths, (x,), F64, flushes=False)
    flushed = worst(np.array([1.0, 0.0]), truths, (x,), F64, flushes=True)
    assert (kept.counted, kept.ulps) == (2, 1.0)
    assert (flushed.counted, flushed.left_out) == (0, {"subnormal": 2})
