"""The known culprits come out, and what they did is the error."""

import pytest

from diffcheck.studies.explanations.known import KNOWN, explained


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.case)
def test_the_culprit_is_named_and_the_contributions_sum_to_the_error(known):
    ((_, m, e),) = explained(known)
    assert e.losses or e.where
    named = e.where if e.kind in ("rule", "overflow", "singular") else e.losses[0].operation
    assert named.startswith(f"{known.culprit}(")
    assert known.path in e.where_source
    if e.losses:
        error = float.fromhex(e.observed)
        assert not e.void
        assert float.fromhex(e.total) == pytest.approx(error, rel=1e-3)
        assert abs(error) == pytest.approx(float.fromhex(m.ulps), rel=1e-9)
