"""Rules in autograd's form."""

import numpy as np
import pytest

from diffcheck import engine as xp
from diffcheck.engine.extend import defvjp, primitive


@primitive
def scaled(x, factor, *, power=1):
    """Return factor x^power, by NumPy alone."""
    assert isinstance(x, (np.ndarray, float, np.floating))
    return np.multiply(factor, np.power(x, power))


defvjp(
    scaled,
    lambda answer, x, factor, *, power=1: lambda g: g * factor * power * x ** (power - 1),
    lambda answer, x, factor, *, power=1: lambda g: xp.sum(g * answer) / factor,
)
X = np.array([1.0, 2.0, -3.0])


def test_a_primitive_is_its_function_with_its_rules():
    assert scaled(X, 2.0).tolist() == [2, 4, -6]
    assert scaled.__name__ == "scaled"
    slopes = xp.grad(lambda x, k: xp.sum(scaled(x, k, power=3) ** 2), (0, 1))(X, 2.0)
    np.testing.assert_allclose(slopes[0], 24 * X**5, rtol=1e-14)
    np.testing.assert_allclose(slopes[1], 4 * np.sum(X**6), rtol=1e-14)


def test_rules_are_differentiated_and_used_at_every_order():
    third = xp.grad(xp.grad(xp.grad(lambda x: scaled(x, 2.0, power=4))))
    assert third(1.5) == pytest.approx(2 * 24 * 1.5, rel=1e-14)


def test_an_argument_may_have_no_derivative_but_not_no_rule():
    step = primitive(lambda x, y: x + y)
    with pytest.raises(xp.OperationError, match="argument number 0"):
        xp.grad(step)(1.0, 2.0)
    defvjp(step, None, argnums=(1,))
    assert xp.grad(lambda y: step(1.0, y) + y)(2.0) == 1
    with pytest.raises(xp.OperationError, match="argument number 0"):
        xp.grad(step)(1.0, 2.0)


def test_a_rule_that_is_not_used_is_not_called():
    def never(answer, x, y):
        raise AssertionError

    product = primitive(lambda x, y: x * y)
    defvjp(product, lambda answer, x, y: lambda g: g * y, never)
    assert xp.grad(product)(2.0, 3.0) == 3


def test_it_is_its_function_in_forward_mode_and_in_recorded_programs():
    @primitive
    def cube(x):
        return x**3

    defvjp(cube, lambda answer, x: lambda g: g * 3 * x**2)
    assert xp.jvp(cube, (2.0,), (1.0,))[1] == 12
    assert xp.compile(xp.grad(lambda x: xp.sum(cube(x))))(X).tolist() == [3, 12, 27]
