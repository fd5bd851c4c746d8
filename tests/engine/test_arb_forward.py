"""Forwards by Arb: which elements they take, and what they leave to the library."""

import numpy as np
from flint import arb

from diffcheck.engine.ops.arb_forward import finite_by_arb


def broken(x):
    """Return exp(x) as a library might: out of range where it should not be."""
    return np.where(x < 0, np.inf, np.exp(x))


def test_only_what_left_the_range_is_evaluated_anew():
    asked = []

    def exact(x):
        asked.append(float(x))
        return x.exp()

    y = finite_by_arb(broken, exact)(np.array([-1.0, 1.0, np.inf]))
    assert y.tolist() == [np.exp(-1.0), np.exp(1.0), np.inf]
    assert set(asked) == {-1.0}


def test_elements_may_be_named_besides():
    zero = finite_by_arb(np.zeros_like, arb.exp, also=lambda y, x: (y == 0) & (x > 0))
    assert zero(np.array([0.0, 1.0])).tolist() == [0.0, np.e]


def test_at_a_pole_the_library_stands():
    infinite = finite_by_arb(lambda x: np.inf + 0 * x, lambda x: 1 / x)
    assert infinite(np.array([0.0, 2.0])).tolist() == [np.inf, 0.5]
