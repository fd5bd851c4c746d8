import numpy as np
import pytest

from diffcheck import Case, Constraint, real
from diffcheck.case import CaseError, points
from diffcheck.case.points import BIG_SAMPLES, BIG_SPECIALS, MOST_SPECIALS
from diffcheck.floats import FORMATS

F32, F64 = FORMATS["float32"], FORMATS["float64"]
EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)


def case(name="example", **options):
    options.setdefault("inputs", {"x": real(-2, 2)})
    return Case(lambda **_: 0, programs=lambda xp, **_: xp, name=name, **options)


def kinds(chosen):
    return [point.kind for point in chosen]


def flat(point):
    return np.concatenate([np.ravel(x) for x in point.values.values()])


INPUTS = {
    "scalar": {"x": real(-2, 2)},
    "the whole line": {"x": real()},
    "half lines": {"x": real(lower=1), "y": real(upper=-1), "z": real(0, 1)},
    "beyond the format": {"x": real(-1e300, 1e300)},
    "ends that are no floats": {"x": real(0.1, 0.7), "W": real(0.1, 0.7, shape=(2, 3))},
    "the widest": {"W": real(-float(F64.max), float(F64.max), shape=(3,)), "x": real()},
    "big": {"W": real(-1, 1, shape=(9, 8))},
}


@EVERY
@pytest.mark.parametrize("inputs", INPUTS.values(), ids=INPUTS)
def test_every_coordinate_is_a_finite_float_of_the_format_in_the_domain(inputs, fmt):
    for point in points(case(inputs=inputs), fmt, samples=8, seed=0):
        assert point.format == fmt.name
        for name, x in point.values.items():
            entry = inputs[name]
            assert x.shape == entry.shape
            assert x.dtype == np.float64
            assert np.isfinite(x).all()
            assert ((x >= entry.lower) & (x <= entry.upper)).all()
            assert np.array_equal(x.astype(fmt.dtype).astype(np.float64), x)


def test_explicit_then_special_then_sampled():
    chosen = points(case(points=[{"x": 1.5}]), F64, samples=5, seed=0)
    assert kinds(chosen)[0] == "explicit"
    assert kinds(chosen)[-5:] == ["sample"] * 5
    assert set(kinds(chosen)[1:-5]) == {"special"}


def test_points_are_the_same_each_time_and_differ_by_name_format_and_seed():
    def drawn(name="a", fmt=F32, seed=0):
        chosen = points(case(name), fmt, samples=4, seed=seed)
        return [float(p.values["x"]) for p in chosen if p.kind == "sample"]

    assert drawn() == drawn()
    others = [drawn(name="b"), drawn(fmt=F64), drawn(seed=1)]
    assert all(other != drawn() for other in others)


EXPLICIT = [
    (0.1, F64, 0.1, ""),
    (0.1, F32, float(np.float32(0.1)), "rounded to float32"),
    ("0x1.8p+0", F32, 1.5, ""),
    (1e-60, F32, 0.0, "rounded to float32"),
    (2, F32, 2.0, ""),
]


@pytest.mark.parametrize(("written", "fmt", "value", "label"), EXPLICIT)
def test_explicit_coordinates_are_rounded_to_nearest_and_say_so(written, fmt, value, label):
    first = points(case(points=[{"x": written}]), fmt, samples=0, seed=0)[0]
    assert (float(first.values["x"]), first.label) == (value, label)


def test_an_explicit_zero_keeps_its_sign():
    first = points(case(points=[{"x": -0.0}]), F32, samples=0, seed=0)[0]
    assert np.signbit(first.values["x"])


def test_rounding_never_leaves_the_domain():
    inputs = {"x": real(0, 0.1)}  # the float32 nearest to 0.1 lies above it
    first = points(case(inputs=inputs, points=[{"x": 0.1}]), F32, samples=0, seed=0)[0]
    assert float(first.values["x"]) == float(np.nextafter(np.float32(0.1), np.float32(0)))


def test_a_point_beyond_the_range_is_one_of_the_wider_formats_only():
    example = case(inputs={"x": real()}, points=[{"x": 1e200}])
    assert "explicit" in kinds(points(example, F64, samples=0, seed=0))
    assert "explicit" not in kinds(points(example, F32, samples=0, seed=0))


def test_a_scalar_function_gets_all_specials_with_labels():
    specials = points(case(), F64, samples=0, seed=0)
    values = [float(p.values["x"]) for p in specials]
    assert {-2.0, 2.0, 0.0, 1.0, -1.0, 5e-324, 2.0**-52, 2.0**-1022} <= set(values)
    assert [np.signbit(v) for v in values if v == 0] == [True, False]
    assert "x = 1" in {p.label for p in specials}


def test_several_inputs_take_turns_at_being_special():
    inputs = {name: real(-2, 2) for name in "abc"}
    specials = points(case(inputs=inputs), F64, samples=0, seed=0)
    assert len(specials) == MOST_SPECIALS
    assert [p.label[0] for p in specials[:6]] == ["a", "b", "c", "a", "b", "c"]


def test_array_specials_are_constant_arrays_in_the_domain():
    inputs = {"W": real(0.5, 3, shape=(2,))}
    specials = points(case(inputs=inputs), F64, samples=0, seed=0)
    assert [p.values["W"].tolist() for p in specials] == [[1.0, 1.0], [0.5, 0.5], [3.0, 3.0]]
    assert specials[0].label == "W: all 1"


def test_every_second_sample_of_arrays_is_over_the_reals():
    example = case(inputs={"W": real(-1, 1, shape=(20,))})
    samples = [p for p in points(example, F64, samples=6, seed=0) if p.kind == "sample"]
    typical = [np.median(np.abs(p.values["W"])) for p in samples]
    assert [size > 0.1 for size in typical] == [False, True] * 3
    assert [p.label for p in samples[:2]] == ["uniform over floats", "uniform over reals"]


def test_samples_over_an_infinite_domain_are_of_moderate_size():
    example = case(inputs={"W": real(shape=(20,))})
    sample = points(example, F64, samples=2, seed=0)[-1].values["W"]
    assert ((np.abs(sample) >= 2.0**-10) & (np.abs(sample) <= 2.0**10)).all()
    assert {-1.0, 1.0} == set(np.sign(sample))


def test_big_cases_get_few_points():
    example = case(inputs={"W": real(-1, 1, shape=(65,))})
    chosen = kinds(points(example, F64, samples=50, seed=0))
    assert chosen == ["special"] * BIG_SPECIALS + ["sample"] * BIG_SAMPLES


def test_a_domain_without_a_float_of_the_format_is_told():
    example = case(inputs={"x": real(1 + 2.0**-40, 1 + 2.0**-39)})
    assert points(example, F64, samples=1, seed=0)
    with pytest.raises(CaseError, match="expected a float32 in"):
        points(example, F32, samples=1, seed=0)


NEVER = Constraint(description="never", holds=lambda _: False)


def test_a_constraint_that_nothing_satisfies_is_told():
    with pytest.raises(CaseError, match="satisfy: never; got none in 1000 samples"):
        points(case(constraints=[NEVER]), F64, samples=1, seed=0)


def test_an_explicit_point_that_breaks_a_constraint_is_told():
    with pytest.raises(CaseError, match="breaks never"):
        points(case(constraints=[NEVER], points=[{"x": 1}]), F64, samples=0, seed=0)
