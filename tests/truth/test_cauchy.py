"""SymPy's partial derivatives against Cauchy's integral."""

import pytest

from diffcheck.balls import precision
from diffcheck.studies.power.cauchy import BITS, ROWS, cauchy_derivative, derivative


def _name(value):
    return getattr(value, "__name__", None)


@pytest.mark.parametrize(("head", "fixed", "f", "a", "r"), ROWS, ids=_name)
def test_partial_derivative_meets_cauchys_integral(head, fixed, f, a, r):
    ours = derivative(head, fixed, a)
    with precision(BITS):
        theirs = cauchy_derivative(f, a, r)
    assert theirs.rad() < 1e-25
    assert ours.rad() < 1e-25
    assert ours.overlaps(theirs)
