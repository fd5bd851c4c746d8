"""What a check may be asked for, in Python; the shell's options are tested with the command."""

import functools
import inspect

import jax.numpy as jnp
import numpy as np
import pytest

from diffcheck import CaseError, check
from diffcheck import engine as xp
from diffcheck.backends.adapted import parameters, signature_of
from diffcheck.functions import asking


@pytest.mark.parametrize(
    ("options", "got"),
    [
        ({"backend": "tensorflow"}, "backend: expected one of jax, engine, torch, got tensorflow"),
        ({"dtypes": "float33"}, "dtypes: expected one of float32, float64, got float33"),
        ({"dtypes": ("float32", 7)}, "dtypes: expected some of float32, float64, got 7"),
        ({"modes": ("fast",)}, "modes: expected one of eager, jit, got fast"),
        ({"modes": "jit", "backend": "engine"}, "modes: expected one of eager, got jit"),
        ({"quantities": "grad"}, "quantities: expected one of value, gradient, jacobian, jvp"),
        ({"order": 0}, "order: expected one of 1, 2, 3, got 0"),
        ({"order": 4}, "order: expected one of 1, 2, 3, got 4"),
        ({"wrt": 1.0}, "wrt: expected arguments that hold floats, got 1.0"),
    ],
)
def test_an_option_that_is_not_known_is_told_with_all_that_are(options, got):
    with pytest.raises(CaseError) as caught:
        check(xp.sin if options.get("backend") == "engine" else jnp.sin, 1.0, **options)
    assert caught.value.expected_got.startswith(got)
    assert "function sin" in caught.value.where
    assert caught.value.cause
    assert caught.value.next_step


@pytest.mark.parametrize(
    ("f", "arguments", "got"),
    [
        (3.0, (1.0,), "expected a function, got float"),
        (jnp.sin, (float("nan"),), "x: expected finite numbers, got nan"),
        (jnp.sum, (np.array([1.0, np.inf]),), "a: expected finite numbers, got inf"),
        (jnp.sum, (np.zeros(0),), "expected floats among the arguments, got none"),
        (jnp.sin, (1 + 2j,), "expected floats among the arguments, got none"),
        (lambda x: None, (1.0,), "an output of real floats is expected, not None"),
        (lambda x: jnp.int32(3), (1.0,), "an output of real floats is expected, not int32"),
        (jnp.fft.fft, (np.ones(3),), "an output of real floats is expected, not complex128"),
    ],
)
def test_what_no_derivative_can_be_asked_of(f, arguments, got):
    with pytest.raises(CaseError) as caught:
        check(f, *arguments)
    assert got in caught.value.expected_got


def test_a_guest_that_is_not_installed_is_told_with_its_extra(monkeypatch):
    monkeypatch.setattr(asking.backends, "lacking", lambda name: (name,))
    with pytest.raises(CaseError, match=r"pip install 'diffcheck\[torch\]'"):
        check(jnp.sin, 1.0, backend="torch")


def test_one_word_stands_for_itself():
    found = check(jnp.sin, 1.0, dtypes="float64", modes="jit", quantities="gradient")
    assert {(m.dtype, m.mode, m.quantity) for m in found.measurements} == {
        ("float64", "jit", "value"),
        ("float64", "jit", "gradient"),
    }


def scaled(x, *, by, times=1):
    return x * x * by * times


@pytest.mark.parametrize("backend", ["jax", "engine"])
def test_keyword_arguments_are_arguments(backend):
    quick = {"backend": backend, "dtypes": "float64", "modes": "eager"}
    found = check(scaled, 1.5, keywords={"by": 0.75, "times": 2}, **quick)
    assert found.ok
    named = {m.index for m in found.measurements if m.quantity == "gradient"}
    assert named == {"df/dx", "df/dby"}
    alone = check(scaled, 1.5, keywords={"by": 0.75}, wrt="by", **quick)
    assert {m.index for m in alone.measurements if m.quantity == "gradient"} == {"df/dby"}
    partial = check(functools.partial(scaled, by=0.75), 1.5, **quick)
    assert partial.ok
    assert partial.name == "scaled"


def test_a_builtin_that_does_not_tell_its_parameters_takes_any_by_position():
    with pytest.raises(ValueError, match="signature"):
        inspect.signature(min)
    assert signature_of(min).bind(1.0, 2.0).args == (1.0, 2.0)
    assert parameters(min, 2) == ["x0", "x1"]
