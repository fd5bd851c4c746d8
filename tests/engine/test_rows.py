"""Reductions of short rows: what NumPy's give, but for the order of a sum."""

import numpy as np
import pytest

from diffcheck import engine as xp
from diffcheck.engine.ops.rows import SHORT, is_short, peaks, row_peaks, row_totals, totals

RNG = np.random.default_rng(7)
SHAPES = [(3, 5), (2, 3, SHORT), (4, 1), (0, 3)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", SHAPES)
def test_sums_of_short_rows(shape, dtype):
    x = RNG.normal(size=shape).astype(dtype)
    for y in (x, np.asfortranarray(x)):
        found = totals(y, -1)
        assert found.shape == (*shape[:-1], 1)
        assert found.dtype == dtype
        bound = shape[-1] * np.finfo(dtype).eps * np.sum(np.abs(x), -1, keepdims=True)
        assert np.all(np.abs(found - np.sum(x, -1, dtype=np.longdouble, keepdims=True)) <= bound)
    assert np.array_equal(row_totals(x, keepdims=False), totals(x, -1)[..., 0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", SHAPES)
def test_greatest_elements_of_short_rows(shape, dtype):
    x = RNG.normal(size=shape).astype(dtype)
    for y in (x, np.asfortranarray(x)):
        assert np.array_equal(peaks(y, len(shape) - 1), np.max(x, -1, keepdims=True))


def test_an_infinite_or_undefined_peak_is_0():
    x = np.array([[1, np.inf], [-np.inf, -np.inf], [np.nan, 1], [2, 3], [1e200, -1e200]])
    assert np.array_equal(row_peaks(x)[:, 0], [0, 0, 0, 3, 1e200])


@pytest.mark.parametrize(
    ("x", "axis"),
    [
        (np.ones((2, SHORT + 1)), -1), (np.ones((2, 3)), 0), (np.ones(3), 0), (1.0, 0),
        (np.ones((2, 3)), None), (np.ones((2, 3)), (1,)), (np.ones((2, 0)), 1),
        (np.ones((2, 3), np.longdouble), 1),
    ],
)  # fmt: skip
def test_all_else_is_left_to_numpy(x, axis):
    assert not is_short(x, axis)


def test_without_axes_nothing_is_summed():
    x = RNG.normal(size=4)
    assert np.array_equal(totals(x, ()), x)


def test_infinities_and_nans_are_summed_as_ever():
    x = np.array([[np.inf, 1.0], [np.inf, -np.inf], [np.nan, 0.0], [-0.0, 5e-324]])
    with np.errstate(invalid="ignore"):
        assert np.array_equal(xp.value(lambda x: xp.sum(x, -1))(x), np.sum(x, -1), equal_nan=True)
