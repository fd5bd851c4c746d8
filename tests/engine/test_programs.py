"""Programs written for autograd, the array API and NumPy, moved over by changing their imports."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from diffcheck import engine

PROGRAMS = Path(__file__).parent / "programs"
IMPORTS = [
    ("import autograd.numpy as np", "import diffcheck.engine as np"),
    ("import autograd.scipy.stats.", "import diffcheck.engine.stats."),
    ("from autograd.scipy.special import", "from diffcheck.engine import"),
    ("from autograd.scipy.signal import", "from diffcheck.engine.signal import"),
    ("from autograd.misc.flatten import", "from diffcheck.engine import"),
    ("from autograd.misc.optimizers import", "from diffcheck.engine.optimizers import"),
    ("from autograd.extend import", "from diffcheck.engine.extend import"),
    ("from autograd import", "from diffcheck.engine import"),
    ("import numpy as xp", "import diffcheck.engine as xp"),
    ("import numpy as np", "import diffcheck.engine as np"),
]


def loaded(name, *, moved):
    """Return the names of a program, run as it stands or with other import lines."""
    lines = (PROGRAMS / f"{name}.py").read_text().splitlines()
    if moved:
        for old, new in IMPORTS:
            lines = [
                new + line.removeprefix(old) if line.startswith(old) else line for line in lines
            ]
    names = {"__name__": f"programs.{name}"}
    exec(compile("\n".join(lines), f"{name}.py", "exec"), names)
    return names


def test_only_import_lines_change():
    for path in PROGRAMS.glob("*.py"):
        lines = path.read_text().splitlines()
        touched = [line for line in lines if line.startswith(tuple(old for old, _ in IMPORTS))]
        assert touched
        assert all(line.startswith(("import ", "from ")) for line in touched)
        assert not any("diffcheck" in line for line in lines)


@pytest.mark.skipif(not importlib.util.find_spec("autograd"), reason="autograd is not installed")
@pytest.mark.parametrize("name", ["gaussian_process", "stroke_classifier"])
def test_a_program_for_autograd(name):
    theirs, ours = (loaded(name, moved=moved)["main"]() for moved in (False, True))
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)


def test_its_gradient_is_right_without_autograd():
    f = loaded("gaussian_process", moved=True)["log_likelihood"]
    at, along, h = np.array([0.25, -0.5, -1.0]), np.array([1.0, -2.0, 0.5]), 2.0**-12
    near = [f(at + k * h * along) for k in (-2, -1, 1, 2)]
    slope = (near[0] - 8 * near[1] + 8 * near[2] - near[3]) / (12 * h)
    assert np.sum(engine.grad(f)(at) * along) == pytest.approx(slope, rel=1e-9)


def test_a_moved_program_learns_without_autograd():
    *losses, right = loaded("stroke_classifier", moved=True)["main"]()
    assert losses[-1] < losses[0] / 2
    assert right == 1


@pytest.mark.parametrize("name", ["logistic_regression", "heat"])
def test_a_program_without_derivatives_gives_the_same_bits(name):
    theirs, ours = (loaded(name, moved=moved)["main"]() for moved in (False, True))
    assert type(ours) is np.ndarray
    if name == "heat":  # einsum adds in an order of its own
        np.testing.assert_allclose(ours, theirs, rtol=1e-14)
    else:
        np.testing.assert_array_equal(ours, theirs)


def test_the_moved_logistic_regression_can_be_differentiated():
    names = loaded("logistic_regression", moved=True)
    features, labels = names["data"]()
    weights = names["main"]()[:3]
    assert np.max(np.abs(engine.grad(names["loss"])(weights, features, labels))) < 1e-12
    start = np.array([0.5, -0.25, 0.125])
    gradient = engine.grad(names["loss"])(start, features, labels)
    curvature = engine.hessian(names["loss"])(start, features, labels)
    newton = start - np.linalg.solve(curvature, gradient)
    np.testing.assert_allclose(newton, names["step"](start, features, labels), rtol=1e-13)
    sensitivity = engine.jacfwd(names["step"])(weights, features, labels)
    assert np.max(np.abs(sensitivity)) < 1e-10  # Newton's method converges quadratically


def test_the_moved_heat_can_be_differentiated():
    sensed = loaded("heat", moved=True)["sensed"]
    source = np.exp(-0.25 * (np.arange(32.0) - 9.5) ** 2) + 0.01 * np.cos(np.arange(32.0))
    in_diffusivity = engine.jacfwd(sensed, 1)(source, 0.75)
    h = 2.0**-12
    near = [sensed(source, 0.75 + k * h) for k in (-2, -1, 1, 2)]
    slope = (near[0] - 8 * near[1] + 8 * near[2] - near[3]) / (12 * h)
    np.testing.assert_allclose(in_diffusivity, slope, rtol=1e-8, atol=1e-10)
    in_source = engine.jacrev(sensed)(source, 0.75)
    assert in_source.shape == (11, 32)
    np.testing.assert_allclose(
        in_source, engine.jacfwd(sensed)(source, 0.75), rtol=1e-12, atol=1e-14
    )
