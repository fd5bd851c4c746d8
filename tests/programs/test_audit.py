"""The rule that is wrong is found by difference quotients, whoever's rules are used elsewhere."""

import numpy as np
import pytest

from diffcheck import engine
from diffcheck.backends.engine_reader import read
from diffcheck.engine import TABLE
from diffcheck.engine import namespace as xp
from diffcheck.engine.table import changed
from diffcheck.programs.attribution import attribute
from diffcheck.programs.audit import wrong_rule


def f(x):
    return xp.sum(x * xp.sin(xp.exp(x) * x) + xp.log(xp.cosh(x)))


def audited(x, f=f):
    """Return the name of the operation that f's gradient takes back wrongly, or None."""
    value, inputs, _ = read(lambda given: engine.value(f)(given["x"]), {"x": x}, __file__)
    found, given, _ = read(lambda g: engine.grad(f)(g["x"]), {"x": x}, __file__)
    derivative = attribute(found.program, given, output=0, element=0)
    call = wrong_rule(value.program, inputs, [0], derivative, roundoff=2.0**-53)
    return None if call is None else call.operation.name


@pytest.mark.parametrize("x", [np.float64(0.7), np.array([0.7, -0.3])])
@pytest.mark.parametrize("factor", [1 + 2.0**-30, -1.0, 0.5])
@pytest.mark.parametrize("name", ["exp", "sin", "cosh", "log"])
def test_a_planted_factor_is_found_by_name(name, x, factor):
    rule = TABLE[name].vjp[0]
    with changed(name, vjp=(lambda g, y, a: rule(g * factor, y, a),)):
        assert audited(x) == name


def test_right_rules_are_not_accused():
    assert audited(np.array([0.7, -0.3])) is None


def test_a_value_of_the_forward_pass_is_no_cotangent():
    rule = TABLE["exp"].vjp[0]
    with changed("exp", vjp=(lambda g, y, a: rule(g * 1.5, y, a),)):
        # The cotangent of log's result is exp's result, which is there anyway.
        assert audited(np.float64(0.7), lambda x: xp.exp(xp.log(xp.cosh(x)))) == "exp"
