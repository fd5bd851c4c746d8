"""The fixed directions of products with a derivative."""

import numpy as np
import pytest

from diffcheck.case.quantities import SIZES, directions


@pytest.mark.parametrize("name", ["a", "b", "op_tan", "function"])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 9])
def test_directions_are_exact_and_never_one_and_their_sums_never_nothing(name, size):
    for entries in directions(name, size, size):
        assert entries.shape == (size,)
        assert set(np.abs(entries)) <= set(SIZES)
        assert 1 not in np.abs(entries)
        few = entries[:4]
        assert all(few[:k].sum() != 0 for k in range(1, len(few) + 1))


def test_directions_are_those_of_the_name():
    first, again, other = (directions(name, 8, 8) for name in ("a", "a", "b"))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first[0], other[0])
