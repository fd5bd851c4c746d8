"""PyTorch as a guest: derivatives worked out by hand, and what it lacks named."""

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

torch = pytest.importorskip("torch", reason="the extra `torch` is not installed")
pytest.importorskip("array_api_compat", reason="the extra `torch` is not installed")

from diffcheck.backends.torch_namespace import namespace  # noqa: E402 - after the skip
from diffcheck.backends.torch_operations import count_operations  # noqa: E402 - after the skip

TORCH = get("torch")
GRADIENT = Quantity("gradient", 1, 1)
LACKING = {"gamma", "betaln", "jv"}
# Ulps that two right functions differ by; torch's trigamma is good to 1e-9 alone.
IMPRECISE = {"polygamma": 2**23, "gammaincc": 64}


def run(program, x=0.5, *, fmt=F32, kind="gradient", own=False, **others):
    """Run a shared program, or one that is written for torch alone."""
    programs = {"torch": {"plain": program}} if own else {}
    inputs = {"x": real(), **{name: real() for name in others}}
    case = case_of(program, inputs, wrt=("x",), **programs)
    at = [point(x=x, **others)]
    quantity = Quantity(kind, 1, 1)
    return TORCH.evaluate(
        case, "plain", quantity, at, fmt=fmt, mode="eager", device="cpu:0"
    ).values[0]


@pytest.mark.parametrize("fmt", [F32, F64], ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("kind", CUBIC_KINDS)
def test_quantities_of_two_scalars(kind, fmt):
    found = evaluate_cubic(TORCH, kind, fmt, "eager")
    assert found.values.dtype == fmt.dtype
    expected = np.stack([cubic_expected(kind, x, y) for x, y in CUBIC_POINTS])
    np.testing.assert_array_equal(found.values, expected)
    assert found.operations >= 4


@pytest.mark.parametrize("kind", ROWS_KINDS)
def test_quantities_of_an_array_and_a_scalar(kind):
    found = evaluate_rows(TORCH, kind, F32, "eager")
    np.testing.assert_array_equal(found.values[0], rows_expected(kind, *ROWS_POINT))


@pytest.mark.parametrize("name", sorted(CALLS.keys() - LACKING))
def test_a_name_means_what_it_means_to_the_engine(name):
    xp, ours = namespace("float64", "cpu"), engine_namespace(F64.dtype)
    found, expected = (np.asarray(CALLS[name](n, n.asarray)) for n in (xp, ours))
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    error = np.abs(found - expected) / np.spacing(np.abs(expected))
    assert np.max(error) <= IMPRECISE.get(name, 16)


@pytest.mark.parametrize("name", sorted(LACKING))
def test_what_torch_lacks_is_named(name):
    with pytest.raises(Unsupported, match=f"torch has no function '{name}'"):
        run(lambda xp, x: CALLS[name](xp, xp.asarray) * x)


def test_arrays_made_inside_a_program_take_the_format():
    xp = namespace("float32", "cpu")
    assert {str(a.dtype) for a in made_arrays(xp)} == {"torch.float32"}
    assert {str(xp.arange(3).dtype), str(xp.asarray([1, 2]).dtype)} == {"torch.int64"}


def test_a_derivative_that_torch_does_not_know_is_unsupported_and_no_zero():
    for kind in ("gradient", "jvp"):
        with pytest.raises(Unsupported, match="torch lacks a derivative"):
            run(lambda xp, x: xp.j0(x), kind=kind)


def test_what_torch_refuses_of_a_shared_program_is_unsupported():
    with pytest.raises(Unsupported, match="ValueError: step must be greater than zero"):
        run(lambda xp, x: xp.stack([x, 2 * x])[::-1][0])


def test_what_a_program_of_its_own_raises_is_not_explained_away():
    with pytest.raises(ValueError, match="step must be greater"):
        run(lambda xp, x: xp.stack([x, 2 * x])[::-1][0], own=True)


def test_a_changed_dtype_is_reported():
    with pytest.raises(BackendError, match=r"expected torch\.float32, got torch\.float64"):
        run(lambda xp, x: x.double(), kind="value")


class OldSquare(torch.autograd.Function):
    """A rule in the style without `setup_context`, which `torch.func` refuses."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 3 * x * g


def test_a_rule_of_ones_own_runs_as_it_is():
    np.testing.assert_array_equal(run(lambda xp, x: OldSquare.apply(x), own=True), [1.5])
    with pytest.raises(Unsupported, match="torch lacks a derivative"):
        run(lambda xp, x: OldSquare.apply(x), kind="jvp", own=True)


def test_data_are_held_fixed():
    np.testing.assert_array_equal(run(lambda xp, x, a: x * a, 2.0, a=3.0), [3.0])


def test_sums_count_as_deep_as_they_are():
    x = torch.ones(64)
    assert count_operations(lambda: torch.sum(x * x)) == 1 + 7
    assert count_operations(lambda: torch.reshape(torch.stack([x, -x]), (-1,))) == 0


def test_no_points_have_no_values():
    case = case_of(lambda xp, x: x, {"x": real()})
    found = TORCH.evaluate(case, "plain", GRADIENT, [], fmt=F32, mode="eager", device="cpu:0")
    assert found.values.shape == (0, 1)
