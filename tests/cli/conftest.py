"""A small project, and the real command run in it."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest

SQUARES = '''
"""Squares of x: one right, one that is another function at x = 3 and nowhere else."""
from diffcheck import Case, real


def definition(x):
    return x**2


def plain(xp, x):
    return x * x


def other(xp, x):
    return xp.where(x == 3, x * x + 1, x * x)


domain = {"x": real(-4, 4)}
square = Case(definition, programs={"plain": plain}, inputs=domain, points=[{"x": 1.5}])
other_at_three = Case(definition, programs={"other": other}, inputs=domain, points=[{"x": 3.0}])
'''
ENGINE = ("--backend", "engine", "--points", "1", "-j", "1")


class Project:
    """A folder with case files, and the command line as a user has it."""

    def __init__(self, path):
        self.path = path
        self.write("cases/squares.py", SQUARES)

    def write(self, name, text):
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text))

    def start(self, *arguments, **options):
        command = [sys.executable, "-m", "diffcheck", *arguments]
        settings = {
            "cwd": self.path,
            "env": {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")},
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "text": True,
        }
        return subprocess.Popen(command, **settings | options)

    def run(self, *arguments):
        """Return (exit code, stdout, stderr)."""
        with self.start(*arguments) as process:
            out, err = process.communicate(timeout=100)
        assert "Traceback" not in err
        return process.returncode, out, err


@pytest.fixture(autouse=True, scope="session")
def _interruptible():
    """Commands hear Ctrl-C though a shell that starts tests with `&` has it ignored, for all."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return Project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="session")
def engine():
    """The options of the quickest run."""
    return ENGINE
