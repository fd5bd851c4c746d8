import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from diffcheck import Case, less, positive_definite, real, sums_to_one, symmetric
from diffcheck.case import Constraint, no_smaller_than, points
from diffcheck.floats import FORMATS

moderate = st.floats(-100, 100, width=16)


@given(x=arrays(np.float64, 3, elements=moderate), y=arrays(np.float64, 3, elements=moderate))
def test_less_is_repaired_by_exchange(x, y):
    relation = less("x", "y")
    repaired = relation.repair({"x": x, "y": y}, np.dtype(np.float32))
    assert relation.holds(repaired) == bool(np.all(x != y))
    assert np.array_equal(repaired["x"] + repaired["y"], x + y)


@given(a=arrays(np.float64, (3, 3), elements=moderate))
def test_symmetric_keeps_the_lower_triangle(a):
    relation = symmetric("A")
    repaired = relation.repair({"A": a}, np.dtype(np.float32))["A"]
    assert relation.holds({"A": repaired})
    assert np.array_equal(np.tril(repaired), np.tril(a))
    assert relation.holds({"A": a}) == np.array_equal(a, a.T)


@pytest.mark.parametrize("name", FORMATS)
@given(a=arrays(np.float64, (2, 3, 3), elements=moderate.filter(lambda v: abs(v) > 1e-3)))
def test_positive_definite_is_repaired_in_the_format(name, a):
    relation = positive_definite("A")
    dtype = FORMATS[name].dtype
    repaired = relation.repair({"A": a.astype(dtype).astype(np.float64)}, dtype)["A"]
    assert relation.holds({"A": repaired})
    assert np.array_equal(repaired.astype(dtype).astype(np.float64), repaired)


MATRICES = [
    ([[2.0, 1.0], [1.0, 2.0]], True),
    ([[1.0, 1.0], [1.0, 1.0]], False),
    ([[1.0, 1.0], [1.0, 1.0 + 2.0**-52]], True),  # a determinant of 2^-52: decided exactly
    ([[1.0, 2.0], [2.0, 1.0]], False),
    ([[2.0, 1.0], [0.0, 2.0]], False),
    ([[0.0]], False),
]


@pytest.mark.parametrize(("matrix", "expected"), MATRICES)
def test_positive_definite_is_decided_exactly(matrix, expected):
    assert positive_definite("A").holds({"A": np.array(matrix)}) is expected


@pytest.mark.parametrize("name", FORMATS)
@given(x=arrays(np.float64, (2, 4), elements=st.floats(0, 100)))
def test_sums_to_one_is_exact_in_the_format(name, x):
    relation = sums_to_one("p")
    dtype = FORMATS[name].dtype
    repaired = relation.repair({"p": x}, dtype)["p"]
    assert relation.holds({"p": repaired})
    assert (repaired > 0).all()
    assert np.array_equal(repaired.astype(dtype).astype(np.float64), repaired)


def test_sums_to_one_along_another_axis():
    x = np.arange(6.0).reshape(3, 2)
    relation = sums_to_one("p", axis=0)
    repaired = relation.repair({"p": x}, np.dtype(np.float32))["p"]
    assert repaired.sum(axis=0).tolist() == [1.0, 1.0]
    assert not relation.holds({"p": x})


SIMPLEX = real(0, 1, shape=(4,))
RELATIONS = [
    ({"x": real(0, 1), "y": real(0, 1)}, less("x", "y")),
    ({"A": real(-1, 1, shape=(3, 3))}, positive_definite("A")),
    ({"A": real(-1, 1, shape=(2, 2))}, symmetric("A")),
    ({"p": SIMPLEX}, sums_to_one("p")),
    (
        {"x": real(-1, 1), "y": real(-1, 1)},
        Constraint(
            description="xy > 0",
            holds=lambda v: bool(np.sign(v["x"]) * np.sign(v["y"]) > 0),
        ),
    ),
]


@pytest.mark.parametrize(
    ("inputs", "relation"), RELATIONS, ids=[r.description for _, r in RELATIONS]
)
@pytest.mark.parametrize("name", FORMATS)
def test_every_point_of_a_case_satisfies_its_constraint(name, inputs, relation):
    case = Case(
        lambda **_: 0,
        programs=lambda xp, **_: xp,
        inputs=inputs,
        constraints=[relation],
        name="constrained",
    )
    chosen = points(case, FORMATS[name], samples=12, seed=3)
    assert sum(point.kind == "sample" for point in chosen) == 12
    assert all(relation.holds(point.values) for point in chosen)


@given(x=arrays(np.float64, 3, elements=st.floats(-2, 2)), or_zero=st.booleans())
def test_what_is_too_small_is_enlarged_and_keeps_its_sign(x, or_zero):
    relation = no_smaller_than(2.0**-6, or_zero=or_zero)
    repaired = relation.repair({"x": x}, np.dtype(np.float64))["x"]
    assert relation.holds({"x": repaired})
    large = abs(x) >= 2.0**-6
    assert np.array_equal(repaired[large], x[large])
    assert np.array_equal(np.sign(repaired[x != 0]), np.sign(x[x != 0]))
    assert relation.holds({"x": x}) == all(large | (or_zero & (x == 0)))
