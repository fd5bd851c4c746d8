"""Right rules at hard points: some of the study's pairs, and how they are drawn."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from diffcheck.studies.power.grammar import KINDS, Drawn, functions
from diffcheck.studies.power.proof import proofs
from diffcheck.studies.power.specificity import EAGER, ENGINE, judged

FEW, MANY = 4, 14


def test_functions_and_points_are_the_same_every_time():
    first, second = (list(functions(FEW)) for _ in range(2))
    assert [d.case.doc for d in first] == [d.case.doc for d in second]
    for a, b in zip(first, second, strict=True):
        for dtype, points in a.points.items():
            assert [p.values for p in points] == [p.values for p in b.points[dtype]]


def test_points_are_nonzero_floats_of_their_format_and_the_narrow_ones_open_the_wide():
    for drawn in functions(FEW):
        narrow, wide = drawn.points["float32"], drawn.points["float64"]
        assert [p.values for p in narrow] == [p.values for p in wide[: len(narrow)]]
        assert {p.label for p in wide} <= set(KINDS)
        for point in narrow:
            for x in point.values.values():
                assert x == np.float32(x) != 0


@pytest.mark.parametrize(
    ("drawn", "witnesses"),
    [(d, (ENGINE,) if i else (ENGINE, EAGER)) for i, d in enumerate(functions(MANY))],
    ids=lambda x: x.case.doc if isinstance(x, Drawn) else x[-1][0],
)
def test_no_right_rule_is_called_wrong(drawn, witnesses):
    found = judged(drawn, witnesses, peers=())
    assert found.accusations == ()
    assert found.pairs > 0
    assert {who for who, _ in found.verdicts} == {" ".join(w) for w in witnesses}


def test_the_checkers_parts_agree():
    for agreement in proofs(functions(3)):
        assert agreement.disagreements == (), agreement.what
        assert agreement.compared > 0, agreement.what


@pytest.mark.skipif(jax.__version_info__ >= (0, 11), reason="seen in JAX 0.10.2 alone")
def test_the_defect_of_jax_that_the_random_functions_met_is_there():
    hessian = jax.hessian(jnp.hypot, (0, 1))(1.0, 1.0)
    assert [float(x) for row in hessian for x in row] == [0.0] * 4
