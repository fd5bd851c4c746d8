"""The JAX backend against derivatives worked out by hand."""

import os
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest
from backend_cases import (
    CUBIC,
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
from diffcheck.backends.blocks import BLOCK, block_length
from diffcheck.backends.jax_namespace import namespace
from diffcheck.case import Quantity, real

JAX = get("jax")
VALUE = Quantity("value", 1, 1)
GRADIENT = Quantity("gradient", 1, 1)


def run(program, x=0.5, *, fmt=F32, quantity=GRADIENT, mode="jit", **others):
    inputs = {"x": real(), **{name: real() for name in others}}
    case = case_of(program, inputs, wrt=("x",))
    return JAX.evaluate(
        case, "plain", quantity, [point(x=x, **others)], fmt=fmt, mode=mode, device="cpu:0"
    )


def settings(kinds, eager32, eager64):
    """Every kind in both formats jitted; eagerly, where each costs seconds, the kinds given."""
    chosen = {(F32, "jit"): kinds, (F64, "jit"): kinds, (F32, "eager"): eager32}
    chosen[F64, "eager"] = eager64
    return [
        pytest.param(kind, fmt, mode, id=f"{kind}-{fmt.name}-{mode}")
        for (fmt, mode), several in chosen.items()
        for kind in several
    ]


@pytest.mark.parametrize("mode", ["eager", "jit"])
@pytest.mark.parametrize(("name", "far"), [("exp1", 3.0), ("expi", -3.0)])
def test_a_loop_in_a_branch_that_is_not_taken_need_not_end(name, far, mode):
    # Next to 0 the continued fraction of the other branch would go on for days.
    case = case_of(lambda xp, x: getattr(xp, name)(x), {"x": real()}, wrt=("x",))
    near, away = np.float32(2.0**-100), np.float32(far)
    points = [point(x=np.sign(far) * near), point(x=away)]
    found = JAX.evaluate(case, "plain", GRADIENT, points, fmt=F32, mode=mode, device="cpu:0")
    slopes = [np.exp(-abs(x)) / abs(x) for x in (near, away)]
    np.testing.assert_allclose(np.abs(found.values[:, 0]), slopes, rtol=1e-5)


def test_programs_of_several_inputs_are_asked_whether_a_rule_is_written_by_hand():
    @jax.custom_vjp
    def product(x, y):
        return x * y

    product.defvjp(lambda x, y: (x * y, (x, y)), lambda xy, g: (g * xy[1], g * xy[0]))
    for program, by_hand in ((lambda xp, x, y: product(x, y), True), (lambda xp, x, y: x, False)):
        case = case_of(program, {"x": real(), "y": real()}, wrt=("x", "y"))
        assert JAX.written_by_hand(case, "plain", point(x=0.5, y=2.0), F32) is by_hand
    missing = case_of(lambda xp, x: xp.lambertw(x), {"x": real()}, wrt=("x",))
    with pytest.raises(Unsupported, match="lambertw"):
        JAX.written_by_hand(missing, "plain", point(x=0.5), F32)


def test_an_argument_without_a_rule_is_unsupported():
    with pytest.raises(Unsupported, match="JAX refuses: Betainc gradient with respect to a and b"):
        run(lambda xp, x, z: xp.betainc(x, x, z), z=0.25)


def test_an_error_of_a_program_is_no_refusal_of_jax():
    def program(xp, x):
        raise ValueError("this kind is not supported")

    with pytest.raises(ValueError, match="this kind is not supported") as caught:
        run(program)
    assert caught.type is ValueError


CHEAP = ("value", "gradient", "jvp", "vjp", "hvp")


@pytest.mark.parametrize(
    ("kind", "fmt", "mode"), settings(CUBIC_KINDS, (*CHEAP, "hessian"), ("gradient",))
)
def test_quantities_of_two_scalars(kind, fmt, mode):
    found = evaluate_cubic(JAX, kind, fmt, mode)
    assert found.values.dtype == fmt.dtype
    expected = np.stack([cubic_expected(kind, x, y) for x, y in CUBIC_POINTS])
    np.testing.assert_array_equal(found.values, expected)
    assert found.operations >= 4


@pytest.mark.parametrize(
    ("kind", "fmt", "mode"), settings(ROWS_KINDS, ("value", "jacobian"), ("jvp",))
)
def test_quantities_of_an_array_and_a_scalar(kind, fmt, mode):
    found = evaluate_rows(JAX, kind, fmt, mode)
    assert found.values.dtype == fmt.dtype
    np.testing.assert_array_equal(found.values[0], rows_expected(kind, *ROWS_POINT))


@pytest.mark.parametrize("mode", ["eager", "jit"])
def test_padding_changes_no_number(mode):
    points = [point(x=0.1 + i / 7, y=3 - i / 9) for i in range(33)]
    quantity = Quantity("gradient", 1, 2)

    def values(block):
        return JAX.evaluate(
            CUBIC, "plain", quantity, block, fmt=F32, mode=mode, device="cpu:0"
        ).values

    singly = np.concatenate([values([p]) for p in points])
    np.testing.assert_array_equal(values(points), singly)
    np.testing.assert_array_equal(values(points[:31]), singly[:31])
    assert values([]).shape == (0, 2)


def test_large_cases_use_small_blocks():
    small = case_of(lambda xp, x: x, {"x": real()})
    large = case_of(lambda xp, x: xp.sum(x), {"x": real(shape=(128, 128))})
    assert block_length(small, VALUE) == BLOCK
    assert block_length(large, Quantity("gradient", 1, 128 * 128)) == BLOCK // 8


def test_a_data_input_is_not_differentiated():
    found = run(lambda xp, x, a: x * a, 2.0, a=3.0)
    np.testing.assert_array_equal(found.values, [[3.0]])


def test_a_program_of_its_own_comes_first():
    case = case_of(lambda xp, x: x, {"x": real()}, jax={"plain": lambda xp, x: 5 * x})
    found = JAX.evaluate(
        case, "plain", GRADIENT, [point(x=1.0)], fmt=F32, mode="jit", device="cpu:0"
    )
    np.testing.assert_array_equal(found.values, [[5.0]])


@pytest.mark.parametrize("mode", ["eager", "jit"])
def test_a_changed_dtype_is_reported(mode):
    with pytest.raises(BackendError, match="expected float32, got float64"):
        run(lambda xp, x: x.astype("float64"), quantity=VALUE, mode=mode)


def test_a_promotion_is_reported():
    with pytest.raises(BackendError, match=r"sample, program 'plain', gradient.*mixes dtypes"):
        run(lambda xp, x: x * np.float64(0.1))


def test_an_output_of_another_size_is_reported():
    with pytest.raises(BackendError, match=f"expected {BLOCK} numbers"):
        run(lambda xp, x: xp.stack([x, x]), quantity=VALUE)


def branching(xp, x):
    return x if x > 0 else -x


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (lambda xp, x: xp.jv(2, x), "no function 'jv'"),
        (lambda xp, x: xp.linalg.sqrtm_of(x), "no function 'sqrtm_of'"),
        (branching, "cannot trace"),
    ],
)
def test_what_jax_lacks_is_unsupported(program, reason):
    with pytest.raises(Unsupported, match=reason):
        run(program)


def test_arrays_made_inside_a_program_take_the_format():
    xp = namespace("float32")
    with jax.enable_x64(True):
        made = [
            xp.asarray(0.1),
            xp.asarray([0.1, 2]),
            xp.array(np.ones(2)),
            xp.zeros(2),
            xp.ones((2, 2)),
            xp.eye(3),
            xp.full((2,), 0.5),
            xp.linspace(0, 1, 3),
            xp.arange(0.0, 1.0, 0.5),
        ]
        assert {str(a.dtype) for a in made} == {"float32"}
        assert {xp.arange(3).dtype.kind, xp.asarray([1, 2]).dtype.kind} == {"i"}
        assert xp.arange(3).tolist() == [0, 1, 2]


def test_an_array_of_inputs_and_literals_is_differentiated():
    found = run(lambda xp, x: xp.sum(xp.asarray([x, 2.0, x * x])), 3.0)
    np.testing.assert_array_equal(found.values, [[7.0]])


def test_missing_device_and_modes():
    with pytest.raises(BackendError, match="no device 'gpu:7'"):
        JAX.evaluate(CUBIC, "plain", GRADIENT, [], fmt=F32, mode="jit", device="gpu:7")
    assert JAX.modes("cpu:0") == ("eager", "jit")
    assert JAX.modes("gpu:0") == ("eager", "jit", "eager+highest", "jit+highest")


def test_it_says_that_it_flushes_subnormals():
    assert get("jax").flushes_subnormals
    assert run(lambda xp, x: x * x, 2.0**-70, quantity=VALUE).values == 0


def test_the_users_configuration_is_left_alone():
    names = ("jax_enable_x64", "jax_numpy_dtype_promotion", "jax_default_matmul_precision")
    before = [getattr(jax.config, name) for name in names]
    run(lambda xp, x: x * x, fmt=F64)
    assert [getattr(jax.config, name) for name in names] == before
    assert jax.numpy.asarray(1.0).dtype == np.float32


def test_forget_drops_what_was_compiled():
    backend = type(JAX)()
    evaluate_cubic(backend, "value", F32, "jit")
    backend.forget(CUBIC)
    assert (backend._functions, backend._operations._known) == ({}, {})


PLACEMENT = """
import jax
import backend_cases as cases
import diffcheck.backends.jax as module
from diffcheck.case import Quantity

seen, check = set(), module._check

def watch(leaf, *others):
    seen.update(leaf.devices())
    check(leaf, *others)

module._check = watch
backend = module.JaxBackend()
assert backend.devices() == ("cpu:0", "cpu:1", "cpu:2", "cpu:3"), backend.devices()
point = cases.point(x=2.0, y=3.0)
programs = {
    "depends": lambda xp, x, y: x * y + xp.asarray([0.5])[0],
    "constant": lambda xp, x, y: xp.asarray(0.5),  # no input draws this one to the device
}
for program in programs.values():
    case = cases.case_of(program, cases.CUBIC.inputs)
    for mode in ("eager", "jit"):
        backend.evaluate(
            case, "plain", Quantity("gradient", 1, 2), [point],
            fmt=cases.F32, mode=mode, device="cpu:2",
        )
assert seen == {jax.devices("cpu")[2]}, seen
"""


def test_results_sit_on_the_device_asked():
    environment = {
        **os.environ,
        "JAX_NUM_CPU_DEVICES": "4",
        "JAX_PLATFORMS": "cpu",
        "PYTHONPATH": str(Path(__file__).parent),
    }
    done = subprocess.run(
        [sys.executable, "-c", PLACEMENT],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
