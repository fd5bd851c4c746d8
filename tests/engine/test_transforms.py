"""Derivatives of functions: nesting, containers, shapes and dtypes, errors, threads."""

from concurrent.futures import ThreadPoolExecutor

import ml_dtypes
import numpy as np
import pytest
from conftest import ball, derivative, same
from mpmath import mp

from diffcheck import engine as xp


def wave(x):
    return xp.sin(x) * xp.exp(x) / (x * x + 1)


def mp_wave(x):
    return mp.sin(x) * mp.exp(x) / (x * x + 1)


def forward(f):
    def slope(x):
        return xp.jvp(f, (x,), (xp.ones_like(x),))[1]

    return slope


@pytest.mark.parametrize("modes", ["rrrr", "ffff", "frfr", "rffr", "rrf", "fr", "rf"])
def test_nesting_mixes_modes_to_order_four(modes):
    f = wave
    for mode in modes:
        f = xp.grad(f) if mode == "r" else forward(f)
    assert same(xp.value(f)(ball(0.75))[()], derivative(mp_wave, 0.75, len(modes)))


def test_no_confusion_of_perturbations():
    def f(x):
        return x * xp.grad(lambda y: x + y)(1.0)

    assert xp.grad(f)(1.0) == 1.0
    assert forward(lambda x: x * forward(lambda y: x * y)(2.0))(3.0) == 6.0


def test_inner_derivative_of_a_variable_of_the_outer():
    assert xp.grad(lambda x: xp.grad(lambda y: x * x * y)(5.0))(3.0) == 6.0


def test_containers_of_arguments():
    def loss(parameters, x):
        return xp.sum((parameters["W"] @ x + parameters["b"][0]) ** 2)

    parameters = {"W": np.eye(2), "b": (np.array([1.0, -1.0]), np.float64(3.0))}
    gradient = xp.grad(loss)(parameters, np.array([1.0, 2.0]))
    np.testing.assert_array_equal(gradient["W"], [[4.0, 8.0], [2.0, 4.0]])
    np.testing.assert_array_equal(gradient["b"][0], [4.0, 2.0])
    assert gradient["b"][1] == 0.0


def test_several_arguments():
    both = xp.grad(lambda x, y: x * x * y, argnums=(0, 1))(2.0, 3.0)
    assert both == (12.0, 4.0)


def test_jacobians_agree_and_have_output_then_input_axes():
    def f(x):
        return xp.outer(x, x)

    x = np.array([1.0, 2.0])
    by_rows, by_columns = xp.jacrev(f)(x), xp.jacfwd(f)(x)
    assert by_rows.shape == (2, 2, 2)
    np.testing.assert_array_equal(by_rows, by_columns)


def test_hessian_of_a_vector_function():
    second = xp.hessian(lambda x: x * x * x)(np.array([1.0, 2.0]))
    expected = np.zeros((2, 2, 2))
    expected[0, 0, 0], expected[1, 1, 1] = 6.0, 12.0
    np.testing.assert_array_equal(second, expected)


def test_hvp_is_the_hessian_times_the_direction():
    def f(x):
        return xp.sum(xp.exp(x[0] * x) + x**3)

    x, v = np.array([0.5, -1.0, 2.0]), np.array([1.0, 2.0, -1.0])
    np.testing.assert_allclose(xp.hvp(f, (x,), (v,))[0], xp.hessian(f)(x) @ v, rtol=1e-14)


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16, np.float32, np.longdouble])
def test_dtype_is_kept(dtype):
    def f(x):
        h = xp.tanh(x @ x + 1.5) * xp.where(x[0] > 0, x[0], 0) / 3
        return xp.sum(xp.maximum(h, 0.25) ** 2) + xp.mean(xp.softplus(0.1 * x[0])) + xp.erf(x[0, 0])

    x = np.array([[0.5, -1.0], [0.25, 2.0]], dtype=dtype)
    value, gradient = xp.value_and_grad(f)(x)
    assert value.dtype == gradient.dtype == dtype
    assert xp.hvp(f, (x,), (x,))[0].dtype == dtype


def test_scalars_of_python_are_weak():
    x = np.float32(2.0)
    assert xp.value(lambda x: x * xp.sqrt(2.0) + xp.log(0.1))(x).dtype == np.float32
    assert xp.grad(lambda x: 0.1**x)(x).dtype == np.float32


def test_an_output_that_does_not_depend_has_zero_derivative():
    assert xp.grad(lambda _x: np.float64(3.0))(1.0) == 0.0
    assert xp.jvp(lambda _x: np.float64(3.0), (1.0,), (1.0,))[1] == 0.0


def test_stop_gradient():
    assert xp.grad(lambda x: x * xp.stop_gradient(x))(3.0) == 3.0


def test_errors_name_the_op_its_shapes_and_dtypes():
    with pytest.raises(xp.OperationError, match=r"matmul\(float32\[4\], float64\[3\]\)"):
        xp.grad(lambda x: x @ np.ones(3))(np.ones(4, dtype=np.float32))


def test_gradient_of_an_array_is_refused():
    with pytest.raises(xp.OperationError, match=r"shape \(2,\).*jacrev"):
        xp.grad(lambda x: x)(np.ones(2))


def test_gradient_in_an_integer_is_refused():
    with pytest.raises(TypeError, match=r"int64.*2\.0"):
        xp.grad(lambda x: x * x)(2)


def test_float_of_a_tensor_is_refused():
    with pytest.raises(TypeError, match="cut it off"):
        xp.grad(lambda x: x * float(x))(2.0)


def test_branching_on_values_works():
    assert xp.grad(lambda x: x * x if x > 0 else -x)(3.0) == 6.0


def test_pullback_can_be_called_twice():
    _, pullback = xp.vjp(lambda x: x * x, 3.0)
    assert pullback(1.0) == (6.0,)
    assert pullback(2.0) == (12.0,)


def test_threads_do_not_share_tapes():
    def task(k):
        return float(xp.grad(xp.grad(lambda x: xp.exp(k * x)))(0.0))

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(task, range(40))) == [float(k * k) for k in range(40)]


def test_the_tape_counts_its_operations():
    tape = xp.Tape()
    x = tape.input(np.float64(2.0))
    _ = xp.sin(x) * x
    assert len(tape) == 2


def test_count_operations_weighs_reductions():
    x = np.ones(8)
    assert xp.count_operations(lambda x: xp.sum(xp.exp(x)), x) == 1 + (1 + 3)
    assert xp.count_operations(lambda x: xp.reshape(x, (2, 4)), x) == 0
    assert xp.count_operations(xp.grad(lambda x: xp.sum(x * x)), x) > 5


def test_asarray_keeps_tensors_and_stacks_lists_of_them():
    def f(x):
        return xp.sum(xp.asarray([[x, x * x], [1.0, 2 * x]]) * xp.asarray(x))

    assert xp.grad(f)(np.float64(3.0)) == 2 * 3.0 + 3 * 9.0 + 1.0 + 4 * 3.0
    assert xp.asarray([1, 2], dtype=np.float32).dtype == np.float32


def test_an_empty_container_beside_a_pair_keeps_its_form():
    first, second = xp.grad(lambda x, y: x[0] * x[1] * 2.0, (0, 1))((3.0, 4.0), ())
    assert first == (8.0, 6.0)
    assert second == ()


@pytest.mark.parametrize("f", [lambda x: xp.xlogy(x, 2.0), lambda x: xp.owens_t(0.0, x)])
def test_a_weak_scalar_beside_a_float32_leaves_its_tangent_float32(f):
    x = np.float32(0.5)
    y, tangent = xp.jvp(f, (x,), (np.float32(1),))
    assert (y.dtype, tangent.dtype) == (np.float32, np.float32)
    assert xp.jacfwd(lambda x: f(x) * 1)(np.ones(2, np.float32)).dtype == np.float32


@pytest.mark.parametrize("x", [2.0, 2.0 + 1.0j, np.float32(2), ball(2.0)])
@pytest.mark.parametrize("transform", [xp.grad, xp.value_and_grad])
def test_a_gradient_of_a_complex_result_is_refused(transform, x):
    for f in (lambda x: x * 1j, lambda x: xp.sum(x * x * 1j)):
        with pytest.raises(xp.OperationError, match=r"complex.*engine\.real or engine\.abs"):
            transform(f)(x)
        with pytest.raises(xp.OperationError, match=r"complex.*engine\.real or engine\.abs"):
            xp.compile(transform(f))(x)
    with pytest.raises(xp.OperationError, match="complex"):
        transform(lambda x: 1j)(x)


def test_real_and_abs_of_a_complex_result_have_gradients():
    assert xp.grad(lambda x: xp.real(x * x * 1j + x))(2.0) == 1.0
    assert xp.grad(lambda x: xp.imag(x * 3j))(2.0) == 3.0
    assert xp.grad(lambda x: xp.abs(x * 2j))(2.0) == 2.0


def test_a_direction_that_leaves_an_argument_alone_meets_no_infinite_slope_of_it():
    assert xp.jvp(xp.xlogy, (0.0, 0.0), (0.0, 1.0))[1] == 0
    assert xp.jvp(xp.kl_div, (0.0, 1e-300), (0.0, 1.0))[1] == 1
    slopes = xp.jvp(xp.sqrt, (np.zeros(2),), (np.array([0.0, 1.0]),))[1]
    assert slopes.tolist() == [0, np.inf]
    x, still = np.ones(2), np.zeros(2)
    y, slopes = xp.jvp(lambda x, z: (x, z, x * z), (x, 3 * x), (still, x))
    assert [t.tolist() for t in slopes] == [[0, 0], [1, 1], [1, 1]]
    assert not any(np.shares_memory(t, still) for t in slopes)
    assert y[2].tolist() == [3, 3]


def test_an_argument_that_a_direction_leaves_alone_is_not_written_to():
    def f(x, z):
        z += x
        z *= 2.0
        return xp.sum(z)

    z = np.ones(2)
    assert xp.jvp(f, (np.ones(2), z), (np.ones(2), np.zeros(2)))[1] == 4
    assert z.tolist() == [1, 1]
