"""Small case files to run."""

import os
import textwrap
from pathlib import Path

import pytest

SQUARE = '''
"""A square: the smallest case."""
from diffcheck import Case, Defect, real


def definition(x):
    return x**2


def program(xp, x):
    return x * x


square = Case(
    definition, programs={"plain": program}, inputs={"x": real(-4, 4)}, points=[{"x": 1.5}]
)
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of its own for each module, current while its tests (and their workers) run."""
    here = Path.cwd()
    os.chdir(tmp_path_factory.mktemp("project"))
    yield Path.cwd()
    os.chdir(here)


@pytest.fixture
def case_file(folder):
    """Write a case file below the current folder and return its path."""

    def write(text=SQUARE, name="square.py"):
        path = folder / "cases" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return str(path.relative_to(folder))

    return write
