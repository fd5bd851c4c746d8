"""Publicly reported defects, each found at its own point."""

import jax
import pytest

from diffcheck.studies.power.defects import ABSENT, DEFECTS, answer

# Rows whose verdict fails, but cannot say whether the rule or the digits are to blame.
OPEN = {
    23: "JAX's i1e is written out in floats",
    45: "JAX's betaln is written out in floats",
    107: "JAX's i1e is written out in floats",
}
MENDED_IN_0_12 = {23, 25, 33, 37, 39, 45, 107}  # JAX's own, right where the study has it run
MENDED = MENDED_IN_0_12 if jax.__version_info__ >= (0, 12) else set()
MISSED = {7: "1/0 is no real number: the function is not defined for truth"}


@pytest.mark.parametrize("number", range(len(DEFECTS)), ids=lambda n: DEFECTS[n].source)
def test_a_reported_defect_is_found(number):
    found = answer(number, "jit")  # most rows in a third of the time of eager JAX
    row = DEFECTS[number].row
    if row in MENDED:
        assert set(found.verdicts) <= {"exact", "accurate", "undecided"}
        return
    assert found.found is (row not in MISSED), found
    assert found.told is (row not in {**OPEN, **MISSED}), found


def test_every_row_is_run_or_named_with_its_reason():
    rows = [d.row for d in DEFECTS]
    absent = [row for several in ABSENT.values() for row in several]
    assert sorted({*rows, *absent}) == list(range(1, 146, 2))
    assert not set(rows) & set(absent)
