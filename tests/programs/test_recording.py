import numpy as np
import pytest

from diffcheck.programs.recording import is_rounded


@pytest.mark.parametrize(
    ("literal", "rounded"),
    [(0.1, True), (0.5, False), (np.inf, False), (3, False), (0.5 + 0.1j, True), (1j, False)],
)
def test_a_literal_is_rounded_if_a_part_of_it_is_not_short(literal, rounded):
    assert is_rounded(literal) is rounded
