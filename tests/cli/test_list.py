import subprocess
import sys

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
