"""The worst of many points, chosen by the next wider format."""

from dataclasses import replace

import numpy as np
import pytest

from diffcheck import engine as xp
from diffcheck.floats import FORMATS
from diffcheck.studies.accuracy.screening import KEPT, suspects
from diffcheck.studies.accuracy.subjects import subjects

SUBJECTS = {subject.name: subject for subject in subjects()}


@pytest.mark.parametrize("name", ["float32", "float64"])
def test_a_derivative_that_cancels_is_found_where_it_does(name):
    # 1 - tanh² has one digit less for each that it is nearer to 0, and none beyond x = 19
    careless = replace(SUBJECTS["tanh"], call=_careless)
    (found,) = suspects(careless, FORMATS[name], 500)
    assert KEPT <= len(found) <= 2 * KEPT + 1
    assert found.dtype == np.dtype(name)
    assert np.sum(np.abs(found) > 9) >= KEPT  # the others are those of the second derivative


def _careless(x):
    ruled = xp.custom_vjp(xp.tanh)
    ruled.defvjp(lambda x: (xp.tanh(x), x), lambda x, g: (g * (1 - xp.tanh(x) ** 2),))
    return ruled(x)


def test_the_same_points_on_every_run():
    first, second = (suspects(SUBJECTS["atan2"], FORMATS["float32"], 200) for _ in range(2))
    assert len(first) == 2
    for x, y in zip(first, second, strict=True):
        np.testing.assert_array_equal(x, y)


@pytest.mark.parametrize(("op", "name"), [("k0", "float32"), ("erf", "float64")])
def test_none_where_no_wider_format_tells(op, name):
    assert [x.size for x in suspects(SUBJECTS[op], FORMATS[name], 100)] == [0]
