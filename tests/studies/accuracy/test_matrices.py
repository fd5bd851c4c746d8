"""Gradients of reductions and linear algebra keep to the bound that their docstrings state."""

import pytest

from diffcheck.studies.accuracy.matrices import CONDITIONS, PROBLEMS, measured


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("format_name", CONDITIONS)
@pytest.mark.parametrize("hard", [False, True], ids=["random", "ill-conditioned"])
def test_gradient_is_within_its_first_order_bound(name, format_name, hard):
    found = measured(name, format_name, 4, CONDITIONS[format_name][hard])
    assert found.error <= found.bound
    assert found.bound < 1


def test_a_gradient_that_is_off_is_beyond_the_bound():
    found = measured("inv", "float32", 4, 1e1)
    assert 2**-12 > found.bound > found.error
