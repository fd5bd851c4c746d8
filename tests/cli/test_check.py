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


def by_keyword(x, *, n):
    return jnp.sum(x) * n


def leaves(x):
    raise SystemExit(0)


def drawn(x):
    return x * jax.random.normal(jax.random.key(0))


@jax.custom_vjp
def wave(x):
    return jnp.sin(x)


def backward(x, g):
    return 1 / 0


wave.defvjp(lambda x: (wave(x), x), backward)
broken = wave
"""
ENGINE = """
from diffcheck import engine as xp


def rule(factor):
    wave = xp.custom_vjp(lambda x: xp.sin(x) * x)
    wave.defvjp(
        lambda x: (wave(x), x),
        lambda x, g: (g * factor * (xp.sin(x) + x * xp.cos(x)),),
    )
    return wave


right, wrong = rule(1.0), rule(1 + 2.0**-20)
"""
TORCH = """
import torch


def rule(factor):
    class Wave(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * torch.sin(x)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * factor * (torch.sin(x) + x * torch.cos(x))

    return Wave


right, wrong = rule(1.0), rule(1 + 2.0**-20)
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
    project.write("elsewhere/of_engine.py", ENGINE)
    project.write("elsewhere/of_torch.py", TORCH)
    project.write("elsewhere/broken.py", "import no_such_module_here")
    project.write("elsewhere/syntax.py", "def f(x:")
    project.write("elsewhere/raises.py", "def f(x):\n    return x.nope()")
    return project


def test_a_custom_vjp_in_a_file_is_checked_in_one_command(files):
    code, out, err = files.run("check", "elsewhere/rules.py:right", "--at", "x=1.5", *QUICK)
    assert (code, err) == (0, "")
    assert out.splitlines()[-1].startswith("wave: ")
    code, out, _ = files.run("check", "elsewhere/rules.py:wrong", "--at", "x=1.5", *QUICK)
    assert code == 1
    assert out.startswith("wrong 4.7e9 ulps: wave jax ")
    assert "at x = 1.5 (x = 0x1.8000000000000p+0): got " in out


@pytest.mark.parametrize("backend", ["engine", "torch"])
def test_so_is_a_rule_of_the_engine_and_one_of_torch(files, backend):
    if backend == "torch":
        pytest.importorskip("torch", reason="the extra `torch` is not installed")
    options = ("--at", "x=1.5", "--backend", backend, "--dtype", "float64")
    code, out, err = files.run("check", f"elsewhere/of_{backend}.py:right", *options)
    assert (code, err) == (0, ""), out
    code, out, _ = files.run("check", f"elsewhere/of_{backend}.py:wrong", *options)
    assert code == 1
    assert out.startswith("wrong 4.7e9 ulps: ")
    assert "[off by 9.54e-07 in exact arithmetic]" in out
    assert "    no rounding explains it" in out or backend == "torch"


def test_keyword_only_arguments_are_given_by_name(files):
    where = ("check", "elsewhere/rules.py:by_keyword", "--at", "n=2", "--at", "x=[1.0, 2.5]")
    code, out, _ = files.run(*where, *QUICK)
    assert code == 0, out


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


def test_arguments_by_position_alone_have_names_here(files):
    code, out, err = files.run("check", "jax.numpy:sin", "--at", "x=1.5", *QUICK)
    assert (code, err) == (0, ""), out
    where = ("check", "jax.numpy:arctan2", "--at", "x2=2.0", "--at", "x1=1.0")
    code, out, err = files.run(*where, *QUICK)
    assert (code, err) == (0, ""), out


def test_a_rule_that_raises_fails_and_is_no_error_of_ours(files):
    where = ("check", "elsewhere/rules.py:broken", "--at", "x=1.5", *QUICK)
    code, out, err = files.run(*where)
    assert (code, err) == (1, "")
    assert out.startswith("crashed: wave jax ")
    assert "[ZeroDivisionError: " in out


@pytest.mark.parametrize(
    ("arguments", "got"),
    [
        (("elsewhere/rules.py:right", "--at", "x=1.0", "--at", "x=2.0"), "got two for 'x'"),
        (("elsewhere/rules.py:drawn", "--at", "x=1.0"), "random numbers that are drawn inside"),
        (("rules",), "expected MODULE:FUNCTION, got 'rules'"),
        (("nowhere:f",), "ModuleNotFoundError"),
        (("nowhere.py:f",), "FileNotFoundError"),
        (("elsewhere/rules.py:nope",), "expected a function, got None"),
        (("elsewhere/broken.py:f",), "ModuleNotFoundError: No module named 'no_such_module_here'"),
        (("elsewhere/syntax.py:f",), "SyntaxError"),
        (("elsewhere/raises.py:f", "--at", "x=1.0"), "AttributeError"),
        (("elsewhere/rules.py:right", "--at", "y=1.0"), "missing a required argument: 'x'"),
        (("elsewhere/rules.py:right", "--at", "x=1.0", "--wrt", "y"), "got y"),
        (("elsewhere/rules.py:right", "--at", "x=1.0", "--dtype", "f16"), "'f16' is not one of"),
        (("elsewhere/of_engine.py:right", "--at", "x=1.0"), "got TracerArrayConversionError"),
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
