"""Finite differences as a guest: how close they come, and where they have no answer."""

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

from diffcheck.backends import BackendError, Unsupported, get
from diffcheck.backends.difference_quotients import central, complex_step, richardson
from diffcheck.case import Quantity, real

DIFFERENCES = get("finite-difference")
MODES = DIFFERENCES.modes("cpu:0")
SCALED = {"central": 1e-6, "richardson": 1e-9, "complex-step": 1e-15}  # of the largest component


def run(program, x=0.5, *, fmt=F64, kind="gradient", mode="central", **backend_programs):
    case = case_of(program, {"x": real()}, **backend_programs)
    return DIFFERENCES.evaluate(
        case, "plain", Quantity(kind, 1, 1), [point(x=x)], fmt=fmt, mode=mode, device="cpu:0"
    ).values[0]


def first_order(kinds, mode):
    orders = {"hessian", "hvp", "third"} if mode == "complex-step" else set()
    return [kind for kind in kinds if kind not in orders]


@pytest.mark.parametrize("mode", MODES)
def test_every_quantity_is_approximated(mode):
    for kind in first_order(CUBIC_KINDS, mode):
        found = evaluate_cubic(DIFFERENCES, kind, F64, mode).values
        expected = np.stack([cubic_expected(kind, x, y) for x, y in CUBIC_POINTS])
        assert np.max(np.abs(found - expected)) <= SCALED[mode] * np.max(np.abs(expected))
    for kind in first_order(ROWS_KINDS, mode):
        found = evaluate_rows(DIFFERENCES, kind, F64, mode).values[0]
        expected = rows_expected(kind, *ROWS_POINT)
        assert np.max(np.abs(found - expected)) <= SCALED[mode] * np.max(np.abs(expected))


@pytest.mark.parametrize("mode", MODES)
def test_all_is_computed_in_the_format(mode):
    found = run(lambda xp, x: xp.tanh(x), fmt=F32, mode=mode)
    assert found.dtype == np.float32
    assert 0 < abs(float(found[0]) - 1 / np.cosh(0.5) ** 2) < 1e-3


def test_the_complex_step_is_of_first_order():
    with pytest.raises(Unsupported, match="first derivatives only"):
        run(lambda xp, x: x * x, kind="hessian", mode="complex-step")


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (
            lambda xp, x: xp.gammaln(x),
            "gammaln is not differentiable for complex numbers$",
        ),
        (lambda xp, x: xp.linalg.cholesky(x * xp.eye(2))[0, 0], "no cholesky: it is not analytic"),
        (lambda xp, x: x * float(x), "cannot run this program: .*not 'complex'|Casting complex"),
    ],
)
def test_the_complex_step_wants_an_analytic_program(program, reason):
    with pytest.raises(Unsupported, match=reason):
        run(program, mode="complex-step")
    assert np.isfinite(run(program, mode="central")).all()


def test_a_rule_of_the_engine_has_no_part_in_it():
    def planted(xp, x):
        return xp.sin(x) * 1000

    found = run(lambda xp, x: xp.sin(x), engine={"plain": planted})
    assert abs(found[0] - np.cos(0.5)) < 1e-9


def test_operations_are_those_of_the_value_and_the_subtraction():
    case = case_of(lambda xp, x: x * x * x, {"x": real()})
    quantities = (Quantity("value", 1, 1), Quantity("gradient", 1, 1))
    counts = [
        DIFFERENCES.evaluate(
            case, "plain", q, [point(x=2.0)], fmt=F32, mode="central", device="cpu:0"
        ).operations
        for q in quantities
    ]
    assert counts == [2, 3]


def test_what_changes_the_dtype_is_reported():
    with pytest.raises(BackendError, match="expected float32, got float64"):
        run(lambda xp, x: x * np.float64(0.1), fmt=F32)


def test_richardson_steps_back_into_the_domain():
    # The first steps leave it: those entries are NaN, and are passed over.
    x = np.array([0.01])
    with np.errstate(invalid="ignore"):
        found = richardson(np.log, x, [np.ones(1)], F64)
    assert abs(found[0] - 100) < 1e-3


def test_the_complex_step_forms_no_difference():
    x, one = np.array([1.5]), np.ones(1)
    exact = np.exp(1.5)
    assert abs(complex_step(np.exp, x, [one], F64)[0] - exact) <= np.spacing(exact)
    assert abs(central(np.exp, x, [one], F64)[0] - exact) > 1000 * np.spacing(exact)


@pytest.mark.parametrize("x", [0.0, 1e-30, 1e30])
def test_the_complex_step_follows_the_size_of_x(x):
    found = complex_step(lambda t: t * t + t, np.array([x], np.float32), [np.ones(1)], F32)
    assert found[0] == np.float32(2 * x + 1)
