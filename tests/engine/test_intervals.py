import math

import pytest

from diffcheck.engine.intervals import domains, interval


def test_round_ends_are_left_out():
    found = interval("(0, 1]")
    assert 0.0 not in found
    assert 1.0 in found
    assert found.ends == (5e-324, 1.0)


def test_the_whole_line_has_infinite_ends():
    assert interval("(-inf, inf)").ends == (-math.inf, math.inf)


@pytest.mark.parametrize("text", ["0 < x < 1", "(0, 1", "", "(zero, 1)", "regular"])
def test_what_is_no_interval_is_told(text):
    with pytest.raises(ValueError, match=r"interval|could not convert"):
        interval(text)


def test_one_domain_stands_for_all_arguments():
    assert domains("[0, 1]", 2) == (interval("[0, 1]"),) * 2


def test_another_number_of_domains_is_told():
    with pytest.raises(ValueError, match="domains of 2 arguments, got 1"):
        domains(("[0, 1]",), 2)
