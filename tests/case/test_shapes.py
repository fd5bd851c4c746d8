import numpy as np
import pytest

from diffcheck import Case, real
from diffcheck.case import CaseError, check_shapes


def case(program, definition=lambda v: v * 2):
    return Case(definition, programs={"named": program}, inputs={"v": real(-1, 1, shape=(3,))})


@pytest.mark.parametrize(
    ("program", "definition"),
    [
        (lambda xp, v: v + v, lambda v: v * 2),
        (lambda xp, v: xp.sum(v), lambda v: v.sum()),
        (lambda xp, v: 2.0, lambda v: v[0]),
    ],
)
def test_equal_shapes_pass(program, definition):
    check_shapes(case(program, definition), np)


@pytest.mark.parametrize(
    ("program", "got"),
    [(lambda xp, v: xp.sum(v), r"\(\)"), (lambda xp, v: v[:, None], r"\(3, 1\)")],
)
def test_another_shape_is_told(program, got):
    with pytest.raises(CaseError, match=rf"program named: .* \(3,\), got {got}") as caught:
        check_shapes(case(program), np)
    assert "test_shapes.py" in caught.value.where


def test_a_program_that_raises_is_the_backends_affair():
    check_shapes(case(lambda xp, v: xp.no_such_function(v)), np)
    check_shapes(case(lambda xp, v: xp.log(v * 0 - 1) / 0), np)
