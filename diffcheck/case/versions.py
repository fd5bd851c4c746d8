"""Which declared defects are to be expected with the libraries installed here."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from packaging.requirements import Requirement

from diffcheck.case.records import Case, Defect


def expected_defects(case: Case) -> list[Defect]:
    """Return the known defects of a case that the installed versions have."""
    return [defect for defect in case.known_defects if not defect.versions or has(defect.versions)]


def has(requirement: str) -> bool:
    """Whether what is installed meets a requirement as pip writes it.

    Raises `packaging.requirements.InvalidRequirement` for anything else.

    >>> has("sympy>=1.0"), has("sympy<1.0"), has("no-such-library")
    (True, False, False)
    """
    wanted = Requirement(requirement)
    try:
        return wanted.specifier.contains(version(wanted.name), prereleases=True)
    except PackageNotFoundError:
        return False
