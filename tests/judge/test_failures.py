import math

from diffcheck.judge.failures import badness


def test_not_a_number_is_as_bad_as_infinity_and_none_is_best():
    errors = [math.nan, None, 3.0]
    assert sorted(errors, key=badness)[:2] == [None, 3.0]
