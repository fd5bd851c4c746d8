"""What rounding may cost: bounds that hold for float runs, and the operation that costs most."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import arb
from hypothesis import example, given, settings
from hypothesis import strategies as st

from diffcheck.backends.jax_reader import read
from diffcheck.balls import precision, ulp
from diffcheck.floats import FORMATS
from diffcheck.programs.attribution import attribute
from diffcheck.programs.budgets import Watched

F64 = FORMATS["float64"]


def program_of(f, *args):
    with jax.enable_x64(True):
        return read(jax.make_jaxpr(f)(*args))


def budgets(f, x, fmt=F64):
    x = fmt.dtype.type(x)
    return Watched(program_of(f, x), [x], fmt).budgets(0, 0)


def in_ulps(budget, found, fmt=F64):
    return float(budget / ulp(found.value, fmt))


def worst(found):
    return found.costs[0].operation.name


def test_one_correctly_rounded_operation_costs_half_an_ulp():
    found = budgets(lambda x: x * x, 1.1)
    assert in_ulps(found.program, found) == pytest.approx(0.5)
    assert in_ulps(found.counted, found) == pytest.approx(0.5)
    assert worst(found) == "mul"


def test_cancellation_amplifies_what_was_rounded_before_it():
    found = budgets(lambda x: (x + 1) - x, 1e8)
    # The sum may be off by half of ulp(1e8), in ulps of 1; the count of operations is two.
    half = float(ulp(arb(1e8), F64) / 2)
    assert in_ulps(found.program, found) == pytest.approx(half / 2.0**-52 + 0.5)
    assert in_ulps(found.counted, found) <= 1.5
    assert found.costs[0].amplification == pytest.approx(1e8)


def test_of_digits_that_all_cancel_the_count_is_measured_by_the_truth():
    x = np.float64(1e-300)  # (1 + x) - (1 - x) of balls of 192 bits is 0, give or take 2^-191
    found = Watched(program_of(lambda x: (1 + x) - (1 - x), x), [x], F64)
    truth = arb(2) * arb(1e-300)
    counted = found.budgets(0, 0, truth).counted
    assert counted <= 3 * ulp(truth, F64)  # half of a 2^-52 part for each of three operations
    assert found.budgets(0, 0, truth).program > truth


def test_an_underflow_is_no_rounding_that_the_count_excuses():
    x, fmt = np.float32(-80), FORMATS["float32"]
    found = budgets(lambda x: jnp.exp(x) * jnp.exp(x) * 1e30, x, fmt)  # 1e-70 on the way
    assert found.counted <= 16 * ulp(found.value, fmt)
    assert found.departure is not None


def test_digits_of_a_narrower_format_are_no_rounding_that_the_count_excuses():
    found = budgets(lambda x: (x.astype(jnp.float32) * x.astype(jnp.float32)).astype(x.dtype), 1.1)
    assert 2**29 <= in_ulps(found.program, found) <= 2**31  # three roundings of float32
    assert in_ulps(found.counted, found) <= 3
    assert found.departure is None


def test_a_number_leaves_the_range_of_the_format_it_is_rounded_to():
    found = budgets(lambda x: x.astype(jnp.float32).astype(x.dtype) * 1e200, 1e-200)
    assert found.departure.operation.name == "convert_element_type"
    assert found.program >= abs(found.value) / 2


def test_what_only_moves_numbers_costs_nothing():
    found = budgets(lambda x: -jnp.reshape(x, (1,))[0], 0.3)
    assert found.program == 0
    assert found.costs == ()


def test_a_literal_costs_its_rounding_unless_it_is_short():
    assert budgets(lambda x: 0.75 * x, 1.1).literals == 0
    found = budgets(lambda x: 0.1 * x, 1.5)
    relative = float(ulp(arb(0.1), F64) / 2) / 0.1
    assert float(found.literals / found.value) == pytest.approx(relative)


@pytest.mark.parametrize("n", [3, 8, 100])
def test_a_sum_may_cost_half_an_ulp_of_all_its_terms_for_each(n):
    x = np.linspace(1.0, 2.0, n)
    with jax.enable_x64(True):
        found = Watched(program_of(jnp.sum, x), [x], F64).budgets(0, 0)
    assert in_ulps(found.program, found) == pytest.approx(n / 2)
    assert in_ulps(found.counted, found) == pytest.approx((1 + np.ceil(np.log2(n))) / 2)


def test_the_body_of_a_loop_counts_as_often_as_it_runs():
    def f(x, n):
        return jax.lax.fori_loop(0, n, lambda _, y: y * x, x)

    once = budgets(lambda x: f(x, 1), 1.1)
    thrice = budgets(lambda x: f(x, 3), 1.1)
    relative = [float(b.counted / b.value) for b in (once, thrice)]
    assert relative[1] > 2.5 * relative[0]


def test_a_factorisation_costs_what_moving_its_operand_costs():
    a = np.array([[2.0, 1.0], [1.0, 1.0 + 2.0**-20]])
    program = program_of(lambda a: jnp.linalg.solve(a, jnp.ones(2)), a)
    stiff = Watched(program, [a], F64).budgets(0, 0)
    b = np.array([[2.0, 1.0], [1.0, 3.0]])
    gentle = Watched(program, [b], F64).budgets(0, 0)
    assert float(gentle.program / abs(gentle.value)) < 1e-13
    assert float(stiff.program / abs(stiff.value)) > float(gentle.program / abs(gentle.value))


def test_the_first_operation_out_of_range_is_the_departure():
    found = budgets(lambda x: jnp.sqrt(x * x), 1e200)
    assert found.departure.operation.name == "mul"
    assert budgets(lambda x: jnp.sqrt(x * x), 1e100).departure is None


@pytest.mark.parametrize(
    ("f", "x", "left", "gives_zero"),
    [
        (lambda x: jnp.exp(x) * jnp.exp(x) * 1e30, -80.0, "mul", False),
        (lambda x: 1e30 / (jnp.exp(x) * jnp.exp(x)), 80.0, "mul", False),
        (lambda x: jnp.exp(x) * jnp.exp(x) + (1 - (1 - x * 1e-30)), -80.0, None, None),
        (lambda x: jnp.exp(x) * jnp.exp(x) * 1e36 + (1 - (1 - x * 1e-35)), -80.0, "mul", False),
        (lambda x: 1 - (1 - x * 1e-20 * 1e-20), 1.0, "mul", True),
    ],
    ids=["underflow", "overflow", "beside a number", "beside a 0", "absorbed anyway"],
)
def test_without_limits_of_the_exponent_only_lost_digits_give_a_0(f, x, left, gives_zero):
    """The fourth: what is left of the underflow is no digit of the result, but it is not 0."""
    found = budgets(f, x, FORMATS["float32"])
    assert (found.departure.operation.name if found.departure else None) == left
    assert (found.unlimited.is_zero() if found.departure else None) == gives_zero


def test_an_overflow_is_named_though_most_of_the_result_hangs_on_what_is_behind_it():
    def share(x):
        powers = jnp.exp(jnp.stack([x, x + 9, x + 9.5]))
        return (powers / jnp.sum(powers))[0]

    assert budgets(share, 85.0, FORMATS["float32"]).departure.operation.name == "exp"


def test_floats_without_limits_round_as_the_format_does():
    found = budgets(lambda x: x * x * (2.0**-100) * (2.0**100), 1e-25, FORMATS["float32"])
    x = np.float32(1e-25)
    mantissa = np.float32(np.ldexp(x, 80))  # the same number where nothing underflows
    assert float(found.unlimited) == np.ldexp(float(mantissa * mantissa), -160)


@pytest.mark.parametrize("fmt", [FORMATS["float32"], F64], ids=lambda fmt: fmt.name)
@pytest.mark.parametrize(
    ("f", "x", "culprit", "amplified"),
    [
        (lambda x: jnp.log(1 - jnp.exp(-x)), 1e-4, "exp", 1e4),
        (lambda x: jnp.sin(1 / x), 1e-4, "div", 3e3),
        (jax.nn.sigmoid, 17.0, "logistic", 2e7),
    ],
)
def test_the_samples_of_the_mathematics(f, x, culprit, amplified, fmt):
    found = budgets(jax.grad(f), x, fmt)
    assert worst(found) == culprit
    assert found.costs[0].amplification == pytest.approx(amplified, rel=0.3)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.125, 3, width=32), min_size=3, max_size=3))
@example([1.5, 0.125, 0.125])  # element 1: no amplification, so both budgets are one sum
def test_no_run_in_floats_is_further_off_than_its_budget(values):
    x = np.array(values)
    w = np.linspace(-0.9, 0.9, 9).reshape(3, 3)
    program = program_of(jax.grad(lambda t: jnp.sum(jnp.sin(w @ t) / (1 + t * t))), x)
    run = Watched(program, [x], F64)
    for element in range(3):
        found = run.budgets(0, element)
        by_op = attribute(program, [x], output=0, element=element)
        with precision(200):
            # The literals are part of the program here, and the error is that of its operations.
            assert abs(arb(by_op.result) - found.value) <= found.program
        # Where no operation is amplified the two are the same sum, in balls that overlap.
        assert not found.counted > found.program
