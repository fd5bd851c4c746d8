"""Which declared defects the installed versions have."""

import pytest

from diffcheck import Case, Defect, real
from diffcheck.case import expected_defects
from diffcheck.case.versions import has


@pytest.mark.parametrize(
    ("requirement", "met"),
    [
        ("sympy", True),
        ("sympy>=1.0", True),
        ("sympy<1.0", False),
        ("SymPy>=1.0,!=1.5", True),
        ("no-such-library", False),
    ],
)
def test_what_is_installed_meets_a_requirement_or_not(requirement, met):
    assert has(requirement) is met


def test_a_defect_of_other_versions_is_not_expected():
    always = Defect(reason="always", verdicts="lost")
    here = Defect(reason="here", verdicts="lost", versions="sympy>=1.0")
    elsewhere = Defect(reason="elsewhere", verdicts="lost", versions="sympy<1.0")
    case = Case(
        lambda x: x,
        programs=lambda xp, x: x,
        inputs={"x": real(0, 1)},
        known_defects=[always, here, elsewhere],
    )
    assert expected_defects(case) == [always, here]
