"""Counts of operations: made once, and dropped with their case."""

from backend_cases import CUBIC, ROWS, point

from diffcheck.backends.counts import OperationCounts
from diffcheck.case import Quantity

VALUE = Quantity("value", 1, 2)


def test_a_count_is_made_once_at_the_first_point_and_forgotten_with_its_case():
    counts, seen = OperationCounts(), []

    def count(at):
        seen.append(at)
        return 7

    key, other = ((case, "f", VALUE, "float32") for case in (CUBIC, ROWS))
    points = [point(x=1.0), point(x=2.0)]
    assert counts.of(key, [], count) == 0
    assert [counts.of(key, points, count) for _ in range(2)] == [7, 7]
    assert seen == points[:1]
    assert counts.of(other, points, count) == 7
    counts.forget(CUBIC)
    assert counts.of(key, [], count) == 0
    assert counts.of(other, [], count) == 7
