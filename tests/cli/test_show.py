import re

import pytest

SHOWN = '''
"""Two cases worth a look."""
import numpy as np

from diffcheck import Case, real, sym


def definition(x):
    return sym.exp(x) / x


def plain(xp, x):
    return xp.exp(x) / x


def bent(x):
    return sym.let(abs(x).sum()) * x[0]


def program(xp, x):
    return xp.sum(xp.abs(x)) * x[0]


quotient = Case(definition, programs={"plain": plain}, inputs={"x": real(1, 4)}, orders=(0, 1),
                points=[{"x": 2.0}])
folded = Case(bent, programs={"sum": program}, inputs={"x": real(-4, 4, shape=(5,))},
              points=[{"x": np.array([1.0, 0.0, -2.0, 3.0, 1.0])}])
'''


@pytest.fixture(scope="module")
def shown(project):
    project.write("cases/shown.py", SHOWN)
    return project


def test_formula_derivative_truth_and_every_number(shown):
    code, out, err = shown.run("show", "quotient", "--backend", "engine")
    assert (code, err) == (0, "")
    assert out.startswith("cases/shown.py::quotient\n\nTwo cases worth a look.\n")
    for line in ("f = ──", "df/dx = ── - ──", "at x = 2\n   x = 0x1.0000000000000p+1\n"):
        assert line in out
    assert "  f = 3.6945280494653251136\n" in out  # exp(2) / 2
    assert "  df/dx = 1.8472640247326625568\n" in out  # exp(2) / 4
    row = (
        r"\n    plain engine  f32 +1\.84726\d+ +\S+ ulp  \w+ +f64 +1\.84726402473266\d* +\S+ ulp  "
    )
    assert re.search(row, out)


def test_named_parts_kinks_and_the_worst_of_many_components(shown):
    code, out, err = shown.run("show", "cases/shown.py::folded", "--backend", "engine")
    assert (code, err) == (0, "")
    assert "f = t₁⋅x[0]" in out
    assert "the worst 4 of 5 components" in out
    assert "df/dx[1] has a kink: -1 from the left, 1 from the right" in out
    assert "x = [1, 0, -2, 3, … 5 numbers]" in out


def test_what_is_not_one_case_is_refused(shown):
    code, out, err = shown.run("show", "cases/shown.py")
    assert (code, out) == (2, "")
    assert "expected one case, got 2: quotient, folded" in err
    assert "next: diffcheck show cases/shown.py::quotient" in err
    code, _, err = shown.run("show", "quotiend")
    assert code == 2
    assert "quotient" in err
