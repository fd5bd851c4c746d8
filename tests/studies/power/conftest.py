from pathlib import Path

import pytest

from diffcheck.studies.power.subjects import atlas, subjects

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def all_subjects():
    return subjects(atlas(ROOT))


@pytest.fixture(scope="session")
def subject_of(all_subjects):
    """The subject of a rule, as `tan.vjp[0]`."""
    return {str(s.site): s for s in reversed(all_subjects)}.__getitem__
