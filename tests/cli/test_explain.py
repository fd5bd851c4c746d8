"""`diffcheck explain`: the operation named, the sum beside the error, and refusals."""

import pytest
from click.testing import CliRunner

from diffcheck.cli import main

CASE = '''
"""log(1 - exp(-x)), as it is written down first."""
from diffcheck import Case, real, sym


def naive(xp, x):
    return xp.log(1 - xp.exp(-x))


lost = Case(
    lambda x: sym.log(1 - sym.exp(-x)), programs=[naive], inputs={"x": real(0, 1)},
    points=[{"x": 1e-4}],
)
'''


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "lost.py"
    file.write_text(CASE)
    return str(file)


def explained(*arguments):
    return CliRunner().invoke(main, ["explain", *arguments])


def test_the_operation_that_lost_the_digits_comes_first_with_its_line(path):
    done = explained(path, "--backend", "engine")
    lines = done.output.splitlines()
    assert done.exit_code == 0
    row = next(i for i, line in enumerate(lines) if line.endswith("operation")) + 1
    assert " exp(-9.99999975e-05) = 0.999899983" in lines[row]
    assert lines[row + 1].strip() == "at lost.py:7 (naive)"
    total, error = (float(line.split()[0]) for line in lines[-3:-1])
    assert total == pytest.approx(error, rel=1e-3)
    assert total == pytest.approx(-2211, abs=2)
    assert "%" in lines[row]
    assert "does not close" not in done.output
    assert "  lost.py:7 (naive)" in lines  # where the truth leaves
    assert lines[-1].startswith("Advice: write 1 - exp(x) as -expm1(x) (cases/hard/log1mexp.py")


TAIL = """
from diffcheck import Case, real, sym


def naive(xp, x):
    return (xp.exp(x) - xp.exp(-x)) / (xp.exp(x) + xp.exp(-x))


def short(xp, x):
    return x - x**3 / 3


tail = Case(
    lambda x: sym.tanh(x), programs=[naive, short],
    inputs={"x": real(0, 20)}, points=[{"x": 20.0}],
)
"""


def test_another_function_than_the_definition_is_not_laid_on_roundings(tmp_path):
    file = tmp_path / "tail.py"
    file.write_text(TAIL)
    done = explained(str(file), "--backend", "engine", "--program", "short", "--at", "x=0.5")
    lines = done.output.splitlines()
    assert "  the program itself, in exact arithmetic" in done.output
    assert "Where the truth leaves: no rounding explains it" in done.output
    total, error = (float(line.split()[0]) for line in lines[-2:])
    assert total == pytest.approx(error)


def test_a_sum_that_misses_the_error_says_so_and_gives_no_shares(tmp_path):
    file = tmp_path / "tail.py"
    file.write_text(TAIL)
    done = explained(str(file), "--backend", "jax")
    lines = done.output.splitlines()
    total, error = (float(line.split()[0]) for line in lines[-3:-1])
    assert abs(error - total) > abs(error) / 2
    assert lines[-1].startswith("The sum does not close: it misses the error by ")
    assert "first order is not enough" in lines[-1]
    assert "%" not in done.output


def test_the_point_is_rounded_to_the_format_and_may_be_hexadecimal(path):
    done = explained(path, "--backend", "engine", "--dtype", "float64", "--at", "x=0x1p-1")
    assert "at x = 0.5 (x = 0x1.0000000000000p-1)" in done.output


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--at", "y=1"), "expected NAME=VALUE for one of x, got y=1"),
        (("--at", "x=one"), "expected NAME=VALUE for one of x, got x=one"),
        (("--at", "x=0xzz"), "expected NAME=VALUE for one of x, got x=0xzz"),
        (("--at", "x=0x1p9999"), "expected NAME=VALUE for one of x, got x=0x1p9999"),
        (("--mode", "nosuch"), "expected one of eager, got nosuch"),
        (("--mode", "jit"), "expected one of eager, got jit"),
        (("--backend", "jax", "--mode", "nosuch"), "expected one of eager, jit"),
        (("--device", "cuda:0"), "expected one of cpu:0, got cuda:0"),
        (("--backend", "jax", "--device", "cuda:0"), "expected one of cpu:0"),
        (("--program", "stable"), "expected one of naive, got stable"),
        (("--component", "df/dy"), "expected one of df/dx"),
        (("--quantity", "jacobean"), "expected one of gradient"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(path, arguments, text):
    done = explained(path, "--backend", "engine", *arguments)
    assert done.exit_code == 2
    assert text in done.output
    assert_four_parts(done.output)


def test_a_case_that_is_not_there_is_told_by_its_own_four_parts(path):
    done = explained(f"{path}::nosuch")
    assert done.exit_code == 2
    assert "got 'nosuch'" in done.output
    assert_four_parts(done.output)


def assert_four_parts(output):
    first, second, third, fourth = output.splitlines()
    assert first.startswith("error: ")
    assert second.startswith("  expected ")
    assert third.startswith("  likely cause: ")
    assert fourth.startswith("  next: ")
