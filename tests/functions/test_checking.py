"""Functions that are already written, checked where they are called."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import diffcheck
from diffcheck import CaseError, DerivativeError, assert_derivatives, check, check_grads
from diffcheck import engine as xp

QUICK = {"modes": ("jit",), "dtypes": ("float64",)}


def with_rule(factor):
    """x sin x, whose hand-written VJP is off by a factor."""

    @jax.custom_vjp
    def wave(x):
        return x * jnp.sin(x)

    def backward(x, g):
        return (g * (jnp.sin(x) + x * jnp.cos(x)) * factor,)

    wave.defvjp(lambda x: (wave(x), x), backward)
    return wave


def verdicts(found, order=1):
    return {str(m.verdict) for m in found.measurements if m.order == order}


def test_a_rule_that_is_right_stands():
    found = check(with_rule(1.0), 1.5, modes=("jit",))
    assert found.ok
    assert {m.dtype for m in found.measurements} == {"float32", "float64"}
    assert verdicts(found) <= {"exact", "accurate"}


@pytest.mark.parametrize("factor", [1 + 2.0**-20, -1.0, 2.0])
def test_a_rule_that_is_wrong_is_called_wrong(factor):
    found = check(with_rule(factor), 1.5, modes=("jit",))
    assert not found.ok
    assert {m.quantity for m in found.failures} == {"gradient"}
    assert "wrong" in verdicts(found) or factor in (-1.0, 2.0)
    assert all(m.fails for m in found.measurements if m.order == 1)


def test_a_rule_that_forgets_its_cotangent_is_called_wrong():
    """The gradient alone is right: its cotangent is 1."""
    wave = jax.custom_vjp(jnp.sin)
    wave.defvjp(lambda x: (jnp.sin(x), x), lambda x, _g: (jnp.cos(x),))
    (failure,) = check(wave, 0.5, **QUICK).failures
    assert (failure.verdict, failure.quantity) == ("wrong", "vjp")


@pytest.mark.parametrize("count", [3, 600])
def test_a_rule_that_forgets_its_cotangent_is_found(count):
    @jax.custom_vjp
    def total(x):
        return jnp.sum(jnp.sin(x))

    total.defvjp(lambda x: (total(x), x), lambda x, g: (jnp.cos(x),))
    found = check(total, np.linspace(0.5, 2, count), **QUICK)
    assert "wrong" in {str(m.verdict) for m in found.failures}


def test_lost_digits_are_no_wrong_rule():
    found = check(jax.nn.sigmoid, jnp.float32(17.0), modes=("jit",))
    assert {m.dtype for m in found.measurements} == {"float32"}
    assert verdicts(found) == {"lost"}
    assert "not one correct digit" in str(found)


def test_the_point_is_the_number_that_was_given():
    found = check(lambda x: x * x, 1.3, **QUICK)
    assert {float.fromhex(m.point["x"]) for m in found.measurements} >= {1.3}


def model(params, x, power):
    hidden = jnp.tanh(x @ params["W"] + params["layers"][0])
    return jnp.sum(hidden**power)


def test_nested_arguments_are_inputs_and_whole_numbers_are_not():
    params = {"W": np.full((2, 3), 0.25), "layers": [np.arange(3.0)]}
    found = check(model, params, np.array([0.5, -1.0]), 2, order=2, wrt="params", **QUICK)
    assert found.ok
    named = {m.index for m in found.measurements if m.quantity == "gradient"}
    assert named == {f"df/dparams_W[{i},{j}]" for i in range(2) for j in range(3)} | {
        f"df/dparams_layers_0[{i}]" for i in range(3)
    }
    assert any(m.order == 2 for m in found.measurements)


@pytest.mark.parametrize("backend", ["jax", "engine"])
def test_arguments_keep_their_order_whatever_their_names(backend):
    found = check(lambda z, y, a: z * z * y + a, 1.5, 0.75, 0.5, backend=backend)
    assert found.ok, str(found)


def test_several_outputs_are_one_vector():
    found = check(lambda x: (x * x, {"y": jnp.stack([x, -x])}), 1.5, **QUICK)
    assert {m.index for m in found.measurements if m.quantity == "jacobian"} == {
        f"df[{i}]/dx" for i in range(3)
    }


def test_many_inputs_are_verified_by_products():
    found = check(lambda x: jnp.outer(x, x) / 2, np.linspace(1, 2, 9), **QUICK)
    assert {m.quantity for m in found.measurements} == {"value", "vjp", "jvp"}
    assert found.ok


def test_a_change_of_dtype_inside_is_told():
    found = check(lambda x: jnp.asarray(x, jnp.float32) * 2, 1.5, **QUICK)
    assert not found.ok
    assert verdicts(found, order=0) == {"crashed"}
    assert "expected float64, got float32" in str(found)


@pytest.mark.parametrize(
    ("f", "arguments", "options", "got", "step"),
    [
        (jnp.sort, (np.ones(3),), {}, "the primitive sort", "write a case"),
        (lambda n: n, (2,), {}, "among the arguments, got none", "write 2.0"),
        (lambda x, n: x, (2.0, 2), {"wrt": 1}, "got 1", "choose among x"),
        (lambda x, n: x, (2.0, 2), {"wrt": "y"}, "got y", "choose among x"),
        (lambda x: x if x > 0 else -x, (1.0,), {}, "TracerBoolConversionError", "make_jaxpr"),
    ],
)
def test_what_cannot_be_checked_is_told_in_four_parts(f, arguments, options, got, step):
    with pytest.raises(CaseError) as caught:
        check(f, *arguments, **options)
    assert got in caught.value.expected_got
    assert step in caught.value.next_step
    assert "function" in caught.value.where


def test_assert_derivatives_raises_with_the_verdicts():
    assert_derivatives(with_rule(1.0), 1.5, **QUICK)
    with pytest.raises(DerivativeError, match=r"wrong .* ulps: wave jax jit float64 gradient"):
        assert_derivatives(with_rule(1 + 2.0**-20), 1.5, **QUICK)
    with pytest.raises(AssertionError):
        assert_derivatives(jax.nn.sigmoid, 40.0, **QUICK)


def test_where_nothing_is_measured_nothing_is_right():
    with pytest.raises(DerivativeError, match="unsupported"):
        assert_derivatives(with_rule(1.0), 1.5, quantities=("jvp",), **QUICK)


@pytest.mark.parametrize(("f", "x"), [(jnp.sign, 0.0), (jnp.log, -1.0)])
def test_where_no_derivative_has_a_truth_nothing_is_right(f, x):
    found = check(f, x, **QUICK)
    assert not found.ok
    assert not found.failures
    assert "no derivative was verified here" in str(found)
    with pytest.raises(DerivativeError, match="nothing was verified"):
        assert_derivatives(f, x, **QUICK)


def test_a_rule_whose_forward_pass_gives_another_value_is_found():
    @jax.custom_vjp
    def f(x):
        return jnp.sin(x)

    f.defvjp(lambda x: (1.5 * jnp.sin(x), x), lambda x, g: (g * jnp.cos(x),))
    (failure,) = check(f, 1.5, **QUICK).failures
    assert (failure.verdict, failure.quantity) == ("mismatch", "value")
    assert "forward pass of a rule" in failure.detail
    assert check(with_rule(1.0), 1.5, **QUICK).ok


def test_without_reverse_mode_forward_mode_is_verified():
    def loop(x):
        return jax.lax.while_loop(lambda s: s[0] < 3, lambda s: (s[0] + 1, s[1] * x), (0, x))[1]

    found = check(loop, 1.5, **QUICK)
    assert found.ok
    assert {m.quantity for m in found.measurements if m.computed is not None} == {"value", "jvp"}


def test_check_grads_is_called_as_jax_calls_it():
    check_grads(jnp.sin, (1.0,), 2, modes=["fwd", "rev"], atol=1e-3, rtol=1e-3, eps=1e-3)
    check_grads(with_rule(1.0), (1.0,), order=1, modes=("rev",))
    with pytest.raises(DerivativeError):
        check_grads(with_rule(1 + 2.0**-20), (1.5,), order=1, modes=("rev",))


def test_the_names_are_there_and_load_nothing_until_used():
    assert diffcheck.check is check
    assert {"check", "assert_derivatives", "check_grads"} <= set(diffcheck.__all__)


def tanh_with_rule(slip):
    """The sum of x_i tanh x_{i+1}, whose hand-written rule is off in one component."""

    @jax.custom_vjp
    def chain(x):
        return jnp.sum(x * jnp.tanh(jnp.roll(x, 1)))

    def backward(x, g):
        back = jnp.roll(x, -1) / jnp.cosh(x) ** 2
        return (g * (jnp.tanh(jnp.roll(x, 1)) + back).at[7].multiply(1 + slip),)

    chain.defvjp(lambda x: (chain(x), x), backward)
    return chain


def test_a_function_that_is_no_program_of_arrays_is_verified_along_directions():
    found = check(lambda x: jnp.sum(jnp.cumsum(x * x) / 1024), np.linspace(0.5, 2, 600), **QUICK)
    assert found.ok, str(found)
    assert {m.case for m in found.measurements} == {"function_along_0", "function_along_1"}
    assert found.scope.startswith("2 directions through 600 components, since the primal ")
    assert "cumsum" in found.scope


@pytest.mark.parametrize(
    ("f", "arguments"),
    [
        (lambda x: xp.tanh(x) * xp.exp(-x) + 0.1, (0.75,)),
        (lambda x, n: xp.sum(xp.softmax(x)[1:] * x[:-1]) * n, (np.array([0.5, -1.0, 2.0]), 2)),
        (lambda A: xp.linalg.inv(A) @ A[0], (np.array([[2.0, 1.0], [0.5, 3.0]]),)),
        (lambda x: (xp.where(x > 0, xp.sqrt(x), 0.0), xp.stack([x, x * x])), (0.75,)),
        (xp.layer_norm, (np.array([0.5, -1.0, 2.0]),)),
    ],
)
def test_functions_of_the_engine(f, arguments):
    found = check(f, *arguments, backend="engine")
    assert found.ok, str(found)
    assert verdicts(found) <= {"exact", "accurate", "ill-conditioned", "unstable"}


def test_a_wrong_rule_of_the_engine_is_proved_wrong():
    wave = xp.custom_vjp(lambda x: xp.sin(x) * x)
    wave.defvjp(
        lambda x: (wave(x), x),
        lambda x, g: (g * (xp.sin(x) + x * xp.cos(x)) * (1 + 2.0**-40),),
    )
    found = check(wave, 1.5, backend="engine", dtypes=("float64",))
    # Forward mode takes the function itself.
    assert {m.quantity for m in found.failures} == {"gradient"}
    assert {str(m.verdict) for m in found.failures} == {"wrong"}
    assert "in exact arithmetic" in str(found)


@pytest.mark.parametrize(
    ("backend", "f"),
    [
        ("jax", lambda x: jnp.sin(x) * 1e-300),
        ("jax", lambda x: jnp.sin(x) + 3e-46 * x),  # in float32 no number, and no short one
        ("engine", lambda x: xp.sin(x) * 1e-300),
        ("engine", lambda x: xp.sin(x) * 3e-320),
    ],
)
def test_a_literal_too_small_for_its_format_is_no_other_function(backend, f):
    found = check(f, 1.0, backend=backend)
    assert found.ok, str(found)
    assert {m.dtype for m in found.measurements} == {"float32", "float64"}


def test_a_rule_that_is_wrong_beside_such_a_literal_is_found():
    @jax.custom_jvp
    def tiny(x):
        return jnp.sin(x) + 1e-300

    tiny.defjvp(lambda x, t: (tiny(x[0]), t[0] * jnp.cos(x[0]) * (1 + 2.0**-16)))
    found = check(tiny, 1.0, dtypes="float32", modes="jit")
    assert "in exact arithmetic" in str(found)
    assert verdicts(found) == {"wrong"}


@pytest.mark.parametrize(
    ("backend", "f", "size"),
    [
        ("jax", lambda x: 3.0, 1),
        ("jax", lambda x: (x * x, 3.0), 2),
        ("jax", lambda x: jnp.zeros(3), 3),
        ("engine", lambda x: 3.0, 1),
    ],
)
def test_what_does_not_depend_on_its_input_has_a_derivative_of_0(backend, f, size):
    found = check(f, 1.5, backend=backend)
    assert found.ok, str(found)
    assert {m.dtype for m in found.measurements} == {"float32", "float64"}
    first = [m for m in found.measurements if m.quantity in ("gradient", "jacobian")]
    assert len({m.index for m in first}) == size


@pytest.mark.parametrize(
    "f",
    [
        xp.fft.fft,
        lambda x: xp.fft.rfft(x * x)[:2] * xp.exp(x[0]),
        lambda x: xp.sum(xp.abs(xp.fft.fft(x)) ** 2),
        lambda x: (xp.real(xp.fft.fft(x)), x[0] * xp.imag(xp.fft.rfft(x))),
        lambda x: xp.exp(1j * x) * (2 - 1j),  # its literals have an imaginary part
    ],
)
def test_complex_numbers_in_and_out_of_a_function_of_the_engine(f):
    found = check(f, np.array([0.5, -1.0, 2.0]), backend="engine")
    assert found.ok, str(found)
    assert verdicts(found) <= {"exact", "accurate", "ill-conditioned", "unstable"}


@pytest.mark.parametrize("modes", ["jit", "eager"])
def test_of_many_inputs_a_sample_is_looked_at_and_said(modes):
    f = tanh_with_rule(0.0)
    found = check(f, np.linspace(0.5, 2, 1200), modes=modes, dtypes="float64")
    assert found.ok, str(found)
    named = [m.index for m in found.measurements if m.quantity == "gradient"]
    assert len(named) == 68
    assert {"d(w·f)/ds[0]", "d(w·f)/ds[3]"} <= set(named)
    assert str(found).endswith("(checked: 64 components of 1,200 and 4 directions)")


@pytest.mark.parametrize("slip", [2.0**-16, 0.5])
def test_one_wrong_component_among_many_is_proved_wherever_it_is(slip):
    found = check(tanh_with_rule(slip), np.linspace(0.5, 2, 3000), **QUICK)
    wrong = {m.index for m in found.failures if m.verdict == "wrong"}
    assert "d(w·f)/dx[7]" not in {m.index for m in found.measurements}
    assert wrong == {f"d(w·f)/ds[{k}]" for k in range(4)}
    assert "in exact arithmetic" in str(found)


def test_every_component_is_looked_at_where_that_is_asked_for():
    found = check(tanh_with_rule(2.0**-16), np.linspace(0.5, 2, 600), every=True, **QUICK)
    assert [m.index for m in found.failures] == ["df/dx[7]"]
    assert len([m for m in found.measurements if m.quantity == "gradient"]) == 600


def network(params, x):
    hidden = jnp.maximum(x @ params["W"] + params["b"], 0)
    return jax.nn.log_softmax(hidden @ params["V"])


def test_a_network_of_many_parameters_and_its_second_derivatives():
    rng = np.random.default_rng(0)
    params = {
        "W": rng.normal(size=(8, 60)).astype(np.float32),
        "b": np.zeros(60, np.float32),
        "V": rng.normal(size=(60, 5)).astype(np.float32),
    }
    x = rng.normal(size=8).astype(np.float32)
    found = check(network, params, x, wrt="params", order=2, modes="jit")
    assert found.ok, str(found)
    assert {m.quantity for m in found.measurements} == {"value", "gradient", "hvp"}
    assert all("w·f" in m.index for m in found.measurements if m.quantity == "gradient")
    assert {m.dtype for m in found.measurements} == {"float32"}
    third = check(network, params, x, wrt="params", order=3, modes="jit")
    assert third.ok, str(third)
    assert third.scope == "0 components of 840 and 1 directions"


@pytest.mark.parametrize(
    "f",
    [
        lambda x: xp.sum(xp.tanh(x) * xp.roll(x, 1)) + xp.max(x) * xp.sum(x[:3] @ x[3:6]),
        lambda x: xp.softmax(x * x) * xp.where(x > 1.001, xp.sqrt(x), x**3),
        lambda x: xp.logsumexp(xp.reshape(x, (2, -1)), axis=0)[:7] * 0.1,
    ],
)
def test_many_inputs_of_a_function_of_the_engine(f):
    found = check(f, np.linspace(0.5, 2, 600), backend="engine", dtypes="float64")
    assert found.ok, str(found)
    assert found.scope == "64 components of 600 and 4 directions"
    words = {"exact", "accurate", "ill-conditioned", "inexact", "unstable"}
    assert verdicts(found) <= words, str(found)


def test_a_wrong_component_among_many_of_the_engine_is_proved():
    chain = xp.custom_vjp(lambda x: xp.sum(xp.sin(x)))
    slip = np.ones(600)
    slip[7] += 2.0**-20
    chain.defvjp(lambda x: (chain(x), x), lambda x, g: (g * xp.cos(x) * slip,))
    found = check(chain, np.linspace(0.5, 2, 600), backend="engine", dtypes="float64")
    wrong = {m.index for m in found.failures if m.verdict == "wrong"}
    assert wrong >= {f"d(w·f)/ds[{k}]" for k in range(4)}
