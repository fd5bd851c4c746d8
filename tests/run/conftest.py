"""Small case files to run."""

import textwrap

import pytest

SQUARE = '''
"""A square: the smallest case."""
from diffcheck import Case, Defect, real


def definition(x):
    return x**2


def program(xp, x):
    return x * x


square = Case(definition, programs={"plain": program}, inputs={"x": real(-4, 4)}, points=[{"x": 1.5}])
'''


@pytest.fixture
def case_file(tmp_path, monkeypatch):
    """Write a case file into an otherwise empty current folder and return its path."""
    monkeypatch.chdir(tmp_path)

    def write(text=SQUARE, name="square.py"):
        path = tmp_path / "cases" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return str(path.relative_to(tmp_path))

    return write
