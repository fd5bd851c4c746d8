"""Predicates and counts: NumPy's of values, and recorded by `compile` with what depends on them."""

import numpy as np
import pytest

from diffcheck import engine as xp
from diffcheck.engine.errors import OperationError

X = np.array([[0.2, 0.7, 1.5], [0.7, 0.1, np.nan]])
Y = np.array([0.7, 0.2, np.inf])
FINITE = np.array([[0.2, 0.7, 1.5], [0.7, 0.1, 2.0]])

MASKS = {
    "and": lambda np, x: (x > 0.5) & (x < 1),
    "or": lambda np, x: (x > 1) | (x < 0.5),
    "xor": lambda np, x: (x > 0.5) ^ (x > 1),
    "invert": lambda np, x: ~(x > 0.5),
    "and of a constant": lambda np, x: True & (x > 0.5),
    "or of an array": lambda np, x: np.asarray([True, False, False]) | (x > 1),
    "bitwise_and": lambda np, x: np.bitwise_and(x > 0.5, x < 1),
    "bitwise_or": lambda np, x: np.bitwise_or(x > 1, x < 0.5),
    "bitwise_xor": lambda np, x: np.bitwise_xor(x > 0.5, x > 1),
    "bitwise_invert": lambda np, x: np.bitwise_invert(x > 0.5),
    "logical_xor": lambda np, x: np.logical_xor(x - 0.7, x > 0.1),
    "any": lambda np, x: np.any(x > 1, axis=1, keepdims=True),
    "any of all": lambda np, x: np.any(x > 1),
    "all": lambda np, x: np.all(x > 0.15, axis=0),
    "all of none": lambda np, x: np.all(x[:0] > 1, axis=0),
    "isclose": lambda np, x: np.isclose(x, Y),
    "isclose with nans": lambda np, x: np.isclose(x * np.nan, np.nan, equal_nan=True),
    "allclose": lambda np, x: np.allclose(x, x * (1 + 1e-9)),
    "array_equal": lambda np, x: np.array_equal(x, x),
    "array_equal with nans": lambda np, x: np.array_equal(x * np.nan, x * np.nan, equal_nan=True),
    "array_equal of another shape": lambda np, x: np.array_equal(x, x[0]),
    "isreal": lambda np, x: np.isreal(x),
    "iscomplex": lambda np, x: np.iscomplex(x * 1j),
    "isin": lambda np, x: np.isin(x, [0.7, 3.0]),
    "not isin": lambda np, x: np.isin(x, np.asarray([[0.7], [3.0]]), invert=True),
}
COUNTS = {
    "count_nonzero": lambda np, x: np.count_nonzero(x > 0.5, axis=1, keepdims=True),
    "count_nonzero of all": lambda np, x: np.count_nonzero(x > 0.5),
    "searchsorted": lambda np, x: np.searchsorted(np.asarray([0.1, 0.7, 1.0]), x),
    "searchsorted right": lambda np, x: np.searchsorted(
        np.asarray([0.1, 0.7, 1.0]), x, side="right"
    ),
    "searchsorted with a sorter": lambda np, x: np.searchsorted(
        x[0], np.asarray([0.3, 9.0]), sorter=np.argsort(x[0])
    ),
    "digitize": lambda np, x: np.digitize(x, [0.15, 0.7, 1.0]),
    "digitize right": lambda np, x: np.digitize(x, [0.15, 0.7, 1.0], right=True),
    "digitize descending": lambda np, x: np.digitize(x, np.asarray([1.0, 0.7, 0.15])),
    "digitize descending right": lambda np, x: np.digitize(x, [1.0, 0.7, 0.15], True),
    "matrix_rank": lambda np, x: np.linalg.matrix_rank(x),
}


def chosen(name, program):
    """Return a program of a namespace that uses a mask or a count as programs do."""
    if name in MASKS:
        return lambda np, x: np.sum(np.where(program(np, x), 2 * x, x))
    return lambda np, x: np.sum(program(np, x) * np.mean(x))


@pytest.mark.parametrize("name", [*MASKS, *COUNTS])
def test_of_tensors_they_are_numpys_and_a_recorded_program_is_the_eager_one(name):
    program = (MASKS | COUNTS)[name]
    x = FINITE if name in COUNTS or "nans" in name else X
    found = {}

    def eager(x):
        found["eager"] = program(xp, x)
        return chosen(name, program)(xp, x)

    expected = program(np, x)
    value, slope = xp.value_and_grad(eager)(x)
    np.testing.assert_array_equal(found["eager"], expected)
    assert np.asarray(found["eager"]).dtype == np.asarray(expected).dtype
    recorded = xp.compile(xp.value_and_grad(lambda x: chosen(name, program)(xp, x)))
    for _ in range(2):  # while tracing, and replayed
        np.testing.assert_array_equal(recorded(x)[0], value)
        np.testing.assert_array_equal(recorded(x)[1], slope)
    answer = xp.compile(lambda x: program(xp, x))
    for _ in range(2):
        np.testing.assert_array_equal(answer(x), expected)
        assert np.asarray(answer(x)).dtype == np.asarray(expected).dtype


@pytest.mark.parametrize("right", [False, True])
def test_places_of_nans_are_the_last_when_recorded_too(right):
    x, edges = np.array([np.nan, 0.5, 1.0, 9.0]), np.array([0.0, 1.0, 2.0])
    side = "right" if right else "left"
    programs = {
        "searchsorted": lambda np, x: np.searchsorted(edges, x, side=side),
        "searchsorted among nans": lambda np, x: np.searchsorted(np.sort(x), x, side=side),
        "searchsorted of integers": lambda np, x: np.searchsorted(x[1:], np.arange(3), side=side),
        "digitize": lambda np, x: np.digitize(x, edges, right),
        "digitize descending": lambda np, x: np.digitize(x, edges[::-1], right),
    }
    for program in programs.values():
        recorded = xp.compile(lambda x, p=program: p(xp, x))
        for _ in range(2):
            assert recorded(x).tolist() == program(np, x).tolist()


def test_bits_of_numbers_are_not_recorded():
    program = xp.compile(lambda x: xp.sum(x * (xp.argmax(x) & 1)))
    with pytest.raises(OperationError, match=r"engine\.compile"):
        program(FINITE[0])


def test_the_truth_of_a_recorded_predicate_is_refused():
    with pytest.raises(OperationError, match=r"engine\.compile"):
        xp.compile(lambda x: x if xp.any(x > 1) else 2 * x)(FINITE)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64])
def test_limits_and_common_dtypes_of_tensors_are_those_of_their_dtypes(dtype):
    def program(x):
        assert xp.finfo(x).max == np.finfo(dtype).max
        assert xp.result_type(x, 1.0) == dtype
        assert xp.result_type(x, np.float64) == np.result_type(dtype, np.float64)
        assert xp.can_cast(x, np.complex128)
        assert xp.empty_like(x).shape == (3,)
        return xp.sum(xp.abs(x) * xp.finfo(x.dtype).eps)

    x = np.array([1.0, 2.0, 4.0], dtype=dtype)
    assert xp.grad(program)(x).dtype == dtype
    assert xp.compile(program)(x) == 7 * np.finfo(dtype).eps


def test_limits_of_arrays_and_of_bfloat16():
    import ml_dtypes

    assert xp.finfo(np.float32(1)).eps == np.finfo(np.float32).eps
    assert xp.finfo(np.ones(2)).bits == 64
    assert xp.finfo(np.complex64).dtype == np.float32
    assert xp.iinfo(np.ones(2, dtype=np.int16)).max == 32767
    assert xp.finfo(ml_dtypes.bfloat16).bits == 16


def test_argsort_keeps_the_order_of_equal_elements_unless_told_otherwise():
    x = np.zeros(40, dtype=np.uint8)
    assert xp.argsort(x).tolist() == list(range(40))
    assert xp.argsort(x, descending=True).tolist() == list(range(40))
    assert sorted(xp.argsort(x, stable=False).tolist()) == list(range(40))
    assert sorted(xp.argsort(x, kind="heapsort").tolist()) == list(range(40))
