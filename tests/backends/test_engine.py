"""The engine as a backend: against hand-computed derivatives, and in exact semantics."""

import numpy as np
import pytest
from backend_cases import (
    CUBIC,
    CUBIC_KINDS,
    CUBIC_POINTS,
    F32,
    F64,
    ROWS,
    ROWS_KINDS,
    ROWS_POINT,
    case_of,
    cubic_expected,
    evaluate_cubic,
    evaluate_rows,
    point,
    rows_expected,
)

from diffcheck.backends import GUESTS, NAMES, BackendError, Unsupported, get, lacking
from diffcheck.backends.engine_namespace import namespace
from diffcheck.balls import Undecided, exact, precision
from diffcheck.case import Quantity, real

ENGINE = get("engine")
VALUE = Quantity("value", 1, 1)
GRADIENT = Quantity("gradient", 1, 1)


def run(program, x=0.5, *, fmt=F32, quantity=GRADIENT, **others):
    case = case_of(program, {"x": real(), **{name: real() for name in others}}, wrt=("x",))
    at = [point(x=x, **others)]
    return ENGINE.evaluate(
        case, "plain", quantity, at, fmt=fmt, mode="eager", device="cpu:0"
    ).values[0]


def enclose(program, x=0.5, *, fmt=F32, quantity=GRADIENT, bits=200, **others):
    case = case_of(program, {"x": real(), **{name: real() for name in others}}, wrt=("x",))
    return ENGINE.enclose(case, "plain", quantity, point(x=x, **others), fmt=fmt, bits=bits)


@pytest.mark.parametrize("fmt", [F32, F64], ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("kind", CUBIC_KINDS)
def test_quantities_of_two_scalars(kind, fmt):
    found = evaluate_cubic(ENGINE, kind, fmt, "eager")
    assert found.values.dtype == fmt.dtype
    expected = np.stack([cubic_expected(kind, x, y) for x, y in CUBIC_POINTS])
    np.testing.assert_array_equal(found.values, expected)
    assert found.operations >= 4


@pytest.mark.parametrize("fmt", [F32, F64], ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("kind", ROWS_KINDS)
def test_quantities_of_an_array_and_a_scalar(kind, fmt):
    found = evaluate_rows(ENGINE, kind, fmt, "eager")
    assert found.values.dtype == fmt.dtype
    np.testing.assert_array_equal(found.values[0], rows_expected(kind, *ROWS_POINT))


@pytest.mark.parametrize("kind", CUBIC_KINDS)
def test_balls_of_two_scalars_are_exact(kind):
    x, y = CUBIC_POINTS[1]
    balls = ENGINE.enclose(CUBIC, "plain", Quantity(kind, 1, 2), point(x=x, y=y), fmt=F32, bits=100)
    assert [b.is_exact() for b in balls] == [True] * len(balls)
    np.testing.assert_array_equal([float(b) for b in balls], cubic_expected(kind, x, y).reshape(-1))


@pytest.mark.parametrize("kind", ROWS_KINDS)
def test_balls_of_an_array_and_a_scalar_are_exact(kind):
    A, s = ROWS_POINT
    balls = ENGINE.enclose(ROWS, "plain", Quantity(kind, 2, 5), point(A=A, s=s), fmt=F32, bits=100)
    np.testing.assert_array_equal([float(b) for b in balls], rows_expected(kind, A, s).reshape(-1))


def smooth(xp, x, a):
    return xp.log(1 + xp.exp(a * x)) * xp.tanh(x - 0.1) / xp.sqrt(a + x * x)


@pytest.mark.parametrize("kind", ["value", "gradient", "hessian", "third"])
def test_balls_contain_what_float64_approximates(kind):
    quantity = Quantity(kind, 1, 1)
    computed = run(smooth, 0.7, fmt=F64, quantity=quantity, a=1.5).item()
    (ball,) = enclose(smooth, 0.7, fmt=F64, quantity=quantity, a=1.5)
    assert ball.rad() < 1e-14  # the literal 0.1 carries u·0.1
    assert abs(float(ball.mid()) - computed) <= 32 * 2.0**-53 * max(1, abs(computed))


def test_a_long_literal_carries_the_rounding_of_the_format():
    with precision(200):
        tenth = exact(1) / 10
    for fmt in (F32, F64):
        (ball,) = enclose(lambda xp, x: 0.1 * x, fmt=fmt)
        assert ball.contains(tenth)
        assert float(ball.rad()) == pytest.approx(0.1 * fmt.unit_roundoff)
    (ball,) = enclose(lambda xp, x: 0.25 * x)
    assert ball.is_exact()


def test_a_literal_in_an_array_carries_it_too():
    (ball,) = enclose(lambda xp, x: xp.sum(xp.asarray([0.1, 0.25]) * x))
    assert ball.contains(exact(7) / 20)
    assert float(ball.rad()) == pytest.approx(0.1 * F32.unit_roundoff, rel=1e-3)


def test_a_long_program_is_not_made_singular_by_the_rounding_of_its_literals():
    def standardized(xp, x):  # the interval for x - 0.9 x soon contains 0
        for _ in range(8):
            x = x - 0.9 * x
            x = x / (x * x)
        return x

    (ball,) = enclose(standardized, 0.5)
    assert ball.is_finite()
    assert ball.contains(exact(0.5))


def test_data_among_themselves_are_balls_too():
    (ball,) = enclose(lambda xp, x, a: (a * a) * x, a=1 + 2.0**-23)
    assert ball == exact(1 + 2.0**-23) ** 2  # a float32 product would have been rounded


def test_a_branch_on_overlapping_balls_is_undecided():
    with pytest.raises(Undecided):
        enclose(lambda xp, x: x if xp.sqrt(x) * xp.sqrt(x) > x else -x, 2.0)


def test_where_with_an_invalid_branch_has_a_result_in_both_semantics():
    (ball,) = enclose(lambda xp, x: xp.where(x > 0, xp.sqrt(x), 0.0), 0.25)
    assert ball.contains(exact(1))


def test_a_changed_dtype_is_reported():
    with pytest.raises(BackendError, match="expected float32, got float64"):
        run(lambda xp, x: x * np.float64(0.1))


def test_an_output_of_another_size_is_reported():
    with pytest.raises(BackendError, match="expected 1 numbers"):
        run(lambda xp, x: xp.stack([x, x]), quantity=VALUE)


def test_what_the_engine_lacks_is_unsupported():
    with pytest.raises(Unsupported, match="no function 'airy_of'"):
        run(lambda xp, x: xp.airy_of(x))
    with pytest.raises(Unsupported, match=r"no function 'linalg\.sqrtm_of'"):
        run(lambda xp, x: xp.linalg.sqrtm_of(x))


def test_an_array_of_inputs_and_literals_is_differentiated():
    def program(xp, x):
        return xp.sum(xp.asarray([x, 2.0, x * x]))

    np.testing.assert_array_equal(run(program, 3.0), [7.0])
    assert enclose(program, 3.0) == [exact(7)]


def test_a_program_that_ignores_its_inputs_has_balls_too():
    for kind, expected in (("value", 1.5), ("gradient", 0), ("jvp", 0), ("hessian", 0)):
        assert enclose(lambda xp, x: 1.5, quantity=Quantity(kind, 1, 1)) == [exact(expected)]


@pytest.mark.parametrize("literals", [(2.0, 0.5), (2, 0.5), (2.0, 1)])
def test_a_choice_of_two_literals_promotes_nothing(literals):
    def program(xp, x):
        return x * xp.where(x > 1, *literals)

    np.testing.assert_array_equal(run(program, 3.0), [literals[0]])
    assert enclose(program, 3.0) == [exact(literals[0])]


def test_arrays_made_inside_a_program_take_the_format():
    xp = namespace(F32.dtype)
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


def test_the_registry_names_every_backend():
    assert NAMES == ("engine", "jax", "torch", "autograd", "finite-difference")
    assert get("engine") is ENGINE
    with pytest.raises(ValueError, match="no backend 'tensorflow'"):
        get("tensorflow")


def test_what_a_guest_needs_is_known_without_importing_it(monkeypatch):
    assert set(GUESTS) == set(NAMES) - {"engine", "jax"}
    monkeypatch.setitem(GUESTS, "torch", ("numpy", "a-package-that-is-not"))
    assert lacking("torch") == ("a-package-that-is-not",)
    assert lacking("finite-difference") == lacking("engine") == ()


def test_one_device_and_one_mode():
    assert (ENGINE.devices(), ENGINE.modes("cpu:0")) == (("cpu:0",), ("eager",))
