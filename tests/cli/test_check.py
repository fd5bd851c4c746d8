"""`diffcheck check` on functions of files outside any project."""

import pytest

RULES = """
import jax
import jax.numpy as jnp


def rule(factor):
    @jax.custom_vjp
    def wave(x):
        return x * jnp.sin(x)

    wave.defvjp(
        lambda x: (wave(x), x),
        lambda x, g: (g * factor * (jnp.sin(x) + x * jnp.cos(x)),),
    )
    return wave


right = rule(1.0)
wrong = rule(1 + 2.0**-20)


def scaled(x, n):
    return jnp.sum(x) * n


def leaves(x):
    raise SystemExit(0)
"""
EXITS = """
import sys

sys.exit(0)
"""
QUICK = ("--mode", "jit", "--dtype", "float64")


@pytest.fixture(scope="module")
def files(project):
    project.write("elsewhere/rules.py", RULES)
    project.write("elsewhere/exits.py", EXITS)
    return project


def test_a_custom_vjp_in_a_file_is_checked_in_one_command(files):
    code, out, err = files.run("check", "elsewhere/rules.py:right", "--at", "x=1.5", *QUICK)
    assert (code, err) == (0, "")
    assert out.splitlines()[-1].startswith("wave: ")
    code, out, _ = files.run("check", "elsewhere/rules.py:wrong", "--at", "x=1.5")
    assert code == 1
    assert out.startswith("wrong 4.7e9 ulps: wave jax ")
    assert "at x = 1.5 (x = 0x1.8000000000000p+0): got " in out


def test_a_file_named_as_a_module_of_python_leaves_that_module_alone(files):
    files.write("elsewhere/beside.py", "factor = 2.0\n")
    files.write(
        "elsewhere/random.py", "from beside import factor\n\n\ndef f(x):\n    return x * factor"
    )
    code, out, err = files.run("check", "elsewhere/random.py:f", "--at", "x=1.5", *QUICK)
    assert (code, err) == (0, "")
    assert out.splitlines()[-1].startswith("f: ")


def test_a_function_of_an_installed_module_and_lists(files):
    code, out, _ = files.run("check", "jax.numpy:tanh", "--at", "0x1p-1", *QUICK)
    assert code == 0, out
    where = ("check", "elsewhere/rules.py:scaled", "--at", "x=[1.5, 2.5]", "--at", "n=2")
    code, out, _ = files.run(*where, *QUICK)
    assert code == 0, out


@pytest.mark.parametrize(
    ("arguments", "got"),
    [
        (("rules",), "expected MODULE:FUNCTION, got 'rules'"),
        (("nowhere:f",), "ModuleNotFoundError"),
        (("nowhere.py:f",), "FileNotFoundError"),
        (("elsewhere/rules.py:nope",), "expected a function, got None"),
        (("elsewhere/exits.py:f", "--at", "x=1.0"), "got SystemExit: 0"),
        (("elsewhere/rules.py:leaves", "--at", "x=1.0"), "got SystemExit: 0"),
        (("math:sqrt", "--at", "x=two"), "got 'two'"),
        (("math:sqrt", "--at", "x=0xzz"), "got '0xzz'"),
        (("math:sqrt", "--at", "x=0x1p9999"), "got '0x1p9999'"),
        (("elsewhere/rules.py:scaled", "--at", "x=1.5"), "missing a required argument: 'n'"),
        (("elsewhere/rules.py:scaled", "--at", "x=1", "--at", "n=2"), "got none"),
    ],
)
def test_what_cannot_be_checked_is_told_in_four_parts(files, arguments, got):
    code, out, err = files.run("check", *arguments)
    assert (code, out) == (2, "")
    first, second, third, fourth = err.splitlines()
    assert first.startswith("error: ")
    assert got in second
    assert third.startswith("  likely cause: ")
    assert fourth.startswith("  next: ")
