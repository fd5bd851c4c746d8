"""autograd as a guest: derivatives worked out by hand, and what it lacks named."""

import numpy as np
import pytest
from backend_cases import (
    CUBIC_KINDS,
    CUBIC_POINTS,
    F32,
    F64,
    ROWS_KINDS,
    ROWS_POINT,
    case_of,
    cubic_expected,
    evaluate_cubic,
    evaluate_rows,
    point,
    rows_expected,
)
from guest_programs import CALLS, made_arrays

from diffcheck.backends import BackendError, Unsupported, get
from diffcheck.backends.engine_namespace import namespace as engine_namespace
from diffcheck.case import Quantity, real

pytest.importorskip("autograd", reason="the extra `autograd` is not installed")

from diffcheck.backends.autograd_namespace import namespace
from diffcheck.backends.autograd_operations import count_operations

AUTOGRAD = get("autograd")
LACKING = {
    name: name.partition(",")[0]
    for name in (
        *("relu", "softplus", "silu", "log_expit", "i0e", "i1e", "ndtr", "entr", "xlogy"),
        *("xlog1py", "jv", "gelu", "gelu, exact", "softmax", "softmax, last", "log_softmax"),
        "layer_norm",
    )
}
IMPRECISE = {"linalg.expm": 2048, "betaln": 64}  # ulps that two right functions differ by


def run(program, x=0.5, *, fmt=F32, kind="gradient", own=False):
    """Run a shared program, or one that is written for autograd alone."""
    programs = {"autograd": {"plain": program}} if own else {}
    case = case_of(program, {"x": real()}, **programs)
    quantity = Quantity(kind, 1, 1)
    return AUTOGRAD.evaluate(
        case, "plain", quantity, [point(x=x)], fmt=fmt, mode="eager", device="cpu:0"
    ).values[0]


@pytest.mark.parametrize("fmt", [F32, F64], ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("kind", CUBIC_KINDS)
def test_quantities_of_two_scalars(kind, fmt):
    found = evaluate_cubic(AUTOGRAD, kind, fmt, "eager")
    assert found.values.dtype == fmt.dtype
    expected = np.stack([cubic_expected(kind, x, y) for x, y in CUBIC_POINTS])
    np.testing.assert_array_equal(found.values, expected)
    assert found.operations >= 4


@pytest.mark.parametrize("kind", ROWS_KINDS)
def test_quantities_of_an_array_and_a_scalar(kind):
    found = evaluate_rows(AUTOGRAD, kind, F32, "eager")
    np.testing.assert_array_equal(found.values[0], rows_expected(kind, *ROWS_POINT))


@pytest.mark.parametrize("name", sorted(CALLS.keys() - LACKING))
def test_a_name_means_what_it_means_to_the_engine(name):
    xp, ours = namespace("float64"), engine_namespace(F64.dtype)
    found, expected = (np.asarray(CALLS[name](n, n.asarray)) for n in (xp, ours))
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    error = np.abs(found - expected) / np.spacing(np.abs(expected))
    assert np.max(error) <= IMPRECISE.get(name, 8)


@pytest.mark.parametrize("name", sorted(LACKING))
def test_what_autograd_lacks_is_named(name):
    with pytest.raises(Unsupported, match=f"autograd has no function '{LACKING[name]}'"):
        run(lambda xp, x: CALLS[name](xp, xp.asarray) * x)


def test_arrays_made_inside_a_program_take_the_format():
    xp = namespace("float32")
    assert {str(a.dtype) for a in made_arrays(xp)} == {"float32"}
    assert {xp.arange(3).dtype.kind, xp.asarray([1, 2]).dtype.kind} == {"i"}


def test_a_rule_that_is_missing_is_unsupported():
    with pytest.raises(Unsupported, match="autograd lacks a rule: JVP of gammaln"):
        run(lambda xp, x: xp.gammaln(x), kind="jvp")


def test_a_rule_that_leaves_the_format_is_unsupported():
    with pytest.raises(Unsupported, match="autograd answers in float64 where float32 was asked"):
        run(lambda xp, x: xp.where(x > 0, x, 0.0), kind="jvp")


def test_a_program_that_leaves_the_format_is_reported():
    with pytest.raises(BackendError, match="expected float32, got float64"):
        run(lambda xp, x: x * np.ones(1))


def test_a_constant_has_the_derivative_0():
    np.testing.assert_array_equal(run(lambda xp, x: 1.5), [0.0])


def test_a_program_of_its_own_may_fail():
    with pytest.raises(IndexError):
        run(lambda xp, x: xp.stack([x])[3], own=True)
    with pytest.raises(Unsupported, match="autograd cannot run this program: IndexError"):
        run(lambda xp, x: xp.stack([x])[3])


def test_sums_count_as_deep_as_they_are():
    xp = namespace("float32")

    def squares(x):
        return xp.sum(x[0] * x[0])

    assert count_operations(squares, (np.ones(64, np.float32),)) == 1 + 7
    assert count_operations(lambda x: xp.reshape(-x[0], (8, 8)), (np.ones(64),)) == 0
