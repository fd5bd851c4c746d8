"""An independent truth for the engine's derivatives: mpmath, which shares no code with it."""

import mpmath
import numpy as np
import pytest
from flint import arb, ctx
from mpmath import mp, mpf

DIGITS = 80


@pytest.fixture(autouse=True)
def _precise():
    with mpmath.workdps(DIGITS), ctx.workprec(300):
        yield


def derivative(function, x, order=1, digits=DIGITS):
    """Return a derivative of an mpmath function at a float, as a ball of radius 0.

    Taken at ±1 of the function stretched by |x|, so that the step suits x = 1e-300 as well.
    """
    with mpmath.workdps(digits):
        x = mpf(float(x))
        scale = abs(x) or mpf(1)
        slope = mp.diff(lambda u: function(scale * u), x / scale, order)
        return to_ball(slope / scale**order)


def to_ball(number):
    sign, mantissa, exponent, _ = mpf(number)._mpf_
    return arb((int(mantissa) * (-1 if sign else 1), int(exponent)))


def ball(x):
    """Return a number as a 0-d object array of balls."""
    result = np.empty((), dtype=object)
    result[()] = arb(float(x))
    return result


def same(a, b, digits=25):
    """Whether two balls agree to so many digits, absolutely or relatively."""
    scale = max(arb(1), abs(b.mid()))
    return a.is_finite() and abs(a.mid() - b.mid()) < scale * arb(10) ** -digits
