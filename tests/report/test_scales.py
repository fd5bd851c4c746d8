from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from diffcheck.report.scales import Scale, scale_of

_FLOATS = st.floats(allow_nan=False, allow_infinity=False)


@given(_FLOATS, _FLOATS, st.floats(-323, 0))
def test_positions_keep_the_order(a, b, lowest):
    scale = Scale(lowest)
    low, high = sorted((a, b))
    assert scale.position(low) <= scale.position(high)


@given(_FLOATS)
def test_positions_are_symmetric(x):
    assert Scale(-300.0).position(-x) == -Scale(-300.0).position(x)


def test_labels_keep_their_distance_and_name_zero_and_one():
    ticks = Scale(-320.0).ticks(-8.0, 8.0)
    positions = [p for p, _ in ticks]
    assert {"0", "1", "−1"} <= {label for _, label in ticks}
    width = Scale(-320.0).position(8.0) - Scale(-320.0).position(-8.0)
    gaps = [b - a for a, b in pairwise(positions)]
    assert min(gaps) >= 0.05 * width


def test_most_points_of_like_size_are_drawn_on_a_linear_axis():
    assert scale_of([1.0, 5.0, -8.0, 1e-300]).lowest is None
    assert scale_of([0.0]).lowest is None


def test_points_over_many_decades_are_drawn_on_a_logarithmic_axis():
    assert scale_of([1.0, 1e-10, 1e-20]).lowest == -20.0
