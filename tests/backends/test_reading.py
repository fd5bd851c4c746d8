"""Both readers: a program gives the backend's own numbers, and stands in the user's lines."""

import numpy as np
import pytest
from backend_cases import CUBIC, F32, F64, case_of, point

from diffcheck import backends
from diffcheck.backends import jax_reader
from diffcheck.case import Quantity, real
from diffcheck.programs import FloatArithmetic, enclose, run
from diffcheck.programs.recording import record


def three_lines(xp, x):
    a = xp.exp(x)
    b = xp.sin(a)
    return xp.log(b + 2)


def quotient(xp, x):
    return xp.where(x > 0.25, x * xp.sqrt(x) / (1 - x), -x) - xp.exp(x) / 3


def mixed(xp, x, W):
    h = xp.tanh(W @ x)
    return xp.sum(h * xp.exp(-x)) / (1 + x[0] ** 2)


CASES = {
    "cubic": (CUBIC, point(x=3.0, y=-2.0)),
    "mixed": (
        case_of(mixed, {"x": real(shape=(2,)), "W": real(shape=(2, 2))}, name="mixed"),
        point(x=[0.3, -1.1], W=[[0.5, 0.7], [-0.2, 1.3]]),
    ),
}
SIZES = {"cubic": (1, 2), "mixed": (1, 6)}


@pytest.mark.parametrize("fmt", [F32, F64], ids=["float32", "float64"])
@pytest.mark.parametrize("kind", ["value", "gradient", "hvp"])
@pytest.mark.parametrize("name", sorted(CASES))
def test_the_engines_program_gives_its_numbers_bit_for_bit(name, kind, fmt):
    case, at = CASES[name]
    quantity = Quantity(kind, *SIZES[name])
    backend = backends.get("engine")
    expected = backend.evaluate(
        case, "plain", quantity, [at], fmt=fmt, mode="eager", device="cpu:0"
    ).values.reshape(-1)
    reading = backend.read(case, "plain", quantity, at, fmt=fmt)
    outputs = run(reading.program, reading.inputs, FloatArithmetic())
    found = [np.asarray(outputs[k]).reshape(-1)[i] for k, i in reading.places]
    assert [float(x) for x in found] == [float(x) for x in expected]
    assert {np.asarray(y).dtype for y in outputs} == {fmt.dtype}


@pytest.mark.parametrize("backend", ["engine", "jax"])
@pytest.mark.parametrize("name", sorted(CASES))
def test_the_program_in_balls_is_what_the_backend_encloses(name, backend):
    case, at = CASES[name]
    quantity = Quantity("gradient", *SIZES[name])
    reader = backends.get(backend)
    balls = reader.enclose(case, "plain", quantity, at, fmt=F64, bits=128)
    reading = reader.read(case, "plain", quantity, at, fmt=F64)
    outputs = enclose(reading.program, reading.inputs, bits=128, literal_rounding=0.0)
    found = [outputs[k].reshape(-1)[i] for k, i in reading.places]
    assert all(a.overlaps(b) for a, b in zip(found, balls, strict=True))


@pytest.mark.parametrize("backend", ["engine", "jax"])
def test_operations_of_both_sweeps_stand_in_the_users_lines(backend):
    case, at = CASES["mixed"]
    reading = backends.get(backend).read(
        case, "plain", Quantity("gradient", *SIZES["mixed"]), at, fmt=F64
    )
    line = mixed.__code__.co_firstlineno + 1
    sources = {step.source for step in reading.program.steps if step.name in ("tanh", "exp")}
    expected = {f"test_reading.py:{line} (mixed)", f"test_reading.py:{line + 1} (mixed)"}
    assert {source.rpartition("/")[2] for source in sources} == expected


@pytest.mark.parametrize("at", [0.3, 0.0, 1e-42, 88.0])
@pytest.mark.parametrize("fmt", [F32, F64], ids=["float32", "float64"])
def test_what_numpy_computes_for_jax_is_what_jax_computes(at, fmt):
    case = case_of(quotient, {"x": real(0, 100)}, name="quotient")
    reading = backends.get("jax").read(
        case, "plain", Quantity("gradient", 1, 1), point(x=float(fmt.dtype.type(at))), fmt=fmt
    )
    by_numpy = [
        call
        for call in record(reading.program, reading.inputs).calls
        if call.operation.floats.func is jax_reader._in_numpy
    ]
    assert len(by_numpy) > 5
    for call in by_numpy:
        (equation, _), found = call.operation.floats.args, call.results[0]
        expected = np.asarray(jax_reader._bind(equation, *call.operands))
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected, str(call.operation))


@pytest.mark.parametrize("kind", ["gradient", "hessian"])
@pytest.mark.parametrize("backend", ["engine", "jax"])
def test_what_takes_an_operation_back_stands_in_its_line(backend, kind):
    case = case_of(three_lines, {"x": real(0, 1)}, name="three_lines")
    reading = backends.get(backend).read(case, "plain", Quantity(kind, 1, 1), point(x=0.3), fmt=F32)
    first = three_lines.__code__.co_firstlineno
    lines = {"exp": first + 1, "sin": first + 2, "cos": first + 2, "div": first + 3}
    for step in reading.program.steps:
        expected = lines.get({"divide": "div"}.get(step.name, step.name))
        if expected is not None:
            assert step.source.endswith(f"test_reading.py:{expected} (three_lines)"), step
    assert not any("fromnumeric" in step.source for step in reading.program.steps)
