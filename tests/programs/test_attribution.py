"""Contributions of single operations: they name the culprit, and their sum is the error."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from diffcheck.backends.jax_reader import read
from diffcheck.programs import MissingFormError, enclose
from diffcheck.programs.attribution import attribute
from diffcheck.programs.recording import record


def gradient(f, x):
    with jax.enable_x64(True):
        return read(jax.make_jaxpr(jax.grad(f))(x))


def attributed(f, x):
    program = gradient(f, x)
    exact = enclose(program, [x], bits=300, literal_rounding=0.0)[0].reshape(-1)[0]
    found = attribute(program, [x], output=0, element=0)
    return found, arb(found.result) - exact


@pytest.mark.parametrize(
    ("f", "x", "culprit"),
    [
        (lambda x: jnp.log(1 - jnp.exp(-x)), 1e-4, "exp"),
        (jax.nn.sigmoid, 17.0, "logistic"),
        (lambda x: (1 - jnp.cos(x)) / x**2, 0.01, "cos"),
        (jax.scipy.special.gammaln, 1.4616321325302124, "digamma"),
    ],
)
@pytest.mark.parametrize(("dtype", "close"), [(np.float32, 4e-2), (np.float64, 1e-6)])
def test_the_culprit_comes_first_and_the_sum_is_the_error(f, x, culprit, dtype, close):
    found, error = attributed(f, dtype(x))
    names = [c.operation.name for c in found.contributions]
    assert culprit in names[:2]
    assert abs(float(found.total.mid()) - float(error.mid())) <= close * abs(float(error.mid()))
    sizes = [abs(float(c.total.mid())) for c in found.contributions]
    assert sizes == sorted(sizes, reverse=True)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(-2, 2, width=32), min_size=3, max_size=3))
def test_contributions_over_arrays_sum_to_the_error(values):
    x = np.array(values)
    w = np.linspace(0.1, 0.9, 9).reshape(3, 3)
    found, error = attributed(lambda t: jnp.sum(jnp.tanh(w @ t) * jnp.exp(t)), x)
    assert abs(float((found.total - error).mid())) <= 2.0**-80 + 1e-6 * abs(float(error.mid()))


def test_an_operation_that_leaves_the_numbers_is_named():
    found, _ = attributed(lambda x: jnp.where(x > 0, jnp.sqrt(x), 0.0), np.float64(-1.0))
    assert found.departure.operation.name == "sqrt"
    assert found.departure.operands == (-1.0,)
    assert np.isnan(found.departure.result)


def test_a_function_with_a_rule_of_its_own_runs_by_itself():
    x = np.float64(-2.0)
    with jax.enable_x64(True):
        program = read(jax.make_jaxpr(jax.scipy.special.expi)(x))
        assert record(program, [x]).calls[-1].results[0] == jax.scipy.special.expi(x)


def test_an_approximation_is_refused_before_it_is_run():
    x = np.float64(0.3)
    program = gradient(jax.scipy.special.spence, x)
    assert len(record(program, [x]).calls) > 10
    with pytest.raises(MissingFormError, match="_spence_calc is an approximation"):
        record(program, [x], explained=True)


def test_a_program_that_rounds_nothing_has_no_contributions():
    found, _ = attributed(lambda x: 2 * x * x, np.float64(3.0))
    assert found.contributions == ()
    assert found.departure is None
    assert found.total == 0


def test_rounded_literals_are_told_apart_from_roundings():
    found, _ = attributed(lambda x: x * np.float32(0.1) + np.float32(0.5) * x, np.float32(3.0))
    assert [x.value for x in found.literals if x.most != 0] == [float(np.float32(0.1))]
    assert float(found.literals[0].most.mid()) == pytest.approx(0.1 * 2.0**-24)


def test_each_call_knows_what_it_would_be_without_rounding():
    x = np.float32(1e-4)
    found, _ = attributed(lambda x: jnp.log(1 - jnp.exp(-x)), x)
    difference = next(t for t in found.calls if t.call.operation.name == "sub")
    assert float(difference.true[0][0].mid()) == pytest.approx(-np.expm1(-float(x)), rel=1e-15)
    assert float(found.exact.mid()) == pytest.approx(1 / np.expm1(float(x)), rel=1e-15)
