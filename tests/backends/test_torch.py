"""PyTorch as a guest: what it refuses, and what it counts; `test_guests` has the rest."""

from functools import partial

import numpy as np
import pytest
from backend_cases import F32, case_of, run_by

from diffcheck.backends import BackendError, Unsupported, get
from diffcheck.case import Quantity, real

torch = pytest.importorskip("torch", reason="the extra `torch` is not installed")
pytest.importorskip("array_api_compat", reason="the extra `torch` is not installed")

from diffcheck.backends.torch_operations import count_operations  # noqa: E402 - after the skip

TORCH = get("torch")
GRADIENT = Quantity("gradient", 1, 1)
run = partial(run_by, TORCH)


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
