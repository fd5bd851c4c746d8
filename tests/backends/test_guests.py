"""What holds of every guest: derivatives worked out by hand, and what it lacks named."""

from dataclasses import dataclass, field
from importlib import import_module

import numpy as np
import pytest
from backend_cases import (
    CUBIC_KINDS,
    CUBIC_POINTS,
    F32,
    F64,
    ROWS_KINDS,
    ROWS_POINT,
    cubic_expected,
    evaluate_cubic,
    evaluate_rows,
    rows_expected,
    run_by,
)
from guest_programs import CALLS, made_arrays

from diffcheck.backends import Unsupported, get
from diffcheck.backends.base import BackendError, MissingFunctionError
from diffcheck.backends.engine_namespace import namespace as engine_namespace
from diffcheck.backends.guests import refusals


@dataclass(frozen=True, kw_only=True)
class Guest:
    """A guest: what it needs installed, how its namespace is made, and what it lacks.

    `ulps` that two right functions differ by, and more for some.
    """

    name: str
    needs: tuple[str, ...]
    device: tuple[str, ...]
    ulps: int
    float32: str
    lacking: dict[str, str]
    imprecise: dict[str, int] = field(default_factory=dict)

    def namespace(self, fmt):
        return import_module(f"diffcheck.backends.{self.name}_namespace").namespace(
            fmt, *self.device
        )


GUESTS = [
    Guest(
        name="autograd",
        needs=("autograd",),
        device=(),
        ulps=8,
        float32="float32",
        lacking={
            name: name.partition(",")[0]
            for name in (
                *("relu", "softplus", "silu", "log_expit", "i0e", "i1e", "ndtr", "entr", "xlogy"),
                *("xlog1py", "jv", "gelu", "gelu, exact", "softmax", "softmax, last"),
                *("log_softmax", "layer_norm"),
            )
        },
        imprecise={"linalg.expm": 2048, "betaln": 64, "gammainc": 16, "gammaincc": 64},
    ),
    Guest(
        name="torch",
        needs=("torch", "array_api_compat"),
        device=("cpu",),
        ulps=16,
        float32="torch.float32",
        lacking={name: name for name in ("gamma", "betaln", "jv")},
        # torch's trigamma is good to 1e-9 alone
        imprecise={"polygamma": 2**23, "gammaincc": 64},
    ),
]
EACH = pytest.mark.parametrize("guest", GUESTS, ids=lambda guest: guest.name)
CALLED = [
    pytest.param(guest, name, id=f"{guest.name}-{name}")
    for guest in GUESTS
    for name in sorted(CALLS.keys() - guest.lacking)
]
LACKED = [
    pytest.param(guest, name, id=f"{guest.name}-{name}")
    for guest in GUESTS
    for name in sorted(guest.lacking)
]


@pytest.fixture(autouse=True)
def _installed(request):
    guest = request.getfixturevalue("guest") if "guest" in request.fixturenames else None
    for package in guest.needs if guest else ():
        pytest.importorskip(package, reason=f"the extra `{guest.name}` is not installed")


@EACH
@pytest.mark.parametrize("fmt", [F32, F64], ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("kind", CUBIC_KINDS)
def test_quantities_of_two_scalars(guest, kind, fmt):
    found = evaluate_cubic(get(guest.name), kind, fmt, "eager")
    assert found.values.dtype == fmt.dtype
    expected = np.stack([cubic_expected(kind, x, y) for x, y in CUBIC_POINTS])
    np.testing.assert_array_equal(found.values, expected)
    assert found.operations >= 4


@EACH
@pytest.mark.parametrize("kind", ROWS_KINDS)
def test_quantities_of_an_array_and_a_scalar(guest, kind):
    found = evaluate_rows(get(guest.name), kind, F32, "eager")
    np.testing.assert_array_equal(found.values[0], rows_expected(kind, *ROWS_POINT))


@pytest.mark.parametrize(("guest", "name"), CALLED)
def test_a_name_means_what_it_means_to_the_engine(guest, name):
    xp, ours = guest.namespace("float64"), engine_namespace(F64.dtype)
    found, expected = (np.asarray(CALLS[name](n, n.asarray)) for n in (xp, ours))
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    error = np.abs(found - expected) / np.spacing(np.abs(expected))
    assert np.max(error) <= guest.imprecise.get(name, guest.ulps)


@pytest.mark.parametrize(("guest", "name"), LACKED)
def test_what_a_guest_lacks_is_named(guest, name):
    with pytest.raises(Unsupported, match=f"{guest.name} has no function '{guest.lacking[name]}'"):
        run_by(get(guest.name), lambda xp, x: CALLS[name](xp, xp.asarray) * x)


@EACH
def test_arrays_made_inside_a_program_take_the_format(guest):
    xp = guest.namespace("float32")
    assert {str(a.dtype) for a in made_arrays(xp)} == {guest.float32}
    integers = {str(xp.arange(3).dtype), str(xp.asarray([1, 2]).dtype)}
    assert integers == {guest.float32.replace("float32", "int64")}


def test_what_guests_refuse_is_unsupported_unless_it_is_the_programs_own():
    def raised(error, *, shared):
        with refusals("it", "a rule", (ValueError,), passed=KeyError, shared=shared):
            raise error

    for error, text in (
        (MissingFunctionError("no f"), "no f"),
        (NotImplementedError("of f\nmore"), "it lacks a rule: of f"),
        (ValueError("bad"), "it cannot run this program: ValueError: bad"),
    ):
        with pytest.raises(Unsupported) as found:
            raised(error, shared=True)
        assert str(found.value) == text
    for error in (BackendError("b"), KeyError("k"), TypeError("t")):
        with pytest.raises(type(error)):
            raised(error, shared=True)
    with pytest.raises(ValueError, match="bad"):
        raised(ValueError("bad"), shared=False)
