"""What happened where the digits were lost, on functions that lose them in one way each."""

import numpy as np
import pytest

from diffcheck import engine
from diffcheck.backends.engine_reader import read
from diffcheck.engine import namespace as xp
from diffcheck.programs.attribution import attribute
from diffcheck.programs.kinds import Kind, what_happened


def happened(f, x, *, derivative=True):
    """Return the kind and the operation for f's derivative, or f itself, at a float32."""
    transform = engine.grad(f) if derivative else engine.value(f)
    found, inputs, _ = read(lambda given: transform(given["x"]), {"x": np.float32(x)}, __file__)
    a = attribute(found.program, inputs, output=0, element=0)
    event = what_happened(a)
    name = None if event.call is None else a.calls[event.call].call.operation.name
    return event.kind, name


@pytest.mark.parametrize(
    ("f", "x", "kind", "operation"),
    [
        (lambda x: xp.log(1 - xp.exp(-x)), 1e-4, Kind.CANCELLATION, "subtract"),
        (lambda x: xp.sqrt(x + 1) - xp.sqrt(x), 1e6, Kind.CANCELLATION, "add"),
        (lambda x: xp.exp(x) * (1 - xp.tanh(x)), 12.0, Kind.SATURATION, "subtract"),
        (lambda x: xp.sin(1 / x), 1e-4, Kind.CONDITION, "cos"),
        (lambda x: xp.exp(x) ** 3, -40.0, Kind.UNDERFLOW, "multiply"),
        (lambda x: xp.log(xp.exp(x) + 1), 100.0, Kind.OVERFLOW, "exp"),
        (lambda x: xp.where(x > 0, xp.log(x), 0.0) * xp.sqrt(x), 0.0, Kind.SINGULAR, "divide"),
        (lambda x: x * x * x, 0.1, Kind.ROUNDING, None),
        (lambda x: xp.sin(x) * np.float32(np.nan), 0.5, Kind.SINGULAR, "multiply"),
    ],
)
def test_derivatives(f, x, kind, operation):
    assert happened(f, x) == (kind, operation)


@pytest.mark.parametrize(
    ("f", "x", "kind", "operation"),
    [
        (lambda x: xp.log(1 - xp.exp(-x)), 1e-10, Kind.SATURATION, "subtract"),
        (lambda x: xp.log(1 + x), 1e-4, Kind.CONDITION, "log"),
        (lambda x: (x + 1e8) - 1e8, 1.0, Kind.SATURATION, "subtract"),
    ],
)
def test_values(f, x, kind, operation):
    assert happened(f, x, derivative=False) == (kind, operation)


def test_an_infinity_that_became_a_number_again_is_an_overflow():
    assert happened(lambda x: 1 / (1 + xp.exp(x) ** 2), 60.0) == (Kind.OVERFLOW, "pow")
    assert happened(lambda x: xp.sqrt(x * x + 1), 1e25) == (Kind.OVERFLOW, "multiply")
