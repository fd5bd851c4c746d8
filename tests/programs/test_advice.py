"""Every piece of advice: found where it is needed, digits gained, and not given once followed."""

from pathlib import Path

import numpy as np
import pytest

from diffcheck.case import Point, Quantity, find_cases
from diffcheck.programs.advice import PATTERNS
from diffcheck.run.explain import explain
from diffcheck.run.options import Task

CASES = Path(__file__).parents[2] / "cases"


def at_its_point(pattern, program):
    """Return the components' measurements and explanations at the point of a pattern."""
    (case,) = find_cases([str(CASES / f"{pattern.case}.py")])[0]
    values = {
        name: np.float32(pattern.at[name].split(",")).astype(float).reshape(item.shape)
        for name, item in case.inputs.items()
    }
    n = sum(case.inputs[name].size for name in case.wrt)
    task = Task(program, pattern.backend, "eager", "cpu:0", "float32")
    point = Point(values=values, format="float32", kind="explicit")
    return explain(case, task, Quantity(pattern.quantity, 1, n), point)


def worst(found):
    """Return the largest error in ulps; NaN where the truth is a kink is as bad as infinity."""
    errors = [np.inf if m.ulps is None and m.fails else float.fromhex(m.ulps or "0x0p0")
              for m, _ in found]  # fmt: skip
    return max(errors)


@pytest.mark.parametrize("name", PATTERNS)
def test_advice_is_given_gains_digits_and_ends(name):
    pattern = PATTERNS[name]
    before, after = (at_its_point(pattern, p) for p in (pattern.naive, pattern.stable))
    assert {name} <= {given for _, e in before for given in e.advice}
    assert worst(before) > 30 * max(worst(after), 0.5)
    assert worst(after) < 8
    assert not any(e.advice for _, e in after)


def test_the_cases_named_are_there():
    assert all((CASES / f"{p.case}.py").is_file() for p in PATTERNS.values())
