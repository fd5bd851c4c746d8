"""The package itself: every public name is there, and loaded when it is asked for."""

import subprocess
import sys

import pytest

import diffcheck


def test_every_public_name_is_there_without_a_second_import():
    code = "import diffcheck as d; print(*(getattr(d, n).__name__ for n in d.__all__))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    found = [name.rpartition(".")[2] for name in done.stdout.split()]
    assert (done.stderr, found) == ("", diffcheck.__all__)


def test_importing_it_loads_no_library():
    heavy = "jax", "matplotlib", "numpy", "scipy", "sympy"
    code = f"import sys, diffcheck; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_name_that_is_not_there_is_told():
    with pytest.raises(AttributeError, match="module 'diffcheck' has no attribute 'gradchek'"):
        _ = diffcheck.gradchek
