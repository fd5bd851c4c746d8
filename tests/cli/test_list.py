import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from diffcheck.cli.list_ import list_command

LIST_WITHOUT_JAX = """
import sys
from diffcheck.cli import main
try:
    main(["list"])
except SystemExit as end:
    assert end.code == 0
assert not {"jax", "torch", "autograd", "matplotlib", "diffcheck.engine"} & sys.modules.keys()
"""
HELP_IMPORTS_NOTHING_HEAVY = """
import sys
from diffcheck.cli import main
try:
    main(["run", "--help"])
except SystemExit as end:
    assert end.code == 0
heavy = {"jax", "matplotlib", "sympy", "numpy", "flint", "msgspec", "pebble", "pytest", "jinja2"}
heavy |= {"torch", "autograd", "array_api_compat"}
assert not heavy & sys.modules.keys()
"""


def python(project, text):
    return subprocess.run(
        [sys.executable, "-c", text], cwd=project.path, capture_output=True, text=True, check=True
    )


def test_list_names_the_cases_without_any_backend(project):
    found = python(project, LIST_WITHOUT_JAX)
    assert "cases/squares.py::square\n" in found.stdout
    assert "    programs: plain; orders: 0, 1\n" in found.stdout
    assert "    inputs: x; with respect to: x\n" in found.stdout
    assert found.stderr == "2 cases\n"


def test_help_imports_nothing_heavy(project):
    assert "--report-dir" in python(project, HELP_IMPORTS_NOTHING_HEAVY).stdout


def test_list_selects_and_says_what_it_cannot_read(project):
    project.write("other/bad.py", "1 / 0\n")
    code, out, err = project.run("list", "cases", "other", "-k", "at_three")
    assert code == 2
    assert out.startswith("cases/squares.py::other_at_three\n")
    assert "error: other/bad.py:1\n" in err
    assert project.run("list", "-k", "nothing_like_it")[0] == 5


OPS_WITHOUT_JAX = LIST_WITHOUT_JAX.replace('"list"', '"list", "--ops"').replace(
    ', "diffcheck.engine"', ', "diffcheck.backends.jax"'
)


def test_the_ops_are_listed_a_line_each_without_jax(project):
    from diffcheck.engine import TABLE

    found = python(project, OPS_WITHOUT_JAX)
    header, *lines = found.stdout.splitlines()
    assert header.split("  ")[0] == "op"
    assert [line.split()[0] for line in lines] == list(TABLE)
    assert found.stderr == f"{len(TABLE)} ops\n"


def cells(invoke_output, name):
    """Return the cells of an op's line; columns are parted by two spaces at least."""
    (line,) = (line for line in invoke_output.splitlines() if line.split()[0] == name)
    return re.split(r"  +", line)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("log1p", ["elementwise", "x", "x", "1", "(-1, inf)", "-", "log1p", "log(1 + x)"]),
        (
            "jv",
            ["elementwise", "x, y", "x, y", "1", "[0, 50] x (0, 100)", "-", "-", "besselj(x, y)"],
        ),
        ("less", ["elementwise", "x, y", "-", "0", "(-inf, inf)", "x = y", "less", "x < y"]),
        ("where", ["elementwise", "x, y, z", "y, z", "0"]),
        ("concat", ["linear", "any number", "all", "0"]),
        ("sech2", ["elementwise, slope of tanh", "x", "x", "3"]),
        ("svd", ["general", "x", "x", "0.5", "(-inf, inf)", "-", "linalg.svd", "-"]),
    ],
)
def test_an_op_is_told_in_columns(name, expected):
    found = CliRunner().invoke(list_command, ["--ops", "-k", name])
    assert found.exit_code == 0
    _, *rest = cells(found.stdout, name)
    assert rest[: len(expected)] == expected


def test_no_op_of_a_name_is_told():
    found = CliRunner().invoke(list_command, ["--ops", "-k", "no_such_op"])
    assert (found.exit_code, found.stdout, found.stderr) == (5, "", "0 ops\n")


def test_ops_take_no_paths():
    found = CliRunner().invoke(list_command, ["--ops", "cases"])
    assert found.exit_code == 2
    assert "expected no paths, got cases" in found.stderr
    assert "diffcheck list --ops -k cases" in found.stderr


def test_two_tables_at_once_are_refused():
    found = CliRunner().invoke(list_command, ["--ops", "--primitives"])
    assert found.exit_code == 2
    assert "expected one of --ops and --primitives, got both" in found.stderr
