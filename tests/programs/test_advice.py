"""Every piece of advice: found where it is needed, digits gained, and not given once followed."""

from pathlib import Path

import numpy as np
import pytest

from diffcheck.programs.advice import PATTERNS
from diffcheck.studies.explanations.known import at_point, bundled

CASES = Path(__file__).parents[2] / "cases"


def worst(found):
    """Return the largest error in ulps; NaN where the truth is a kink is as bad as infinity."""
    return max(
        np.inf if m.ulps is None and m.fails else float.fromhex(m.ulps or "0x0p0")
        for _, m, _ in found
    )


@pytest.mark.parametrize("name", PATTERNS)
def test_advice_is_given_gains_digits_and_ends(name):
    pattern = PATTERNS[name]
    before, after = (
        at_point(
            bundled(pattern.case), program, pattern.backend, "float32", pattern.quantity, pattern.at
        )
        for program in (pattern.naive, pattern.stable)
    )
    assert name in {given for *_, e in before for given in e.advice}
    assert worst(before) > 30 * max(worst(after), 0.5)
    assert worst(after) < 8
    assert not any(e.advice for *_, e in after)


def test_the_cases_named_are_there():
    assert all((CASES / f"{p.case}.py").is_file() for p in PATTERNS.values())
