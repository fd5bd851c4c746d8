"""The table of measured bounds: complete, and kept by what runs here."""

import numpy as np
import pytest
from flint import arb

from diffcheck.backends import jax_elementwise
from diffcheck.backends.engine_rounding import roundings
from diffcheck.backends.measured_rounding import bound, table
from diffcheck.balls import error_in_ulps, precision
from diffcheck.engine import TABLE
from diffcheck.floats import FORMATS

X = np.linspace(0.3, 3, 50)


def test_every_primitive_and_every_format_has_a_bound():
    assert set(jax_elementwise.primitives()) <= set(table()["jax"]) | {"erf_inv"}
    for operations in table().values():
        for bounds in operations.values():
            assert set(bounds) == {"float32", "float64"}
            assert all(b >= 0.5 and (2 * b) % 1 == 0 for b in bounds.values())


def test_arithmetic_is_correctly_rounded():
    for name in ("add", "sub", "mul", "div", "sqrt", "square"):
        assert table()["jax"][name] == {"float32": 0.5, "float64": 0.5}


def test_no_bound_is_larger_than_what_the_engine_promises():
    for name, op in jax_elementwise.primitives().items():
        assert max(table()["jax"][name].values()) <= TABLE[op].rounding


@pytest.mark.parametrize("fmt", [FORMATS["float32"], FORMATS["float64"]], ids=lambda f: f.name)
@pytest.mark.parametrize("name", ["exp", "log", "sin", "cos", "sqrt", "logistic"])
def test_the_bounds_hold_at_other_points_than_those_measured(name, fmt):
    x = X.astype(fmt.dtype)
    computed = jax_elementwise.primitive(name, [x])
    with precision(200):
        balls = [
            {"logistic": lambda a: 1 / (1 + (-a).exp())}.get(name, lambda a: getattr(a, name)())(
                arb(float(a))
            )
            for a in x
        ]
    errors = [error_in_ulps(y, ball, fmt) for y, ball in zip(computed, balls, strict=True)]
    assert max(errors) <= bound("jax", name, fmt.name)


def test_what_the_engine_rounds_depends_on_the_length_of_a_sum():
    (sum_of_8,) = roundings(TABLE["sum"], (np.ones(8),), {}, "float64")
    assert (sum_of_8.of, sum_of_8.count, sum_of_8.most) == ("terms", 2.0, 4.0)
    assert roundings(TABLE["reshape"], (np.ones(8),), {"shape": (2, 4)}, "float64") == ()
    (exp,) = roundings(TABLE["exp"], (np.ones(8),), {}, "float64")
    assert exp.most == bound("engine", "exp", "float64")
